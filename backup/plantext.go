package backup

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
)

// String returns the plan as a text for people, a few lines for each step.
func (p Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Plan of %s to %s: %s\n", stamp(p.Made), p.Goal, spell(p.RTO(), "time not assessed: no drill measured it"))
	for i, s := range p.Steps {
		fmt.Fprintf(&b, "%d. %s from snapshot %s of %s, %s", i+1, s.Source, s.Snapshot.ID, stamp(s.Snapshot.Cut.Time), size(s.Bytes))
		for _, l := range s.Logs {
			fmt.Fprintf(&b, ", log %s from %s to %s", l.Log, LSN(l.From), LSN(l.To))
		}
		fmt.Fprintf(&b, "\n   reaches %s", stamp(s.Point.Time))
		if s.Point.LSN != 0 {
			fmt.Fprintf(&b, " at %s", s.Point.LSN)
		}
		if s.Loss > 0 {
			fmt.Fprintf(&b, ", loses the last %s", short(s.Loss))
		}
		if !s.Proven {
			b.WriteString(", not proven")
		}
		if s.Group != "" {
			fmt.Fprintf(&b, ", group %s", s.Group)
		}
		if s.Warning != "" {
			fmt.Fprintf(&b, "\n   %s", s.Warning)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// String returns the goal in words.
func (g Goal) String() string {
	switch {
	case g.Point != "":
		return fmt.Sprintf("restore point %q", g.Point)
	case g.LSN != 0:
		return g.LSN.String()
	case !g.Time.IsZero():
		return stamp(g.Time)
	}
	return "the latest moment"
}

// String returns what was restored as a text for people.
func (r Restoration) String() string {
	return table(func(row func(...any)) {
		row("SOURCE", "STATE", "SNAPSHOT", "REACHED", "TOOK", "ERROR")
		for _, s := range r.Steps {
			reached := "-"
			if s.State == Whole {
				reached = stamp(s.Reached.Time)
			}
			row(s.Source, s.State, s.Snapshot, reached, spell(s.Took, "-"), s.Err)
		}
	})
}

// String returns the status as a table for people, and what is broken below it.
func (s Status) String() string {
	text := table(func(row func(...any)) {
		row("SOURCE", "TIER", "BACKUP", "LAST POINT", "RPO", "RTO", "PLACES", "NEXT BACKUP", "NEXT DRILL")
		for _, source := range s.Sources {
			rpo, backup, drill := short(source.RPO), due(source.NextBackup, s.Time), due(source.NextDrill, s.Time)
			if source.Unknown != "" {
				rpo, backup, drill = "not known", "-", "-"
			} else if source.Unprotected {
				rpo = "everything"
			}
			if !source.Drills {
				drill = "no scratch"
			}
			row(source.Source, source.Tier, source.claim(), stamp(source.Point.Time), rpo+" of "+short(source.RPOPromise),
				spell(source.RTO, "not assessed")+" of "+short(source.RTOPromise), source.places(), backup, drill)
		}
	})
	for _, source := range s.Sources {
		for _, b := range source.Breaches {
			where := b.Source
			if b.Place != "" {
				where += ", place " + b.Place
			}
			text += fmt.Sprintf("%s: %s: %s\n", where, b.Kind, b.Text)
		}
	}
	return text
}

// claim says whether there is a backup.
func (s SourceStatus) claim() string {
	if s.Proven {
		return "proven " + stamp(s.Certified)
	}
	return "NOT A BACKUP"
}

// places says how many places have all.
func (s SourceStatus) places() string {
	whole := 0
	for _, p := range s.Places {
		if p.Err == "" && p.Missing == 0 {
			whole++
		}
	}
	return fmt.Sprintf("%d of %d whole", whole, len(s.Places))
}

func table(fill func(row func(...any))) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fill(func(cells ...any) {
		var texts []string
		for _, c := range cells {
			texts = append(texts, fmt.Sprint(c))
		}
		fmt.Fprintln(w, strings.Join(texts, "\t")) //nolint:errcheck // a Builder takes all
	})
	w.Flush() //nolint:errcheck // a Builder takes all
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

func due(t, now time.Time) string {
	if !t.After(now) {
		return "now"
	}
	return "in " + short(t.Sub(now))
}

// spell is short, and another text for nothing.
func spell(d time.Duration, none string) string {
	if d == 0 {
		return none
	}
	return short(d)
}

// short rounds a duration to what people read.
func short(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%.1f days", d.Hours()/24)
	case d >= time.Hour:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	case d >= time.Second:
		return d.Round(time.Second / 10).String()
	}
	return d.Round(time.Millisecond).String()
}

func size(n int64) string {
	value, unit := float64(n), "bytes"
	for _, next := range []string{"kB", "MB", "GB", "TB"} {
		if value < 1000 {
			break
		}
		value, unit = value/1000, next
	}
	if unit == "bytes" {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s", value, unit)
}
