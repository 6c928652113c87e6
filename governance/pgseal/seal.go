package pgseal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/merkle"
)

const (
	lastCheckpoint   = `SELECT "number", "size", "note" FROM %[1]s."audit_checkpoint" WHERE "era" = $1 ORDER BY "number" DESC LIMIT 1`
	insertCheckpoint = `INSERT INTO %[1]s."audit_checkpoint" ("era", "number", "size", "note") VALUES ($1, $2, $3, $4)`
)

// sign makes the checkpoint that follows the last one, which may be nil, and stores it. Its time is never before that of
// the last one, which another replica may have made by a clock that is ahead.
func (s *Sealer) sign(ctx context.Context, tx pgx.Tx, log logRow, last *Checkpoint, now time.Time) (*Checkpoint, error) {
	c := Checkpoint{
		Origin: log.name(), Size: log.size, Root: log.root, Number: 1, Time: now, Previous: log.previous, Database: log.place.String(),
	}
	if last != nil {
		c.Number = last.Number + 1
		if now.Before(last.Time) {
			c.Time = last.Time
		}
	}
	c, err := c.sign(s.config.Signers)
	if err != nil {
		return nil, &hostError{"sign", err}
	}
	_, err = tx.Exec(ctx, s.schema.sql(insertCheckpoint), log.era, c.Number, c.Size, c.Note)
	return &c, err
}

// lastStored returns the last checkpoint of the log in the database; nil: there is none.
func (s *Sealer) lastStored(ctx context.Context, tx pgx.Tx, log *logRow) (*Checkpoint, error) {
	var number int64
	var size uint64
	var text string
	err := tx.QueryRow(ctx, s.schema.sql(lastCheckpoint), log.era).Scan(&number, &size, &text)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := parseCheckpoint(signedText(text))
	if err != nil || c.Number != number || c.Size != size {
		return nil, fmt.Errorf("%w: checkpoint %d of era %d is not what was stored", ErrDamaged, number, log.era)
	}
	c.Note = text
	return &c, nil
}

// continues refuses a log that does not continue what was signed before: the last checkpoint of this sealer, the last one
// that is stored, and the last one that is known outside.
func (s *Sealer) continues(ctx context.Context, tx pgx.Tx, log *logRow, stored *Checkpoint) error {
	known := []*Checkpoint{s.state.last, stored}
	if s.config.Published != nil && !s.state.asked {
		c, err := s.config.Published(ctx)
		if err != nil {
			return &hostError{"the last published checkpoint", err}
		}
		if era, ours := eraOf(c.Origin, s.config.Origin); ours && era > log.era {
			return fmt.Errorf("%w: log %d was published, the last one here is %d", ErrRolledBack, era, log.era)
		}
		if c.Origin == log.name() {
			known = append(known, &c)
		}
	}
	for _, c := range known {
		if err := s.continuesOne(ctx, tx, log, c); err != nil {
			return err
		}
	}
	s.state.asked = true
	return nil
}

func (s *Sealer) continuesOne(ctx context.Context, tx pgx.Tx, log *logRow, c *Checkpoint) error {
	if c == nil || c.Size == log.size && c.Root == log.root {
		return nil
	}
	if c.Size > log.size {
		return fmt.Errorf("%w: %d leaves were signed, the log has %d", ErrRolledBack, c.Size, log.size)
	}
	root, err := compute(readTiles(ctx, tx, s.schema, log.era), func(read merkle.Tiles) (merkle.Hash, error) {
		return merkle.RootOf(c.Size, read)
	})
	if err != nil {
		return err
	}
	if root != c.Root {
		return fmt.Errorf("%w: its first %d leaves have another root", ErrRolledBack, c.Size)
	}
	return nil
}

const (
	selectPublished = `
SELECT coalesce((SELECT "number" FROM %[1]s."audit_published" WHERE "publisher" = $1 AND "era" = $2), 0),
	coalesce((SELECT max("number") FROM %[1]s."audit_checkpoint" WHERE "era" = $2), 0)`
	selectToPublish = `SELECT "note" FROM %[1]s."audit_checkpoint" WHERE "era" = $1 AND "number" > $2 ORDER BY "number" LIMIT 1000`
	movePublished   = `
INSERT INTO %[1]s."audit_published" ("publisher", "era", "number") VALUES ($1, $2, $3)
ON CONFLICT ("publisher", "era") DO UPDATE SET "number" = EXCLUDED."number"`
)

// publish hands to every publisher what it does not have. The error is of the database, not of a publisher.
func (s *Sealer) publish(ctx context.Context, db session, log logRow) (behind []Unpublished, err error) {
	for _, p := range s.config.Publishers {
		failed, err := s.publishTo(ctx, db, log, p)
		if err != nil {
			return behind, err
		}
		if failed != nil {
			behind = append(behind, Unpublished{p.Name(), failed})
		}
	}
	return behind, nil
}

// publishTo hands to one publisher what it does not have, for as long as it may take.
func (s *Sealer) publishTo(ctx context.Context, db session, log logRow, p Publisher) (failed, err error) {
	var number, last int64
	if err := db.QueryRow(ctx, db.schema.sql(selectPublished), p.Name(), log.era).Scan(&number, &last); err != nil {
		return nil, err
	}
	if number > last {
		return fmt.Errorf("%w: it is said to have checkpoint %d, the last one is %d", ErrRolledBack, number, last), nil
	}
	rows, err := db.Query(ctx, db.schema.sql(selectToPublish), log.era, number)
	if err != nil {
		return nil, err
	}
	notes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, s.config.PublishTimeout)
	defer cancel()
	sent, failed := s.hand(limited, p, notes)
	if sent > 0 {
		if _, err := db.Exec(ctx, db.schema.sql(movePublished), p.Name(), log.era, number+int64(sent)); err != nil {
			return failed, err
		}
	}
	return failed, nil
}

// hand gives notes to a publisher, in their order, and returns how many it took.
func (s *Sealer) hand(ctx context.Context, p Publisher, notes []string) (sent int, err error) {
	for _, text := range notes {
		c, err := parseCheckpoint(signedText(text))
		if err != nil {
			return sent, err
		}
		c.Note = text
		if err := p.Publish(ctx, c); err != nil {
			return sent, err
		}
		sent++
	}
	return sent, nil
}
