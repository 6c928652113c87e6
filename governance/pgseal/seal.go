package pgseal

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/merkle"
)

const (
	lastCheckpoint   = `SELECT "number", "size", "note" FROM %[1]s."audit_checkpoint" WHERE "era" = $1 ORDER BY "number" DESC LIMIT 1`
	insertCheckpoint = `INSERT INTO %[1]s."audit_checkpoint" ("era", "number", "size", "note") VALUES ($1, $2, $3, $4)`
)

// checkpoint makes a checkpoint when one is due.
func (s *Sealer) checkpoint(ctx context.Context, db session, log logRow) (made *Checkpoint, err error) {
	err = pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
		var fence int64
		var size uint64
		if err := tx.QueryRow(ctx, db.schema.sql(lockLog), log.era).Scan(&fence, &size); err != nil {
			return err
		}
		if fence != log.fence || size != log.size {
			return ErrFenced
		}
		last, err := s.lastStored(ctx, tx, log)
		if err != nil {
			return err
		}
		now := s.config.Clock().UTC()
		if last != nil && last.Size == log.size && now.Sub(last.Time) < s.config.Heartbeat {
			return nil
		}
		if err := s.continues(ctx, tx, log); err != nil {
			return err
		}
		c := Checkpoint{
			Origin: log.name(), Size: log.size, Root: log.root, Number: 1, Time: now, Previous: log.previous,
			Database: log.place.String(),
		}
		if last != nil {
			c.Number = last.Number + 1
		}
		if c, err = c.sign(s.config.Signers); err != nil {
			return fmt.Errorf("pgseal: sign: %w", err)
		}
		made = &c
		_, err = tx.Exec(ctx, db.schema.sql(insertCheckpoint), log.era, c.Number, c.Size, c.Note)
		return err
	})
	if err != nil {
		return nil, err
	}
	if made != nil {
		s.state.last = made
	}
	return made, nil
}

// lastStored returns the last checkpoint of the log in the database; nil: there is none.
func (s *Sealer) lastStored(ctx context.Context, tx pgx.Tx, log logRow) (*Checkpoint, error) {
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

// continues refuses to sign a log that is not a continuation of what was signed or published before.
func (s *Sealer) continues(ctx context.Context, tx pgx.Tx, log logRow) error {
	known := []*Checkpoint{s.state.last}
	if s.config.Published != nil && !s.state.asked {
		c, err := s.config.Published(ctx)
		if err != nil {
			return fmt.Errorf("pgseal: the last published checkpoint: %w", err)
		}
		if c.Origin == log.name() {
			known = append(known, &c)
		}
	}
	for _, c := range known {
		if c == nil {
			continue
		}
		if c.Size > log.size {
			return fmt.Errorf("%w: %d leaves were published, the log has %d", ErrRolledBack, c.Size, log.size)
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
	}
	s.state.asked = true
	return nil
}

const (
	selectPublished = `SELECT "number" FROM %[1]s."audit_published" WHERE "publisher" = $1 AND "era" = $2`
	selectToPublish = `SELECT "note" FROM %[1]s."audit_checkpoint" WHERE "era" = $1 AND "number" > $2 ORDER BY "number"`
	movePublished   = `
INSERT INTO %[1]s."audit_published" ("publisher", "era", "number") VALUES ($1, $2, $3)
ON CONFLICT ("publisher", "era") DO UPDATE SET "number" = EXCLUDED."number"`
)

// publish hands to every publisher what it does not have. The error is of the database, not of a publisher.
func (s *Sealer) publish(ctx context.Context, db session, log logRow) (behind []Unpublished, err error) {
	for _, p := range s.config.Publishers {
		var number int64
		err := db.QueryRow(ctx, db.schema.sql(selectPublished), p.Name(), log.era).Scan(&number)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return behind, err
		}
		rows, err := db.Query(ctx, db.schema.sql(selectToPublish), log.era, number)
		if err != nil {
			return behind, err
		}
		notes, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return behind, err
		}
		sent, failed := s.hand(ctx, p, notes)
		if sent > 0 {
			if _, err := db.Exec(ctx, db.schema.sql(movePublished), p.Name(), log.era, number+int64(sent)); err != nil {
				return behind, err
			}
		}
		if failed != nil {
			behind = append(behind, Unpublished{p.Name(), failed})
		}
	}
	return behind, nil
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
