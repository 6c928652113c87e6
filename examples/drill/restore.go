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
	"github.com/shugo-data/shugo/backup/pgsource"
	"github.com/shugo-data/shugo/governance"
)

// restore brings the cluster back to a goal, and asks what it has.
func (d *drill) restore(ctx context.Context, goal backup.Goal, ask func(url string) ([]string, error)) (lines []string, err error) {
	plan, err := d.keeper.runner.Plan(ctx, goal, "cluster")
	if err != nil {
		return nil, err
	}
	var url string
	to, closed, err := restoring(d.work, d.tutor.bin, d.keeper.receiver, func(at string) { url = at })
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, closed()) }()
	done, err := d.keeper.runner.Restore(ctx, plan, map[string]backup.Destination{"cluster": to})
	if err != nil {
		return nil, err
	}
	lines = []string{plan.String(), fmt.Sprintf("restored in %s", done.Steps[0].Took.Round(time.Millisecond))}
	answers, err := ask(url)
	return append(lines, answers...), err
}

// bound is the promise: what is older than this is not lost.
const bound = time.Second

func (d *drill) restoreLast(ctx context.Context) error {
	return d.tell("Restoring the cluster to the last moment, and one learner's rows beside", func() ([]string, error) {
		return d.restore(ctx, backup.Goal{}, func(url string) ([]string, error) {
			written := d.tutor.since(d.mistook)
			lost, age, err := d.tutor.lost(ctx, url, d.mistook, d.end)
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
			person, err := d.person(ctx, url)
			return []string{line, person}, err
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
	return d.tell("Restoring the cluster to the moment before the mistake", func() ([]string, error) {
		return d.restore(ctx, backup.Goal{Point: mistakePoint}, func(url string) ([]string, error) {
			messages, finds, err := found(ctx, url)
			if err == nil && (messages != d.before || !finds) {
				err = fmt.Errorf("%d messages, of %d before the mistake; the search finds its message: %t", messages, d.before, finds)
			}
			return []string{fmt.Sprintf("all %d messages are there, and the search by meaning finds one by its text", messages)}, err
		})
	})
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
		return []string{status.String(), "the knowledge graph is no part of this drill: nothing is said of it"}, err
	})
}
