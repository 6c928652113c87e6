package pgwal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// patience is how long a server that was started may refuse connections for another reason than that it is starting.
const patience = time.Minute

// recoveryState asks a server how far its recovery is. The position stays known after recovery has ended.
const recoveryState = `
SELECT pg_is_in_recovery(), COALESCE(pg_last_wal_replay_lsn(), '0/0')::text, system_identifier::text
FROM pg_control_system()`

// invalidIndexes counts the indexes of a database that no query uses.
const invalidIndexes = `
SELECT count(*) FILTER (WHERE NOT (indisvalid AND indisready AND indislive)), count(*) FROM pg_index`

// start starts the server, waits until it has come to the goal, at least to where the snapshot is consistent, and compares what
// it reached with what was meant.
func (d *Directory) start(ctx context.Context, want backup.Cut, consistent backup.LSN) error {
	if d.config.Start == nil {
		return nil
	}
	url, stop, err := d.config.Start(ctx, d.config.Path)
	if err != nil {
		return fmt.Errorf("pgwal: start the restored server: %w", err)
	}
	if err := d.await(ctx, url, want, consistent); err != nil {
		stop()
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.url, d.stop = url, stop
	return nil
}

// await waits for the end of recovery.
func (d *Directory) await(ctx context.Context, url string, want backup.Cut, consistent backup.LSN) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.Now().Add(patience)
	for {
		at, recovering, err := recoveryOf(ctx, url)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case pgerror.State(err) == "57P03": // cannot_connect_now: it is starting
		case err != nil && (time.Now().After(deadline) || errors.Is(err, backup.ErrCluster)):
			return fmt.Errorf("pgwal: the restored server does not answer: %w", err)
		case err != nil:
		case !recovering && d.config.Action == Promote, recovering && d.config.Action == Pause && at.LSN >= max(want.LSN, consistent):
			return checkReached(at, want)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// checkReached compares where a server came to with where it was to come.
func checkReached(at, want backup.Cut) error {
	if at.System != want.System {
		return &backup.ClusterError{Found: at.System, Expected: want.System}
	}
	if want.LSN != 0 && at.LSN != want.LSN {
		return fmt.Errorf("pgwal: the restored server came to %s, expected %s: %w", at.LSN, want.LSN, backup.ErrUnreachable)
	}
	return nil
}

func recoveryOf(ctx context.Context, url string) (backup.Cut, bool, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return backup.Cut{}, false, pgerror.Wrap("pgwal: connect to the restored server", err)
	}
	defer conn.Close(ctx)
	var at backup.Cut
	var recovering bool
	var lsn string
	if err := conn.QueryRow(ctx, recoveryState).Scan(&recovering, &lsn, &at.System); err != nil {
		return backup.Cut{}, false, pgerror.Wrap("pgwal: ask the restored server for its recovery", err)
	}
	at.LSN, err = backup.ParseLSN(lsn)
	return at, recovering, err
}

// Examine implements backup.Destination: it asks the server that Config.Start started for its versions, for indexes that are
// not valid, and for the facts of Config.Facts, in one snapshot. Without a server it fails.
func (d *Directory) Examine(ctx context.Context) (backup.Examination, error) {
	d.mu.Lock()
	url := d.url
	d.mu.Unlock()
	if url == "" {
		return backup.Examination{}, errors.New("pgwal: there is no server to examine: DirectoryConfig.Start starts one at the end of Restore")
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return backup.Examination{}, pgerror.Wrap("pgwal: connect to the restored server", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return backup.Examination{}, pgerror.Wrap("pgwal: examine", err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	return d.examine(ctx, tx)
}

func (d *Directory) examine(ctx context.Context, tx pgx.Tx) (backup.Examination, error) {
	e := backup.Examination{Versions: map[string]string{}}
	for name, sql := range map[string]string{"postgresql": "SHOW server_version", "data_checksums": "SHOW data_checksums"} {
		var value string
		if err := tx.QueryRow(ctx, sql).Scan(&value); err != nil {
			return e, pgerror.Wrap("pgwal: examine: "+name, err)
		}
		e.Versions[name] = value
	}
	var invalid, indexes int
	if err := tx.QueryRow(ctx, invalidIndexes).Scan(&invalid, &indexes); err != nil {
		return e, pgerror.Wrap("pgwal: examine: indexes", err)
	}
	e.Findings = append(e.Findings, backup.Finding{Check: "indexes are valid", Passed: invalid == 0,
		Detail: fmt.Sprintf("%d of %d are not", invalid, indexes)})
	facts, err := d.config.Facts(ctx, tx)
	if err != nil {
		return e, fmt.Errorf("pgwal: examine: facts: %w", err)
	}
	e.Facts = facts
	return e, nil
}
