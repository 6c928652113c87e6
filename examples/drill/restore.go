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
	var p *pair
	defer func() {
		if p != nil {
			p.pool.Close()
		}
	}()
	history := func(ctx context.Context) (_ *journal.History, err error) { // the cluster is restored by then, and runs
		if p, err = connect(ctx, url, d.spare.driver); err != nil {
			return nil, err
		}
		return p.History(), nil
	}
	graph, err := neosource.NewGraph(neosource.GraphConfig{Driver: d.spare.driver, History: history})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, graph.Discard(context.WithoutCancel(ctx))) }()
	done, err := d.keeper.runner.Restore(ctx, plan, map[string]backup.Destination{"cluster": cluster, "graph": graph})
	if err != nil {
		return nil, err
	}
	if err := whole(ctx, graph); err != nil {
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
