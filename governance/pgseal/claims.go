package pgseal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/leaf"
)

// claim is what a checkpoint says of a log.
type claim struct {
	Checkpoint
	outside bool
}

const selectCheckpoints = `SELECT "number", "size", "note" FROM %[1]s."audit_checkpoint" WHERE "era" = $1 ORDER BY "number"`

// checkpoints reads what the checkpoints say, and checks whatever needs no record: signatures, names and order.
func (v *logVerifier) checkpoints(ctx context.Context) error {
	rows, err := v.db.Query(ctx, v.schema.sql(selectCheckpoints), v.log.era)
	if err != nil {
		return err
	}
	var number, size int64
	var text string
	var last Checkpoint
	stored := map[int64]string{} // what is signed, by number
	_, err = pgx.ForEachRow(rows, []any{&number, &size, &text}, func() error {
		c, err := OpenCheckpoint(text, v.Keys)
		switch {
		case err != nil:
			v.finding(Unsigned, number, record{}, err.Error())
			return nil
		case c.Number != number || int64(c.Size) != size || c.Origin != v.log.name():
			v.finding(Contradicted, number, record{}, "the checkpoint is not the one of this place")
			return nil
		case number != last.Number+1:
			v.finding(NoCheckpoint, last.Number+1, record{}, fmt.Sprintf("checkpoint %d follows %d", number, last.Number))
		case c.Size < last.Size || c.Time.Before(last.Time):
			v.finding(Contradicted, number, record{}, "the checkpoint is smaller or older than the one before")
		}
		v.gap(last, c)
		last = c
		stored[c.Number] = signedText(c.Note)
		v.claim(c, false)
		return nil
	})
	if err != nil {
		return err
	}
	if last.Size < v.log.size {
		v.finding(NoCheckpoint, -1, record{}, fmt.Sprintf("the last checkpoint has %d leaves, %d are sealed", last.Size, v.log.size))
	}
	for _, c := range v.Trusted {
		if c.Origin != v.log.name() {
			continue
		}
		switch text, here := stored[c.Number]; {
		case !here:
			v.finding(NoCheckpoint, c.Number, record{}, "a checkpoint from outside is not here")
		case text != c.text():
			v.finding(Contradicted, c.Number, record{}, "the checkpoint from outside of the same number says something else")
		}
		v.claim(c, true)
	}
	return nil
}

// gap reports a silence of more than two heartbeats.
func (v *logVerifier) gap(before, after Checkpoint) {
	if silence := after.Time.Sub(before.Time); v.Heartbeat > 0 && before.Number > 0 && silence > 2*v.Heartbeat {
		v.report.Gaps = append(v.report.Gaps, Gap{
			Era: int(v.log.era), From: before.Time, To: after.Time, Seconds: float64(silence) / float64(time.Second),
		})
	}
}

// claim keeps what a checkpoint says until the tree has its size.
func (v *logVerifier) claim(c Checkpoint, outside bool) {
	switch {
	case c.Previous != v.log.previous:
		v.finding(Contradicted, c.Number, record{}, "the checkpoint names another log before")
	case c.Database != v.log.place.String():
		v.finding(Contradicted, c.Number, record{}, fmt.Sprintf("the checkpoint is of database %s, the log of %s", c.Database, v.log.place))
	default:
		v.claims[c.Size] = append(v.claims[c.Size], claim{c, outside})
	}
}

// settle compares the tree with the checkpoints of just its size.
func (v *logVerifier) settle() {
	size := v.builder.Size()
	if len(v.sizes) == 0 || v.sizes[0] != size {
		return
	}
	v.sizes = v.sizes[1:]
	root := v.builder.Root()
	for _, c := range v.claims[size] {
		if c.Root != root {
			v.finding(Contradicted, c.Number, record{}, fmt.Sprintf("the first %d records have another root than the checkpoint%s says",
				size, c.where()))
			continue
		}
		v.report.Checkpoints++
		v.found.Signed = max(v.found.Signed, size)
		if c.outside {
			v.report.Outside++
			v.found.Outside = max(v.found.Outside, size)
		}
	}
}

// unsettled reports the checkpoints of more leaves than there are.
func (v *logVerifier) unsettled() {
	for _, size := range v.sizes {
		for _, c := range v.claims[size] {
			v.finding(CutOff, c.Number, record{}, fmt.Sprintf("the checkpoint%s has %d leaves, there are %d", c.where(), size, v.builder.Size()))
		}
	}
}

func (c claim) where() string {
	if c.outside {
		return " from outside"
	}
	return ""
}

func isOpening(err error) bool { return errors.Is(err, leaf.ErrOpening) }
