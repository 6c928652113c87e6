package peers

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/shugo-data/shugo/governance"
)

// request is one question, in the terms of none of the engines.
type request struct {
	id       string // of the caller; empty: anonymous
	roles    []string
	purpose  string
	category string
	action   string
	owner    string // whom the data is about; empty: nobody
}

// scenario is a manifest and the vocabulary that requests about it are drawn from.
type scenario struct {
	manifest   governance.Manifest
	categories []string
	roles      []string
	purposes   []string
	actions    []string
}

// engine decides the requests of a list. prepare turns them into the engine's own form, so that no decision pays for it,
// and returns a function that decides the request at one place of the list.
type engine interface {
	prepare(tb testing.TB, list []request) (decide func(i int) bool)
	// inUse returns a decision that makes what it needs to know of the record itself; the caller is made ready before.
	inUse(tb testing.TB, list []request) func(i int) bool
}

// everyone is the role that peers give each caller who is not anonymous. A rule that names no role is theirs.
const everyone = "everyone"

// rolesOf returns the roles of a caller as a peer gets them: nobody has no role, somebody has at least one.
func rolesOf(q request) []string {
	if q.id == "" {
		return nil
	}
	return append([]string{everyone}, q.roles...)
}

// tutor is the scenario of the comparison: 7 categories, 5 roles and 6 actions under 26 rules, with rules for the owner,
// rules that deny, rules bound to a purpose and rules for everyone.
func tutor() scenario {
	s := scenario{
		roles: []string{governance.RoleLearner, governance.RoleAnalyst, governance.RoleSupport, governance.RoleEditor,
			governance.RoleAdmin},
		purposes: strs(governance.PurposeTutoring, governance.PurposeAnalytics, governance.PurposeSupport,
			governance.PurposeAdministration),
		actions: strs(governance.Create, governance.Read, governance.Update, governance.Delete, governance.Export,
			governance.Erase),
	}
	s.manifest = governance.Manifest{Roles: s.roles, Rules: slices.Concat(learnerRules(), staffRules(), denials())}
	for _, p := range s.purposes {
		s.manifest.Purposes = append(s.manifest.Purposes, governance.Purpose(p))
	}
	for _, c := range everything() {
		s.manifest.Classes = append(s.manifest.Classes, governance.Class{Category: c, Classification: "test"})
		s.manifest.Datasets = append(s.manifest.Datasets,
			governance.Dataset{Store: governance.PostgreSQL, Name: string(c), Category: c})
		s.categories = append(s.categories, string(c))
	}
	return s
}

func everything() []governance.Category {
	return slices.Concat(personal(), content(), operational())
}

func personal() []governance.Category {
	return []governance.Category{governance.UserData, governance.ConversationData, governance.LearningAnalytics}
}

func content() []governance.Category {
	return []governance.Category{governance.LearningContent, governance.AIGeneratedContent}
}

func operational() []governance.Category {
	return []governance.Category{governance.AnalyticsData, governance.LegacyMigrationData}
}

// allow begins a rule; the conditions are set on its result.
func allow(name string, role string, categories []governance.Category, actions ...governance.Action) governance.Rule {
	return governance.Rule{Name: name, Roles: []string{role}, Categories: categories, Actions: actions}
}

func own(r governance.Rule) governance.Rule {
	r.Own = true
	return r
}

func purposed(r governance.Rule, purposes ...governance.Purpose) governance.Rule {
	r.Purposes = purposes
	return r
}

func only(categories ...governance.Category) []governance.Category { return categories }

func learnerRules() []governance.Rule {
	const learner = governance.RoleLearner
	return []governance.Rule{
		{
			Name: "everyone-reads-lessons", Categories: only(governance.LearningContent),
			Actions: []governance.Action{governance.Read},
		},
		own(allow("learners-have-their-own-data", learner, personal(),
			governance.Read, governance.Export, governance.Erase)),
		own(allow("learners-keep-their-account", learner, only(governance.UserData),
			governance.Create, governance.Update, governance.Delete)),
		purposed(own(allow("learners-talk", learner, only(governance.ConversationData, governance.LearningAnalytics),
			governance.Create, governance.Update)), governance.PurposeTutoring),
		own(allow("learners-delete-talk", learner, only(governance.ConversationData), governance.Delete)),
		allow("learners-read-explanations", learner, only(governance.AIGeneratedContent), governance.Read),
		own(allow("learners-ask-for-explanations", learner, only(governance.AIGeneratedContent),
			governance.Create, governance.Delete)),
	}
}

func staffRules() []governance.Rule {
	const (
		analyst = governance.RoleAnalyst
		support = governance.RoleSupport
		editor  = governance.RoleEditor
		admin   = governance.RoleAdmin
	)
	return []governance.Rule{
		purposed(allow("analysts-read-figures", analyst, only(governance.LearningAnalytics, governance.ConversationData),
			governance.Read), governance.PurposeAnalytics),
		allow("analysts-keep-figures", analyst, only(governance.AnalyticsData),
			governance.Create, governance.Read, governance.Update, governance.Delete),
		allow("analysts-export-figures", analyst, only(governance.AnalyticsData), governance.Export),
		allow("analysts-read-explanations", analyst, only(governance.AIGeneratedContent), governance.Read),
		purposed(allow("support-sees-accounts", support, only(governance.UserData, governance.ConversationData),
			governance.Read), governance.PurposeSupport),
		purposed(allow("support-mends-accounts", support, only(governance.UserData),
			governance.Update, governance.Delete), governance.PurposeSupport),
		purposed(allow("support-erases-on-request", support, personal(), governance.Erase), governance.PurposeSupport),
		allow("support-reads-explanations", support, only(governance.AIGeneratedContent), governance.Read),
		allow("editors-keep-content", editor, content(),
			governance.Create, governance.Read, governance.Update, governance.Delete),
		allow("editors-export-content", editor, content(), governance.Export),
		allow("editors-read-what-was", editor, only(governance.LegacyMigrationData), governance.Read),
		purposed(allow("admins-see-everything", admin, everything(), governance.Read, governance.Export),
			governance.PurposeAdministration),
		purposed(allow("admins-remove", admin, everything(), governance.Delete, governance.Erase),
			governance.PurposeAdministration),
		allow("admins-keep-operations", admin, append(operational(), governance.UserData),
			governance.Create, governance.Update),
	}
}

func denials() []governance.Rule {
	deny := func(r governance.Rule) governance.Rule {
		r.Deny = true
		return r
	}
	return []governance.Rule{
		deny(allow("analysts-take-nothing-out", governance.RoleAnalyst, personal(), governance.Export)),
		deny(allow("editors-stay-out-of-talk", governance.RoleEditor, only(governance.ConversationData),
			governance.Read, governance.Export)),
		deny(own(allow("support-does-not-serve-itself", governance.RoleSupport, only(governance.UserData),
			governance.Update))),
		{
			Name: "nobody-exports-while-tutoring", Deny: true, Categories: personal(),
			Actions: []governance.Action{governance.Export}, Purposes: []governance.Purpose{governance.PurposeTutoring},
		},
		{
			Name: "nobody-erases-operations-by-the-way", Deny: true, Categories: operational(),
			Actions:  []governance.Action{governance.Erase},
			Purposes: []governance.Purpose{governance.PurposeTutoring, governance.PurposeAnalytics},
		},
	}
}

// requests draws a mix: one in 20 is anonymous, callers have up to three roles, two in five touch their own data, one in
// five data of nobody.
func (s scenario) requests(seed uint64, n int) []request {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	people := []string{"u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8"}
	list := make([]request, n)
	for i := range list {
		q := request{
			id: pick(r, people), owner: pick(r, people),
			category: pick(r, s.categories), action: pick(r, s.actions), purpose: pick(r, append([]string{""}, s.purposes...)),
		}
		for _, at := range r.Perm(len(s.roles))[:r.IntN(min(4, len(s.roles)+1))] {
			q.roles = append(q.roles, s.roles[at])
		}
		if r.IntN(20) == 0 {
			q.id = ""
		}
		switch r.IntN(5) {
		case 0:
			q.owner = ""
		case 1, 2:
			q.owner = q.id
		}
		list[i] = q
	}
	return list
}

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

func strs[S ~string](names ...S) []string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return texts
}
