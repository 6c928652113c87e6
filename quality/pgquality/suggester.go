package pgquality

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/quality"
)

// suggester collects what speaks for which check.
type suggester struct {
	table   *table
	dataset governance.Dataset
	profile map[string]columnProfile
	found   []Suggestion
	seen    map[string]bool
}

// add adds a check with its reason, once.
func (g *suggester) add(why string, check quality.Check) {
	if g.seen[check.ID()] {
		return
	}
	g.seen[check.ID()] = true
	g.found = append(g.found, Suggestion{Check: check, Why: why})
}

// suggest goes through the manifest first, and then through the columns.
func (g *suggester) suggest() {
	if g.has(g.dataset.Subject) {
		g.add("the manifest: it says whose the row is", quality.Check{Test: quality.NotNull{Field: g.dataset.Subject}, Severity: quality.High})
	}
	for _, f := range g.dataset.Fields {
		if g.has(f.Name) && g.has(f.DerivedFrom) {
			g.add("the manifest: it is derived from "+f.DerivedFrom,
				quality.Check{Test: quality.NotNull{Field: f.Name}, When: quality.NotNull{Field: f.DerivedFrom}})
		}
	}
	for _, i := range g.table.Indexes {
		g.add("a unique index", quality.Check{Test: quality.Unique{Fields: i.Columns}})
	}
	for _, k := range g.table.Constraints {
		if k.Kind == "f" {
			g.add("foreign key "+k.Name, quality.Check{Test: quality.Reference{Fields: k.Columns, To: k.TargetName, ToFields: k.Targets}})
		}
	}
	for _, c := range g.table.Columns {
		if c.Readable {
			g.column(c)
		}
	}
	g.times()
	g.digests()
}

func (g *suggester) has(name string) bool {
	return name != "" && slices.ContainsFunc(g.table.Columns, func(c column) bool { return c.Name == name })
}

// column suggests by type and statistics.
func (g *suggester) column(c column) {
	known, analysed := g.profile[c.Name]
	switch {
	case c.NotNull:
		g.add("declared NOT NULL", quality.Check{Test: quality.NotNull{Field: c.Name}})
	case analysed && known.nulls == 0:
		g.add("ANALYZE has seen no NULL", quality.Check{Test: quality.NotNull{Field: c.Name}})
	}
	switch c.class() {
	case text:
		g.add("text that is only white space says nothing", quality.Check{Test: quality.NotEmpty{Field: c.Name}})
	case vector:
		if n := c.dimensions(); n > 0 {
			g.add("the type "+c.Type, quality.Check{Test: quality.VectorDimensions{Field: c.Name, N: n}})
		}
		g.add("no direction: cosine distance is undefined", quality.Check{Test: quality.VectorNonZero{Field: c.Name}})
		g.add("copies crowd out other neighbours", quality.Check{Test: quality.VectorUnique{Field: c.Name}})
	case double, exact:
		g.add("NaN is not a number", quality.Check{Test: quality.Range{Field: c.Name}})
	case document:
		g.add("the type "+c.Type, quality.Check{Test: quality.JSON{Field: c.Name}})
	}
	if analysed && known.distinct == -1 && c.class() != vector && !g.provenUnique(c.Name) {
		g.add("ANALYZE has seen each value once", quality.Check{Test: quality.Unique{Fields: []string{c.Name}}})
	}
}

func (g *suggester) provenUnique(name string) bool {
	return slices.ContainsFunc(g.table.Indexes, func(i index) bool { return slices.Equal(i.Columns, []string{name}) })
}

// times suggests an order of pairs of times, and an end of those that say when something happened.
func (g *suggester) times() {
	for _, pair := range [][2]string{{"created_at", "updated_at"}, {"created_at", "deleted_at"}, {"started_at", "ended_at"},
		{"started_at", "finished_at"}, {"valid_from", "valid_until"}, {"start_time", "end_time"}} {
		if g.has(pair[0]) && g.has(pair[1]) {
			g.add("by their names, one comes before the other", quality.Check{Test: quality.Compare{A: pair[0], Is: quality.LessEqual, B: pair[1]}})
		}
	}
	for _, c := range g.table.Columns {
		past := slices.ContainsFunc([]string{"created", "updated", "started", "sent", "joined"}, func(word string) bool {
			return strings.HasPrefix(c.Name, word)
		})
		if past && (c.class() == moment || c.class() == wall) {
			g.add("by its name, it is not in the future", quality.Check{Test: quality.Range{Field: c.Name, Max: soon()}, Dimension: quality.Consistency})
		}
	}
}

// digests suggests a comparison of a field with the digest that is kept of it.
func (g *suggester) digests() {
	for _, c := range g.table.Columns {
		of, found := strings.CutSuffix(c.Name, "_hash")
		if !found {
			of, found = strings.CutSuffix(c.Name, "_sha256")
		}
		if found && g.has(of) && c.class() == text {
			g.add(fmt.Sprintf("by its name, it is a digest of %s", of), quality.Check{Test: quality.Digest{Field: c.Name, Of: of}})
		}
	}
}
