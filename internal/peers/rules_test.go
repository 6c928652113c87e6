package peers

import (
	"fmt"

	"github.com/shugo-data/shugo/governance"
)

// large is a scenario of exactly n rules, n being a multiple of 10. Each rule is for one role, category and action that
// no other rule is for, since the library refuses a rule that changes nothing: rules are spread over up to 20 roles, 5
// actions and as many categories as it takes. One rule in five is for the owner, one in four for a purpose, one in ten
// denies.
func large(n int) scenario {
	s := scenario{
		purposes: strs(governance.PurposeTutoring, governance.PurposeSupport),
		actions: strs(governance.Create, governance.Read, governance.Update, governance.Delete,
			governance.Export),
	}
	roles := min(20, n/len(s.actions))
	for i := range roles {
		s.roles = append(s.roles, fmt.Sprintf("role%d", i))
	}
	for i := range n / len(s.actions) / roles {
		name := fmt.Sprintf("category%d", i)
		s.categories = append(s.categories, name)
		s.manifest.Classes = append(s.manifest.Classes,
			governance.Class{Category: governance.Category(name), Classification: "test"})
	}
	s.manifest.Roles = s.roles
	s.manifest.Purposes = []governance.Purpose{governance.PurposeTutoring, governance.PurposeSupport}
	for i := range n {
		category, rest := s.categories[i/(roles*len(s.actions))], i%(roles*len(s.actions))
		r := allow(fmt.Sprintf("rule%d", i), s.roles[rest%roles], only(governance.Category(category)),
			governance.Action(s.actions[rest/roles]))
		r.Own, r.Deny = i%5 == 1, i%10 == 9
		if i%4 == 2 {
			r.Purposes = []governance.Purpose{s.manifest.Purposes[i/4%2]}
		}
		s.manifest.Rules = append(s.manifest.Rules, r)
	}
	return s
}
