package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/filesource"
	"github.com/shugo-data/shugo/backup/neosource"
	"github.com/shugo-data/shugo/backup/neosource/journal"
	"github.com/shugo-data/shugo/backup/pgsource"
	"github.com/shugo-data/shugo/governance"
)

// restore brings the cluster back to a goal, and the graph to the same cut, and asks what they have.
func (d *drill) restore(ctx context.Context, goal backup.Goal, ask func(url string, p *pair) ([]string, error)) (lines []string, err error) {
	plan, err := d.keeper.runner.Plan(ctx, goal, "cluster", "graph")
	if err != nil {
		return nil, err
	}
	var url string
	cluster, closed, err := restoring(d.work, d.tutor.bin, d.keeper.receiver, func(at string) { url = at })
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, closed()) }()
	empty, err := newGraph(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, empty.close(ctx)) }()
	var p *pair
	defer func() {
		if p != nil {
			p.pool.Close()
		}
	}()
	history := func(ctx context.Context) (_ *journal.History, err error) { // the cluster is restored by then, and runs
		if p, err = connect(ctx, url, empty.driver); err != nil {
			return nil, err
		}
		return p.History(), nil
	}
	graph, err := neosource.NewGraph(neosource.GraphConfig{Driver: empty.driver, History: history})
	if err != nil {
		return nil, err
	}
	done, err := d.keeper.runner.Restore(ctx, plan, map[string]backup.Destination{"cluster": cluster, "graph": graph})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(whole(ctx, graph), p.adopt(ctx)); err != nil {
		return nil, err
	}
	lines = append(lines, plan.String())
	for _, s := range done.Steps {
		lines = append(lines, fmt.Sprintf("%s restored in %s", s.Source, s.Took.Round(time.Millisecond)))
	}
	answers, err := ask(url, p)
	return append(lines, answers...), err
}

// whole returns an error where a restored graph is not what the journal that was restored with the cluster says.
func whole(ctx context.Context, graph *neosource.Graph) error {
	e, err := graph.Examine(ctx)
	if err != nil {
		return err
	}
	for _, f := range e.Findings {
		if !f.Passed {
			err = errors.Join(err, fmt.Errorf("%s: it is not so: %s", f.Check, f.Detail))
		}
	}
	return err
}

// bound is the promise: what is older than this is not lost.
const bound = time.Second

func (d *drill) restoreLast(ctx context.Context) error {
	return d.tell("Restoring the cluster and the graph to the last moment, and one learner's rows beside", func() ([]string, error) {
		return d.restore(ctx, backup.Goal{}, func(url string, p *pair) ([]string, error) {
			written := d.tutor.since(d.mistook)
			lost, age, err := d.tutor.lost(ctx, p, d.mistook, d.end)
			if err == nil && (written < enough || age > bound) {
				err = fmt.Errorf("%d messages were written, expected %d or more; the oldest that is lost is %s old, expected at most %s", written, enough, age, bound)
			}
			if err != nil {
				return nil, err
			}
			line := fmt.Sprintf("of %d messages that learners were told are there, %d are lost", written, lost)
			if lost > 0 {
				line += fmt.Sprintf(", the oldest written %s before the end", age.Round(time.Millisecond))
			}
			references, err := p.references(ctx)
			if err != nil {
				return nil, err
			}
			person, err := d.person(ctx, url)
			return []string{line, references.String(), person}, err
		})
	})
}

// person brings one learner's rows back as they were when the tables were backed up, beside the tables that lack them.
func (d *drill) person(ctx context.Context, url string) (string, error) {
	r, err := d.keeper.places.Open(ctx, d.rows.ID)
	if err != nil {
		return "", err
	}
	database, err := pgsource.NewDatabase(pgsource.DatabaseConfig{URL: url})
	if err != nil {
		return "", err
	}
	made, err := database.RestorePerson(ctx, r, governance.Subject(d.tutor.learner), "as_it_was")
	if err != nil {
		return "", err
	}
	rows, messages := int64(0), int64(0)
	for _, t := range made {
		if rows += t.Rows; t.Name == "conversation_messages" {
			messages = t.Rows
		}
	}
	if messages < enough {
		err = fmt.Errorf("%d messages of the learner, who had written %d or more by then", messages, enough)
	}
	return fmt.Sprintf("one learner's %d rows of %d tables are in a schema of their own, as they were: %d messages among them", rows, len(made), messages), err
}

func (d *drill) restoreBefore(ctx context.Context) error {
	return d.tell("Restoring the cluster and the graph to the moment before the mistake, and going on", func() ([]string, error) {
		return d.restore(ctx, backup.Goal{Point: mistakePoint}, func(_ string, p *pair) ([]string, error) {
			messages, finds, err := found(ctx, p)
			if err == nil && (messages != d.before || !finds) {
				err = fmt.Errorf("%d messages, of %d before the mistake; the search finds its message: %t", messages, d.before, finds)
			}
			if err != nil {
				return nil, err
			}
			known, err := p.known(ctx)
			if err == nil && known != d.known {
				err = fmt.Errorf("learners know %d items in the graph, of %d before the mistake", known, d.known)
			}
			if err != nil {
				return nil, err
			}
			then, err := p.references(ctx)
			if err != nil {
				return nil, err
			}
			now, err := d.goOn(ctx, p)
			return []string{
				fmt.Sprintf("all %d messages are there, and the search by meaning finds one by its text", messages),
				fmt.Sprintf("the graph has the %d items that learners knew then, and none that they learned later", known),
				then.String(),
				fmt.Sprintf("learners write %d messages more: %s", enough, now),
			}, err
		})
	})
}

// goOn has the learner write to what was restored.
func (d *drill) goOn(ctx context.Context, p *pair) (references, error) {
	from := d.tutor.since(time.Time{})
	for n := range enough {
		if err := p.say(ctx, d.tutor.message(from+n)); err != nil {
			return references{}, err
		}
	}
	now, err := p.known(ctx)
	if err == nil && now != d.known+enough {
		err = fmt.Errorf("learners know %d items in the graph, expected %d", now, d.known+enough)
	}
	if err != nil {
		return references{}, err
	}
	return p.references(ctx)
}

func (d *drill) restoreFiles(ctx context.Context) error {
	return d.tell("Restoring the files", func() ([]string, error) {
		plan, err := d.keeper.runner.Plan(ctx, backup.Goal{}, "files")
		if err != nil {
			return nil, err
		}
		path := filepath.Join(d.work, "files")
		to, err := filesource.NewDirectory(filesource.DirectoryConfig{Path: path})
		if err != nil {
			return nil, err
		}
		if _, err := d.keeper.runner.Restore(ctx, plan, map[string]backup.Destination{"files": to}); err != nil {
			return nil, err
		}
		back, err := digests(filepath.Join(path, "model"))
		if err == nil && !maps.Equal(back, d.files) {
			err = fmt.Errorf("%d files, of %d, are not what they were", len(back), len(d.files))
		}
		return []string{fmt.Sprintf("%d files are what they were", len(back))}, err
	})
}

// sum says what is proven now, and what is not.
func (d *drill) sum(ctx context.Context) error {
	return d.tell("What is proven, and what is not", func() ([]string, error) {
		status, err := d.keeper.runner.Status(ctx)
		return []string{status.String()}, err
	})
}
