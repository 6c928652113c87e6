package pgseal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/mod/sumdb/note"

	"github.com/shugo-data/shugo/internal/merkle"
)

// Config is what a Sealer is made of. Pool, Origin and Signers are required.
type Config struct {
	// Pool is the database of the trail. The sealer holds one connection while it works. The host closes it.
	Pool *pgxpool.Pool
	// Schema is the schema of the trail; empty: DefaultSchema.
	Schema string
	// Origin names the trail in its checkpoints, such as "tutor.example/audit": unique in the world, and always the same. The
	// era of the log is added to it.
	Origin string
	// Signers sign every checkpoint. To change a key, sign with the old one and the new one until all who verify know the new
	// one. Make keys with note.GenerateKey.
	Signers []note.Signer
	// Publishers take every checkpoint outside the database. Without one, whoever can write to the database and has the key,
	// or can set the database back, can rewrite the log unseen.
	Publishers []Publisher
	// Published, when it is set, returns the last checkpoint that was published, or the zero Checkpoint when there is none
	// yet. The sealer asks it before it signs for the first time, and refuses to sign what does not continue it. Nil: only
	// the checkpoints that this sealer made are held against the log.
	Published func(ctx context.Context) (Checkpoint, error)
	// Interval is how often Run seals; 0: one second.
	Interval time.Duration
	// Heartbeat is how often a checkpoint is made when nothing new is sealed, so that silence is proven too; 0: one minute.
	Heartbeat time.Duration
	// Batch is how many records are sealed in one transaction, each of which makes a checkpoint; 0: 20,000.
	Batch int
	// PublishTimeout is how long one publisher may take in one round; 0: five seconds. One that stalls delays the next round
	// by that much.
	PublishTimeout time.Duration
	// Progress, when it is set, is called after each batch, with all that was sealed since Seal was called.
	Progress func(Sealed)
	// Lagging, when it is set, is called by Run after each round, with how far sealing is behind.
	Lagging func(Lag)
	// Logger gets what Run cannot return: nil: slog.Default().
	Logger *slog.Logger
	// Clock returns the current time; nil: time.Now.
	Clock func() time.Time
}

const (
	defaultInterval  = time.Second
	defaultHeartbeat = time.Minute
	defaultBatch     = 20_000
	defaultPublish   = 5 * time.Second
)

// Sealer seals what is committed in the trail. It is safe for concurrent use, but only one call seals at a time; in the
// whole system too, whatever the number of replicas that run one.
type Sealer struct {
	config Config
	schema schemaName
	turn   chan struct{} // has one place, for the call that works
	state  state         // of the one who has the turn
}

// state is what a sealer knows between two calls.
type state struct {
	era     int16
	builder *merkle.Builder // nil: to be made of what is stored
	last    *Checkpoint     // the last that this sealer made or was told of
	asked   bool            // whether Published has answered
}

// New returns a sealer, or every fault of the configuration in one error. It does not use the pool.
func New(c Config) (*Sealer, error) {
	var faults []string
	if c.Pool == nil {
		faults = append(faults, "no pool")
	}
	if !isName(c.Origin) {
		faults = append(faults, fmt.Sprintf("origin %q: want a name without spaces and plus signs", c.Origin))
	}
	if len(c.Signers) == 0 {
		faults = append(faults, "no signers: make a key with note.GenerateKey")
	}
	if slices.Contains(c.Signers, nil) {
		faults = append(faults, "a signer is nil")
	}
	names := map[string]bool{}
	for i, p := range c.Publishers {
		switch {
		case p == nil:
			faults = append(faults, fmt.Sprintf("publishers[%d] is nil", i))
		case names[p.Name()]:
			faults = append(faults, fmt.Sprintf("publishers[%d]: the name %q stands twice", i, p.Name()))
		default:
			names[p.Name()] = true
		}
	}
	if c.Interval < 0 || c.Heartbeat < 0 || c.Batch < 0 || c.PublishTimeout < 0 {
		faults = append(faults, "an interval, heartbeat, batch or timeout below zero")
	}
	if len(faults) > 0 {
		return nil, errors.New("pgseal: config: " + strings.Join(faults, "; "))
	}
	return &Sealer{config: c.filled(), schema: schemaOf(c.Schema), turn: make(chan struct{}, 1)}, nil
}

// isName reports whether a text may name a log: the rule for names in notes.
func isName(text string) bool {
	refused := func(r rune) bool { return r == '+' || unicode.IsSpace(r) || unicode.IsControl(r) }
	return text != "" && utf8.ValidString(text) && !strings.ContainsFunc(text, refused)
}

// filled returns the configuration with its defaults.
func (c Config) filled() Config {
	if c.Interval == 0 {
		c.Interval = defaultInterval
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = defaultHeartbeat
	}
	if c.Batch == 0 {
		c.Batch = defaultBatch
	}
	if c.PublishTimeout == 0 {
		c.PublishTimeout = defaultPublish
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	return c
}

// Run seals every interval until ctx ends; then it returns nil. It returns an error when sealing cannot go on by itself:
// ErrForeign, ErrRolledBack, ErrDamaged, ErrNotMigrated. While another sealer is at work it stands by. Other errors are
// logged and tried again.
func (s *Sealer) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		done, err := s.Seal(ctx)
		for _, u := range done.Unpublished {
			s.config.Logger.ErrorContext(ctx, "pgseal: publish", "publisher", u.Publisher, "error", u.Err.Error())
		}
		switch {
		case err == nil, errors.Is(err, ErrBusy), errors.Is(err, ErrFenced), ctx.Err() != nil:
		case errors.Is(err, ErrForeign), errors.Is(err, ErrRolledBack), errors.Is(err, ErrDamaged), errors.Is(err, ErrNotMigrated):
			return err
		default:
			s.config.Logger.ErrorContext(ctx, "pgseal: seal", "error", err.Error())
		}
		s.reportLag(ctx)
		timer.Reset(s.config.Interval)
	}
}

func (s *Sealer) reportLag(ctx context.Context) {
	if s.config.Lagging == nil || ctx.Err() != nil {
		return
	}
	l, err := s.Lag(ctx)
	if err != nil {
		s.config.Logger.ErrorContext(ctx, "pgseal: lag", "error", err.Error())
		return
	}
	s.config.Lagging(l)
}

// Sealed says what a call of Seal did.
type Sealed struct {
	Records     int           // that were sealed
	Size        uint64        // of the log now
	Checkpoint  *Checkpoint   // the last that was made; nil: none was due
	Unpublished []Unpublished // places that did not take what they should have
}

// Unpublished is a place that is behind. It is tried again by the next call of Seal.
type Unpublished struct {
	Publisher string // its name
	Err       error  // of it
}

// Seal seals what is committed, up to the oldest transaction that is still running, makes a checkpoint with each batch and
// when a heartbeat is due, and hands to every publisher what it does not have yet. A publisher that fails is
// reported in Sealed and keeps nothing from being sealed.
//
// Errors: ErrBusy, ErrFenced, ErrForeign, ErrRolledBack, ErrDamaged, ErrNotMigrated, or what the driver returns, wrapped.
func (s *Sealer) Seal(ctx context.Context) (Sealed, error) {
	select {
	case s.turn <- struct{}{}:
	default:
		return Sealed{}, ErrBusy
	}
	defer func() { <-s.turn }()
	conn, err := s.config.Pool.Acquire(ctx)
	if err != nil {
		return Sealed{}, fail("seal", err)
	}
	defer conn.Release()
	done, err := s.seal(ctx, session{conn.Conn(), s.schema})
	if err != nil {
		s.state.builder = nil
	}
	return done, fail("seal", err)
}

func (s *Sealer) seal(ctx context.Context, db session) (done Sealed, err error) {
	if err := db.lock(ctx); err != nil {
		return done, err
	}
	defer db.unlock(ctx)
	log, err := s.begin(ctx, db)
	if err != nil {
		return done, err
	}
	for {
		n, made, err := s.batch(ctx, db, &log)
		if err != nil {
			return done, err
		}
		done.Records, done.Size = done.Records+n, log.size
		if made != nil {
			done.Checkpoint = made
		}
		if n > 0 && s.config.Progress != nil {
			s.config.Progress(done)
		}
		if n < s.config.Batch {
			break
		}
	}
	done.Unpublished, err = s.publish(ctx, db, log)
	return done, err
}
