package backup

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shugo-data/shugo/governance"
)

// Tier is a promise of backups: how often, what may be lost, how long a restore may take, where copies are, for how long.
type Tier struct {
	Name       string                // unique among the tiers of a Runner, such as "critical"
	Every      time.Duration         // from the cut of one snapshot to the completion of the next, of a source without a Stream
	Base       time.Duration         // the same of a source with a Stream: what bounds how much log a restore reads; 0: Every
	Continuous bool                  // expects a Stream; a source without one is held to Every all the same
	RPO        time.Duration         // recovery point objective: at most so much time of writing is lost
	RTO        time.Duration         // recovery time objective: a restore takes at most this
	Keep       governance.Period     // for how long moments remain reachable, from the newest back; zero: for ever
	Kinds      []PlaceKind           // one for each place that a copy is kept in, at least
	Cadences   []governance.Cadence  // categories of the manifest with one of these belong to the tier
	Categories []governance.Category // and so do these, whatever their cadence
}

// Tiers returns three tiers: critical for what the manifest backs up continuously, important for hourly, standard for all
// that is rarer. Each call returns a new value; a host changes what differs.
func Tiers() []Tier {
	return []Tier{
		{
			Name: "critical", Every: 15 * time.Minute, Base: 24 * time.Hour, Continuous: true,
			RPO: 15 * time.Minute, RTO: 30 * time.Minute, Keep: governance.Period{Years: 1},
			Kinds: []PlaceKind{Cloud, Cloud, Local}, Cadences: []governance.Cadence{governance.Continuous},
		},
		{
			Name: "important", Every: time.Hour, RPO: time.Hour, RTO: 2 * time.Hour,
			Keep: governance.Period{Months: 6}, Kinds: []PlaceKind{Cloud, Local},
			Cadences: []governance.Cadence{governance.Hourly},
		},
		{
			Name: "standard", Every: 24 * time.Hour, RPO: 24 * time.Hour, RTO: 4 * time.Hour,
			Keep: governance.Period{Months: 3}, Kinds: []PlaceKind{Cloud},
			Cadences: []governance.Cadence{governance.Daily, governance.Weekly, governance.Monthly},
		},
	}
}

// TierOf returns the strictest of the tiers that the categories belong to: the one with the smallest RPO, then RTO, then
// the most places. A category that the manifest backs up at no cadence asks for none; that all are such is an error, and so
// is a category that the manifest does not declare, or that no tier takes.
func TierOf(m governance.Manifest, tiers []Tier, categories ...governance.Category) (Tier, error) {
	var fits []Tier
	var problems []error
	for _, category := range categories {
		i := slices.IndexFunc(m.Classes, func(c governance.Class) bool { return c.Category == category })
		if i < 0 {
			problems = append(problems, fmt.Errorf("backup: category %q is not in the manifest", category))
			continue
		}
		found := 0
		for _, t := range tiers {
			if t.takes(m.Classes[i]) {
				fits = append(fits, t)
				found++
			}
		}
		if found == 0 && m.Classes[i].BackupEvery != "" {
			problems = append(problems, fmt.Errorf("backup: no tier takes category %q with cadence %q", category, m.Classes[i].BackupEvery))
		}
	}
	if len(problems) == 0 && len(fits) == 0 {
		problems = append(problems, fmt.Errorf("backup: none of %d categories is backed up by the manifest", len(categories)))
	}
	if len(problems) > 0 {
		return Tier{}, errors.Join(problems...)
	}
	return slices.MinFunc(fits, stricter), nil
}

func (t Tier) takes(c governance.Class) bool {
	return slices.Contains(t.Categories, c.Category) || (c.BackupEvery != "" && slices.Contains(t.Cadences, c.BackupEvery))
}

// stricter orders tiers, the strictest first.
func stricter(a, b Tier) int {
	return cmp.Or(cmp.Compare(a.RPO, b.RPO), cmp.Compare(a.RTO, b.RTO), cmp.Compare(len(b.Kinds), len(a.Kinds)),
		strings.Compare(a.Name, b.Name))
}

// check returns what is wrong with a tier.
func (t Tier) check() []error {
	var problems []error
	wrong := func(format string, values ...any) {
		problems = append(problems, fmt.Errorf("backup: tier %q: "+format, append([]any{t.Name}, values...)...))
	}
	if t.Name == "" {
		wrong("has no name")
	}
	for _, d := range []struct {
		field string
		value time.Duration
	}{{"Every", t.Every}, {"RPO", t.RPO}, {"RTO", t.RTO}} {
		if d.value <= 0 {
			wrong("%s is %v, expected a duration above zero", d.field, d.value)
		}
	}
	if t.Base < 0 {
		wrong("Base is %v, expected none or a duration above zero", t.Base)
	}
	if t.Every > t.RPO {
		wrong("a snapshot every %v cannot keep an RPO of %v", t.Every, t.RPO)
	}
	if t.Keep.Years < 0 || t.Keep.Months < 0 || t.Keep.Days < 0 {
		wrong("Keep is negative")
	}
	if len(t.Kinds) == 0 {
		wrong("has no place")
	}
	for _, k := range t.Kinds {
		if k != Local && k != Cloud {
			wrong("kind of place %q, expected %q or %q", k, Local, Cloud)
		}
	}
	return problems
}

// lacks says which places of the tier are not among those of a repository, or nothing.
func (t Tier) lacks(places []PlaceState) string {
	count := map[PlaceKind]int{}
	for _, p := range places {
		count[p.Kind]++
	}
	var missing []string
	want := map[PlaceKind]int{}
	for _, k := range t.Kinds {
		if want[k]++; want[k] > count[k] {
			missing = append(missing, string(k))
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return fmt.Sprintf("the repository has %d places of the %d that tier %s promises: missing are %s",
		len(places), len(t.Kinds), t.Name, strings.Join(missing, ", "))
}
