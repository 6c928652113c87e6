package governance

// vocabulary numbers the names of a manifest. Role 0 stands for the rules that name no role, purpose 0 for no purpose.
type vocabulary struct {
	roles      map[string]int
	roleNames  []string
	purposes   map[Purpose]int
	purposeSet []Purpose
	categories map[Category]int
	few        []Category // the categories by number, when there are few
}

// fewCategories is up to how many names comparing one after the other is faster than a map.
const fewCategories = 12

// category returns the number of a category, or -1.
func (v *vocabulary) category(c Category) int {
	for i, name := range v.few {
		if name == c {
			return i
		}
	}
	if v.few != nil {
		return -1
	}
	if i, known := v.categories[c]; known {
		return i
	}
	return -1
}

func newVocabulary(manifests ...Manifest) *vocabulary {
	v := &vocabulary{
		roles: map[string]int{}, roleNames: []string{""},
		purposes: map[Purpose]int{}, purposeSet: []Purpose{""},
		categories: map[Category]int{},
	}
	for _, m := range manifests {
		for _, c := range m.Classes {
			if _, known := v.categories[c.Category]; !known {
				v.categories[c.Category] = len(v.categories)
			}
		}
		v.addRoles(m.Roles)
		v.addPurposes(m.Purposes)
		for _, r := range m.Rules {
			v.addRoles(r.Roles)
			v.addPurposes(r.Purposes)
		}
	}
	if len(v.categories) <= fewCategories {
		v.few = make([]Category, len(v.categories))
		for name, i := range v.categories {
			v.few[i] = name
		}
	}
	return v
}

func (v *vocabulary) addRoles(names []string) {
	for _, name := range names {
		if _, known := v.roles[name]; !known {
			v.roles[name] = len(v.roleNames)
			v.roleNames = append(v.roleNames, name)
		}
	}
}

func (v *vocabulary) addPurposes(names []Purpose) {
	for _, name := range names {
		if _, known := v.purposes[name]; !known {
			v.purposes[name] = len(v.purposeSet)
			v.purposeSet = append(v.purposeSet, name)
		}
	}
}

// resolve writes the caller in the numbers of v into r.
func (v *vocabulary) resolve(c *Caller, r *resolved) {
	*r = resolved{vocabulary: v}
	if c.ID == "" {
		r.fault = &refusal{stage: StageAccess, reason: ReasonNoCaller}
		return
	}
	if c.Purpose != "" {
		purpose, known := v.purposes[c.Purpose]
		if !known {
			r.fault = &refusal{stage: StageAccess, reason: ReasonUnknownPurpose}
			return
		}
		r.purpose = purpose
	}
	r.roles = r.inline[:0]
	for _, name := range c.Roles {
		role, known := v.roles[name]
		if !known {
			r.fault = &refusal{stage: StageAccess, reason: ReasonUnknownRole}
			return
		}
		r.roles = append(r.roles, uint32(role))
	}
}
