package governance_test

import (
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

func TestVersionForm(t *testing.T) {
	t.Parallel()
	v := governance.Tutor().Version()
	if !regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(string(v)) {
		t.Errorf("version %q", v)
	}
	if v != governance.Tutor().Version() {
		t.Error("equal manifests have different versions")
	}
	if (governance.Manifest{}).Version() == v {
		t.Error("the empty manifest has the version of the tutor")
	}
}

// everything is a manifest in which every list has two entries.
func everything() governance.Manifest {
	return governance.Manifest{
		Classes: []governance.Class{
			{Category: "b", Personal: true, Anonymize: true, Keep: governance.Period{Years: 1}}, {Category: "a"},
		},
		Datasets: []governance.Dataset{
			{Store: "s2", Name: "d", Category: "a"},
			{Store: "s1", Name: "e", Category: "a"},
			{Store: "s1", Name: "d", Category: "b", Subject: "id", Fields: []governance.Field{
				{Name: "y", Category: "a"}, {Name: "x", Sealed: true, DerivedFrom: "y"},
			}},
		},
		Rules: []governance.Rule{
			{Name: "r", Roles: []string{"n", "m"}, Categories: []governance.Category{"b", "a"},
				Actions:  []governance.Action{governance.Update, governance.Read},
				Purposes: []governance.Purpose{"q", "p"}, Own: true, Consent: true, Mask: []string{"y", "x"}},
			{Categories: []governance.Category{"a"}, Actions: []governance.Action{governance.Export}},
		},
		Roles: []string{"n", "m"}, Purposes: []governance.Purpose{"q", "p"},
	}
}

func TestVersionIgnoresTheOrderOfSets(t *testing.T) {
	t.Parallel()
	want := everything().Version()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		m := everything()
		shuffle(rng, m.Classes)
		shuffle(rng, m.Datasets)
		shuffle(rng, m.Roles)
		shuffle(rng, m.Purposes)
		for i := range m.Datasets {
			shuffle(rng, m.Datasets[i].Fields)
		}
		for i := range m.Rules {
			r := &m.Rules[i]
			shuffle(rng, r.Roles)
			shuffle(rng, r.Categories)
			shuffle(rng, r.Actions)
			shuffle(rng, r.Purposes)
			shuffle(rng, r.Mask)
		}
		before := m.WithClass()
		if m.Version() != want {
			t.Fatalf("the order changes the version of %+v", m)
		}
		if diff := cmp.Diff(before, m); diff != "" {
			t.Fatalf("Version changes the manifest: %s", diff)
		}
	}
}

func shuffle[E any](rng *rand.Rand, s []E) {
	rng.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}

// TestVersionFollowsTheContent changes each field of a manifest, and wants another version every time.
func TestVersionFollowsTheContent(t *testing.T) {
	t.Parallel()
	seen := map[governance.Version]string{everything().Version(): "no change"}
	for name, change := range map[string]func(*governance.Manifest){
		"category":         func(m *governance.Manifest) { m.Classes[0].Category = "c" },
		"classification":   func(m *governance.Manifest) { m.Classes[0].Classification = "PII" },
		"personal":         func(m *governance.Manifest) { m.Classes[0].Personal = false },
		"keep years":       func(m *governance.Manifest) { m.Classes[0].Keep.Years = 2 },
		"keep months":      func(m *governance.Manifest) { m.Classes[0].Keep.Months = 2 },
		"keep days":        func(m *governance.Manifest) { m.Classes[0].Keep.Days = 2 },
		"backup":           func(m *governance.Manifest) { m.Classes[0].BackupEvery = governance.Daily },
		"encryption":       func(m *governance.Manifest) { m.Classes[0].Encryption = governance.AES128 },
		"access":           func(m *governance.Manifest) { m.Classes[0].Access = "internal" },
		"class store":      func(m *governance.Manifest) { m.Classes[0].Store = "s1" },
		"anonymize":        func(m *governance.Manifest) { m.Classes[0].Anonymize = false },
		"class gone":       func(m *governance.Manifest) { m.Classes = m.Classes[:1] },
		"store":            func(m *governance.Manifest) { m.Datasets[0].Store = "s3" },
		"dataset":          func(m *governance.Manifest) { m.Datasets[0].Name = "f" },
		"dataset category": func(m *governance.Manifest) { m.Datasets[0].Category = "b" },
		"subject":          func(m *governance.Manifest) { m.Datasets[0].Subject = "id" },
		"field":            func(m *governance.Manifest) { m.Datasets[2].Fields[0].Name = "z" },
		"field category":   func(m *governance.Manifest) { m.Datasets[2].Fields[0].Category = "b" },
		"sealed":           func(m *governance.Manifest) { m.Datasets[2].Fields[0].Sealed = true },
		"derived":          func(m *governance.Manifest) { m.Datasets[2].Fields[0].DerivedFrom = "x" },
		"dataset gone":     func(m *governance.Manifest) { m.Datasets = m.Datasets[1:] },
		"no datasets":      func(m *governance.Manifest) { m.Datasets = nil },
		"rule name":        func(m *governance.Manifest) { m.Rules[0].Name = "s" },
		"deny":             func(m *governance.Manifest) { m.Rules[0].Deny = true },
		"rule roles":       func(m *governance.Manifest) { m.Rules[0].Roles = m.Rules[0].Roles[:1] },
		"rule categories":  func(m *governance.Manifest) { m.Rules[0].Categories = m.Rules[0].Categories[:1] },
		"rule actions":     func(m *governance.Manifest) { m.Rules[0].Actions[0] = governance.Erase },
		"rule purposes":    func(m *governance.Manifest) { m.Rules[0].Purposes = nil },
		"own":              func(m *governance.Manifest) { m.Rules[0].Own = false },
		"consent":          func(m *governance.Manifest) { m.Rules[0].Consent = false },
		"mask":             func(m *governance.Manifest) { m.Rules[0].Mask = nil },
		"order of rules":   func(m *governance.Manifest) { m.Rules[0], m.Rules[1] = m.Rules[1], m.Rules[0] },
		"rule gone":        func(m *governance.Manifest) { m.Rules = m.Rules[:1] },
		"roles":            func(m *governance.Manifest) { m.Roles = nil },
		"purposes":         func(m *governance.Manifest) { m.Purposes = m.Purposes[:1] },
	} {
		m := everything()
		change(&m)
		v := m.Version()
		if other, known := seen[v]; known {
			t.Errorf("%q has the version of %q", name, other)
		}
		seen[v] = name
	}
}

func TestVersionTakesNilForEmpty(t *testing.T) {
	t.Parallel()
	m := governance.Manifest{
		Classes: []governance.Class{}, Datasets: []governance.Dataset{}, Rules: []governance.Rule{}, Roles: []string{},
	}
	if m.Version() != (governance.Manifest{}).Version() {
		t.Error("an empty list and none make different versions")
	}
}

func TestWithClass(t *testing.T) {
	t.Parallel()
	before := governance.Tutor()
	users := governance.Class{Category: governance.UserData, Personal: true, Keep: governance.Period{Months: 6}}
	photos := governance.Class{Category: "photos", Personal: true, Keep: governance.Period{Days: 90}}
	got := before.WithClass(users, photos)
	want := governance.Tutor()
	want.Classes[0] = users
	want.Classes = append(want.Classes, photos)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("manifest differs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(governance.Tutor(), before); diff != "" {
		t.Errorf("WithClass changes its receiver: %s", diff)
	}
	if err := got.Check(); err != nil {
		t.Error(err)
	}
}

// TestGuardKeepsACopyOfTheManifest changes every list of a manifest after it was handed over, and of one handed out.
func TestGuardKeepsACopyOfTheManifest(t *testing.T) {
	t.Parallel()
	m := everything()
	m.Rules = m.Rules[:1]
	want := m.Version()
	g, _ := guard(t, func(c *governance.Config) { c.Manifest = m })
	spoil := func(m governance.Manifest) {
		m.Classes[0], m.Datasets[0], m.Roles[0], m.Purposes[0] = governance.Class{}, governance.Dataset{}, "", ""
		m.Datasets[2].Fields[0] = governance.Field{}
		r := m.Rules[0]
		r.Roles[0], r.Categories[0], r.Actions[0], r.Purposes[0], r.Mask[0] = "", "", "", "", ""
		m.Rules[0] = governance.Rule{}
	}
	spoil(m)
	spoil(g.Manifest())
	if g.Version() != want || g.Manifest().Version() != want {
		t.Error("the guard shares memory with its host's manifest")
	}
}
