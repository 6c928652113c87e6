package recall

import (
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/quality"
)

// remedy returns advice, or nil where the search is good as it is.
func (f Finding) remedy(c Config, at target) *quality.Remedy {
	good := f.Current.Recall >= c.Threshold.Warn && f.Current.Recall >= c.Threshold.Fail
	switch {
	case f.Current.Index == "" && !f.Current.Exact:
		return f.missing(c, at)
	case f.Advised == nil && good, f.Advised != nil && good && !f.faster():
		return nil
	case f.Advised == nil:
		return &quality.Remedy{Text: "no way that was tried reaches the threshold; build the index anew with greater m and ef_construction, " +
			"or make an index for the rows of this filter alone: a partial index, or a partition"}
	}
	r := &quality.Remedy{Language: "SQL", Text: fmt.Sprintf("%s: recall %.3f in %.1f ms, against %.3f in %.1f ms now",
		f.Advised.Way, f.Advised.Recall, f.Advised.Milliseconds, f.Current.Recall, f.Current.Milliseconds)}
	if f.Advised.Exact {
		r.Text += ". OFFSET 0 keeps the planner from the approximate index; an index on the columns of the filter makes it fast"
		r.Statement = c.exactText(f.condition(c))
	} else {
		for _, s := range f.Advised.assignments(" = ", "'") {
			r.Statement += "SET LOCAL " + s + ";\n"
		}
		r.Statement = strings.TrimSpace(r.Statement)
	}
	if f.Share >= 0.05 && f.Share < 1 {
		r.Text += ". The filter is common: a partial index, or a partition, for its rows would need neither"
	}
	return r
}

// faster says whether the advised way is both no worse and takes less than half the time.
func (f Finding) faster() bool {
	return f.Advised.Recall >= f.Current.Recall && 2*f.Advised.Milliseconds < f.Current.Milliseconds
}

// missing returns advice for a search that no approximate index serves: none, while exact search is fast enough.
func (f Finding) missing(c Config, at target) *quality.Remedy {
	const slow = 50.0 // milliseconds
	if f.Current.Milliseconds < slow {
		return nil
	}
	r := &quality.Remedy{Language: "SQL", Text: fmt.Sprintf("searches take %.0f ms, since no approximate index serves them", f.Current.Milliseconds)}
	for _, i := range at.indexes {
		if i.serves(c) {
			return &quality.Remedy{Text: r.Text + ": the planner does not choose index " + i.Name + "; see whether the table has been analysed, and measure with it"}
		}
		r.Text += fmt.Sprintf(": index %s has %s, and searches use %s", i.Name, i.Class, c.Distance)
	}
	r.Statement = fmt.Sprintf("CREATE INDEX CONCURRENTLY ON %s USING hnsw (%s %s_%s);", c.relation(), pgx.Identifier{c.Column}.Sanitize(), at.base, c.Distance.class())
	return r
}

// condition returns the text of a filter, whose parameters it leaves open.
func (f Finding) condition(c Config) string {
	for _, filter := range c.Filters {
		if filter.Name == f.Filter && filter.SQL != "" {
			return filter.SQL
		}
	}
	return "true"
}

// exactText returns an exact search for people to put into their code.
func (c Config) exactText(condition string) string {
	return fmt.Sprintf("SELECT * FROM (SELECT *, %s %s $probe AS distance FROM %s WHERE %s OFFSET 0) r ORDER BY distance LIMIT %d;",
		pgx.Identifier{c.Column}.Sanitize(), c.Distance, c.relation(), condition, c.K)
}

// relation returns the table as SQL writes it.
func (c Config) relation() string {
	if c.Schema == "" {
		return pgx.Identifier{c.Table}.Sanitize()
	}
	return pgx.Identifier{c.Schema, c.Table}.Sanitize()
}
