package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/filesource"
)

// play is the drill.
func play(ctx context.Context, address string, a *account) (err error) {
	work, err := os.MkdirTemp("", "drill-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	if err := os.Chmod(work, 0o755); err != nil { // the account of the server passes through it
		return err
	}
	t, err := open(ctx, address, work)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.cluster.Close()) }()
	k, err := wire(ctx, work, t, a.bar.show)
	if err != nil {
		return err
	}
	live, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	running.Go(func() { _ = k.receiver.Run(live) }) // ends with live; that the server is gone shows in the account
	running.Go(func() { t.write(live) })
	d := &drill{account: a, work: work, tutor: t, keeper: k}
	for _, act := range []func(context.Context) error{d.backUp, d.prove, d.mistake, d.destroy, d.restoreLast, d.restoreBefore, d.restoreFiles} {
		if err := act(ctx); err != nil {
			return err
		}
	}
	return nil
}

// drill is a drill at work.
type drill struct {
	*account
	work      string
	tutor     *tutor
	keeper    *keeper
	before    int       // messages before the mistake
	destroyed time.Time // when the tutor was
}

// mistakePoint names the moment before the mistake.
const mistakePoint = "before the mistake"

func (d *drill) backUp(ctx context.Context) error {
	return d.tell("Backing up, while learners write", func() (lines []string, _ error) {
		for _, source := range []string{"cluster", "files"} {
			s, err := d.keeper.runner.Backup(ctx, source)
			if err != nil {
				return nil, err
			}
			lines = append(lines, fmt.Sprintf("%s: %d items, %.1f MB, of which %.1f MB were new, in three places", source, s.Items, float64(s.Size)/1e6, float64(s.Stored)/1e6))
		}
		status, err := d.keeper.runner.Status(ctx)
		return append(lines, status.String()), err
	})
}

func (d *drill) prove(ctx context.Context) error {
	return d.tell("Restoring into scratch, and comparing", func() (lines []string, _ error) {
		for _, source := range []string{"cluster", "files"} {
			c, err := d.keeper.runner.Drill(ctx, source)
			if err != nil {
				return nil, err
			}
			lines = append(lines, fmt.Sprintf("%s: %s; restored in %s; signed", source, c.Verdict(), c.RTO.Round(time.Millisecond)))
		}
		status, err := d.keeper.runner.Status(ctx)
		return append(lines, status.String()), err
	})
}

// mistake is made by somebody who is not governed.
//
//shugo:ungoverned a mistake of an administrator is what is to be mended
func (d *drill) mistake(ctx context.Context) error {
	return d.tell("Somebody runs DELETE without WHERE", func() ([]string, error) {
		conn, err := pgx.Connect(ctx, d.tutor.cluster.URL())
		if err != nil {
			return nil, err
		}
		defer conn.Close(context.WithoutCancel(ctx))
		if err := conn.QueryRow(ctx, `SELECT count(*) FROM conversation_messages`).Scan(&d.before); err != nil {
			return nil, err
		}
		if _, err := conn.Exec(ctx, `SELECT pg_create_restore_point($1)`, mistakePoint); err != nil {
			return nil, err
		}
		tag, err := conn.Exec(ctx, `DELETE FROM conversation_analytics`)
		if err == nil {
			tag, err = conn.Exec(ctx, `DELETE FROM conversation_messages WHERE id NOT LIKE 'live-%'`)
		}
		return []string{fmt.Sprintf("%d messages are gone; learners write on", tag.RowsAffected())}, err
	})
}

func (d *drill) destroy(context.Context) error {
	return d.tell("Destroying the tutor: its server killed and its folder removed, its files removed, one place burnt down", func() ([]string, error) {
		d.destroyed = time.Now()
		err := d.tutor.cluster.Destroy()
		return []string{"it is gone"}, errors.Join(err, os.RemoveAll(d.tutor.files), os.RemoveAll(filepath.Join(d.work, "places", "tokyo")))
	})
}

// restore brings the cluster back to a goal, and asks what it has.
func (d *drill) restore(ctx context.Context, goal backup.Goal, ask func(url string) ([]string, error)) (lines []string, err error) {
	plan, err := d.keeper.runner.Plan(ctx, goal, "cluster")
	if err != nil {
		return nil, err
	}
	var url string
	to, closed, err := restoring(d.work, d.tutor.bin, func(at string) { url = at })
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

func (d *drill) restoreLast(ctx context.Context) error {
	return d.tell("Restoring the cluster to the last moment", func() ([]string, error) {
		return d.restore(ctx, backup.Goal{}, func(url string) ([]string, error) {
			acknowledged, lost, age, err := d.tutor.lost(ctx, url, d.destroyed)
			if err == nil && lost == 0 {
				return []string{fmt.Sprintf("all %d messages are there of which learners were told so", acknowledged)}, nil
			}
			return []string{fmt.Sprintf("of %d messages that learners were told are there, %d are lost: those of the last %s", acknowledged, lost, age.Round(time.Millisecond))}, err
		})
	})
}

func (d *drill) restoreBefore(ctx context.Context) error {
	return d.tell("Restoring the cluster to the moment before the mistake", func() ([]string, error) {
		return d.restore(ctx, backup.Goal{Point: mistakePoint}, func(url string) ([]string, error) {
			messages, finds, err := found(ctx, url)
			if err == nil && (messages < d.before || !finds) {
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
		text, err := os.ReadFile(filepath.Join(path, "model", "prompts", "丁寧.txt"))
		return []string{"the prompt says: " + string(text), "from two places, since the third is gone"}, err
	})
}
