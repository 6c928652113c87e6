package neosource

import (
	"context"
	"fmt"
	"slices"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/internal/graphimage"
)

// Examine implements backup.Destination. The facts are counts and digests of nodes and relationships, and what there is of each
// label and type; the findings say whether the indexes are filled, whether all is governed, and whether what is governed is
// what the journal says.
func (g *Graph) Examine(ctx context.Context) (backup.Examination, error) {
	g.mu.Lock()
	of := g.restored
	g.mu.Unlock()
	names := g.config.Names.Complete()
	if of != nil {
		names = of.about.Names
	}
	e := backup.Examination{Versions: map[string]string{}}
	var err error
	if e.Versions["neo4j"], err = g.version(ctx); err != nil {
		return e, err
	}
	elements, err := g.schema(ctx)
	if err != nil {
		return e, err
	}
	s := survey{server: &g.server, names: names, workers: g.config.Workers}
	census, err := s.run(ctx)
	if err != nil {
		return e, err
	}
	e.Facts = census.facts(elements)
	if e.Findings, err = g.indexFindings(ctx); err != nil {
		return e, err
	}
	unfinished, err := g.count(ctx, "look for an unfinished restore", `MATCH (n:`+UnfinishedLabel+`) RETURN count(n)`, nil)
	if err != nil {
		return e, err
	}
	e.Findings = append(e.Findings, backup.Finding{Check: "the restore was finished", Passed: unfinished == 0 && of != nil})
	e.Findings = append(e.Findings, g.governed(census, of))
	audit, err := g.audit(ctx, census, of)
	e.Findings = append(e.Findings, audit...)
	return e, err
}

// governed finds fault with what no journal knows.
func (g *Graph) governed(c *census, of *restored) backup.Finding {
	dropped := 0
	if of != nil {
		dropped = of.about.Dropped
	}
	found := c.nodes.others + c.relationships.others + int64(dropped)
	return backup.Finding{Check: "all is governed, or need not be", Passed: found == 0 || g.config.Ungoverned,
		Detail: fmt.Sprintf("%d nodes and %d relationships are not governed: they are as they were read, and of no one moment; %d relationships were left out",
			c.nodes.others, c.relationships.others, dropped)}
}

// audit compares what is governed with the journal.
func (g *Graph) audit(ctx context.Context, c *census, of *restored) ([]backup.Finding, error) {
	history, at := g.config.Audit, (*journal.Mark)(nil)
	switch {
	case of == nil || of.about.Mark == nil:
		return nil, nil
	case of.on != nil:
		history = of.on // all that it has
	case history != nil:
		at = of.about.Mark
	default:
		return nil, nil
	}
	view, err := history.View(ctx)
	if err != nil {
		return nil, err
	}
	defer view.Close(context.WithoutCancel(ctx))
	if view.Lineage != of.about.Mark.Lineage {
		return []backup.Finding{{Check: "the graph is what the journal says", Detail: "the journal goes its own way since the snapshot: not compared"}}, nil
	}
	a := newAudit(c)
	for s, err := range view.States(ctx, at) {
		if err != nil {
			return nil, err
		}
		if err := a.compare(s, of.about.Names.Label); err != nil {
			return nil, err
		}
	}
	return a.findings(), nil
}

// audit is a comparison with the journal.
type audit struct {
	found map[graphimage.Kind]map[graphimage.Print]graphimage.Sum // governed entities of the graph, by their stable ids
	kinds map[graphimage.Kind]*discrepancy
}

// discrepancy counts what is not what the journal says.
type discrepancy struct {
	compared, missing, other, unknown int
}

func newAudit(c *census) *audit {
	a := &audit{found: map[graphimage.Kind]map[graphimage.Print]graphimage.Sum{}, kinds: map[graphimage.Kind]*discrepancy{}}
	for kind, r := range map[graphimage.Kind]*register{graphimage.Node: &c.nodes, graphimage.Relationship: &c.relationships} {
		a.kinds[kind], a.found[kind] = &discrepancy{}, make(map[graphimage.Print]graphimage.Sum, len(r.governed))
		for _, e := range r.governed {
			if _, twice := a.found[kind][e.key]; twice {
				a.kinds[kind].unknown++
			}
			a.found[kind][e.key] = e.sum
		}
	}
	return a
}

// compare looks for what the journal says of one entity.
func (a *audit) compare(s journal.Change, governed string) error {
	r := recordOf(s)
	d, key := a.kinds[r.Kind], graphimage.PrintOf(s.GID)
	found, is := a.found[r.Kind][key]
	delete(a.found[r.Kind], key)
	if s.Gone {
		if is {
			d.unknown++
		}
		return nil
	}
	d.compared++
	want, _, err := sumOf(r, governed)
	switch {
	case err != nil:
		return err
	case !is:
		d.missing++
	case found != want:
		d.other++
	}
	return nil
}

// findings says how many are not what the journal says: what is written past it shows here.
func (a *audit) findings() []backup.Finding {
	var findings []backup.Finding
	for kind, d := range a.kinds {
		d.unknown += len(a.found[kind])
		findings = append(findings, backup.Finding{Check: fmt.Sprintf("every governed %s is what the journal says", kind),
			Passed: d.missing+d.other+d.unknown == 0,
			Detail: fmt.Sprintf("%d compared, %d are not there, %d are other than the journal says, %d are not in the journal: written past it",
				d.compared, d.missing, d.other, d.unknown)})
	}
	slices.SortFunc(findings, func(x, y backup.Finding) int { return len(x.Check) - len(y.Check) })
	return findings
}
