package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
)

// drill is a drill at work.
type drill struct {
	*account
	work   string
	tutor  *tutor
	spare  *graphServer // an empty one, beside the tutor's
	keeper *keeper
	gone   atomic.Bool // the tutor was destroyed on purpose

	rows    backup.Snapshot   // of the tables
	kept    int               // items that learners know in the snapshot of the graph
	files   map[string]string // digests of the files
	before  int               // messages before the mistake
	known   int               // items that learners knew then
	mistook time.Time         // when the mistake was over
	end     time.Time         // when the tutor was destroyed
}

// sources are what is backed up.
func sources() []string { return []string{"cluster", "graph", "rows", "files"} }

func (d *drill) backUp(ctx context.Context) error {
	return d.tell("Backing up, while learners write", func() (lines []string, err error) {
		if err := d.learn(ctx, 0); err != nil {
			return nil, err
		}
		for _, source := range sources() {
			s, err := d.keeper.runner.Backup(ctx, source)
			if err != nil {
				return nil, err
			}
			if source == "rows" {
				d.rows = s
			}
			lines = append(lines, fmt.Sprintf("%s: %d items, %s, of which %s were new", source, s.Items, size(s.Size), size(s.Stored)))
		}
		if d.files, err = digests(d.tutor.files); err != nil {
			return nil, err
		}
		status, err := d.keeper.runner.Status(ctx)
		return append(lines, status.String()), err
	})
}

// size is a number of bytes in words.
func size(n int64) string {
	if n < 1e6 {
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

func (d *drill) prove(ctx context.Context) error {
	return d.tell("Restoring into scratch, and comparing", func() (lines []string, _ error) {
		for _, source := range sources() {
			c, err := d.keeper.runner.Drill(ctx, source)
			if err != nil {
				return nil, err
			}
			if err := c.Verify(d.keeper.public); err != nil {
				return nil, err
			}
			lines = append(lines, fmt.Sprintf("%s: %s; restored in %s; the signature is right", source, c.Verdict(), c.RTO.Round(time.Millisecond)))
			var more []string
			switch source {
			case "cluster":
				more, err = met(c)
			case "graph":
				more, err = d.compared(c)
			}
			if err != nil {
				return nil, err
			}
			lines = append(lines, more...)
		}
		status, err := d.keeper.runner.Status(ctx)
		return append(lines, status.String()), err
	})
}

// met says what came of restoring the graph beside the cluster.
func met(c backup.Certificate) (lines []string, err error) {
	for _, f := range c.Findings {
		if f.Check == "graph is restored to the cut of cluster" || f.Check == "graph: every reference resolves" {
			lines = append(lines, strings.TrimSuffix("         "+f.Check+": "+f.Detail, ": "))
		}
	}
	if len(lines) != 2 {
		err = fmt.Errorf("%d findings about the pair of cluster and graph, expected 2", len(lines))
	}
	return lines, err
}

// compared says what came of comparing the graph with the journal, and keeps how much its snapshot says that learners know.
func (d *drill) compared(c backup.Certificate) (lines []string, err error) {
	for _, f := range c.Findings {
		if strings.HasPrefix(f.Check, "every governed") {
			lines = append(lines, "       "+f.Check+": "+f.Detail)
		}
	}
	for _, f := range c.Want {
		if f.Name == "type KNOWS" {
			d.kept, err = strconv.Atoi(f.Value)
		}
	}
	if err == nil && (d.kept == 0 || len(lines) != 2) {
		err = fmt.Errorf("%d items that learners know in the snapshot of the graph, and %d comparisons with the journal, expected 2", d.kept, len(lines))
	}
	return lines, err
}

// damage flips a bit of the largest object in a place.
func (d *drill) damage(ctx context.Context) error {
	return d.tell("A bit flips in Osaka", func() ([]string, error) {
		path, err := largest(filepath.Join(d.work, "places", "osaka"))
		if err != nil {
			return nil, err
		}
		object, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		object[len(object)/2] ^= 1
		if err := os.WriteFile(path, object, 0o600); err != nil {
			return nil, err
		}
		found, err := d.keeper.runner.Verify(ctx)
		if err != nil {
			return nil, err
		}
		if len(found) != 1 || len(found[0].Damaged) != 1 || !found[0].Damaged[0].Mended {
			return nil, fmt.Errorf("one damage was to be found and mended: %+v", found)
		}
		return []string{fmt.Sprintf("%d objects were read; in %s one was %s, and was mended", found[0].Objects, found[0].Damaged[0].Place, found[0].Damaged[0].Text)}, nil
	})
}

// largest returns the largest file below a folder.
func largest(folder string) (path string, err error) {
	most := int64(-1)
	err = filepath.WalkDir(folder, func(at string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Size() > most {
			path, most = at, info.Size()
		}
		return err
	})
	return path, err
}

// mistakePoint names the moment before the mistake.
const mistakePoint = "before the mistake"

// mistake is made by somebody who is not governed. Nobody writes in the moment of the restore point, so that what is there can be counted.
//
//shugo:ungoverned a mistake of an administrator is what is to be mended
func (d *drill) mistake(ctx context.Context) error {
	return d.tell("Somebody runs DELETE without WHERE", func() (lines []string, err error) {
		conn, err := pgx.Connect(ctx, d.tutor.cluster.URL())
		if err != nil {
			return nil, err
		}
		defer conn.Close(context.WithoutCancel(ctx))
		err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `LOCK TABLE conversation_messages IN EXCLUSIVE MODE`); err != nil {
				return err
			}
			const counts = `SELECT (SELECT count(*) FROM conversation_messages), (SELECT count(*) FROM user_learning_progress)`
			if err := tx.QueryRow(ctx, counts).Scan(&d.before, &d.known); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `SELECT pg_create_restore_point($1)`, mistakePoint); err != nil {
				return err
			}
			tag, err := tx.Exec(ctx, `DELETE FROM conversation_messages`)
			lines = append(lines, fmt.Sprintf("%d messages are deleted; learners write on", tag.RowsAffected()))
			return err
		})
		d.mistook = time.Now()
		return lines, errors.Join(err, d.learn(ctx, 2*bound)) // some is then older than what may be lost
	})
}

func (d *drill) destroy(context.Context) error {
	return d.tell("Destroying the tutor: its two servers killed and their folders removed, its files removed, Tokyo burnt down", func() ([]string, error) {
		d.gone.Store(true)
		err := d.tutor.cluster.Kill()
		d.end = time.Now()
		written := d.tutor.since(d.mistook)
		return []string{fmt.Sprintf("learners had written %d messages since the mistake", written)},
			errors.Join(err, d.tutor.cluster.Destroy(), d.tutor.graph.Destroy(), os.RemoveAll(d.tutor.files), os.RemoveAll(filepath.Join(d.work, "places", "tokyo")))
	})
}
