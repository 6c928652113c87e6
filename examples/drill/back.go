package main

import (
	"context"
	"fmt"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/pgsource"
	"github.com/shugo-data/shugo/governance"
)

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
			if err == nil && (known != d.known || known <= d.kept) {
				err = fmt.Errorf("learners know %d items in the graph, of %d before the mistake, which is to be more than the %d of the snapshot", known, d.known, d.kept)
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
				fmt.Sprintf("the graph has all %d items that learners knew then: its snapshot has %d, the restored journal the others", known, d.kept),
				then.String(),
				fmt.Sprintf("learners write %d messages more: %s", enough, now),
			}, err
		})
	})
}

// goOn has the learner write to what was restored. Only now is it adopted, since that would bring a graph that is behind up to date.
func (d *drill) goOn(ctx context.Context, p *pair) (references, error) {
	if err := p.adopt(ctx); err != nil {
		return references{}, err
	}
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
