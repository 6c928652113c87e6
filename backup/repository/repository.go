package repository

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// Config is what a Repository works with. Places and Key are required.
type Config struct {
	Places      []backup.Place        // each gets everything; the first arbitrates between writers while it answers
	Key         Key                   //
	Quorum      int                   // places that must have an object for a commit; more than half; zero: the least that is
	Parity      Parity                // of a repository that is created; Open takes it from the repository
	Anchor      Anchor                // keeps the newest state seen, outside of the places; nil: replay of an older repository in all places is not noticed
	Margin      time.Duration         // between the Prune that finds garbage and one that removes it; zero: 24 hours
	Lease       time.Duration         // for how long a writer that stands still is waited for; zero: 30 minutes
	Concurrency int                   // chunks at work at once in a Write; zero: one a CPU, at most 4
	Clock       func() time.Time      // nil: time.Now
	Progress    func(backup.Progress) // of Write, Verify and Prune; nil: none
}

// Repository is a backup.Repository in places. It is safe for concurrent use, also by several processes and machines.
type Repository struct {
	config   Config
	identity [32]byte
	keys     *keys
	code     parity
	places   *places

	mu      sync.Mutex
	current *head // the newest record that was seen
	table   *table
	logs    map[string]*log
	anchor  AnchorState
	stored  time.Time // when anchor was last stored
}

var _ backup.Repository = (*Repository)(nil)

const configName = "config"

// settings are the content of the object config.
type settings struct {
	Version    int       `json:"version"`
	Repository string    `json:"repository"` // identity, 64 hexadecimal digits
	Parity     Parity    `json:"parity"`
	Created    time.Time `json:"created"`
}

// Create makes a repository in places that have none. It refuses one that exists with backup.ErrExists, but completes one whose
// Create was ended half way, before anything was written to it.
func Create(ctx context.Context, config Config) (*Repository, error) {
	r, err := prepare(config)
	if err != nil {
		return nil, err
	}
	begun, err := r.begun(ctx)
	if err != nil {
		return nil, err
	}
	if begun {
		if err := r.readSettings(ctx); err != nil {
			return nil, err
		}
		if r.code.Parity != config.Parity {
			return nil, fmt.Errorf("repository: it was begun with another parity: %w", backup.ErrExists)
		}
	} else if err := r.settle(); err != nil {
		return nil, err
	}
	zero, err := derive(config.Key, [32]byte{})
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(settings{1, hex.EncodeToString(r.identity[:]), config.Parity, r.now()})
	if err != nil {
		return nil, err
	}
	data, err := zero.sealOne(configName, r.code, text)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{configName, copyName(configName, "0")} {
		errs := r.places.put(ctx, name, data, r.places.every())
		for i, err := range errs {
			if begun && errors.Is(err, backup.ErrExists) && r.same(ctx, i, name) {
				errs[i] = nil
			}
		}
		if err := r.places.enough(errs); err != nil {
			return nil, err
		}
	}
	_, err = r.commit(ctx, nil, func(*record, []*head) error { return nil }, nil)
	return r, err
}

// settle gives a new repository its identity.
func (r *Repository) settle() (err error) {
	rand.Read(r.identity[:])
	r.code = parity{r.config.Parity}
	r.keys, err = derive(r.config.Key, r.identity)
	return err
}

// begun reports whether the places have the beginning of a repository, and nothing else of one.
func (r *Repository) begun(ctx context.Context) (begun bool, err error) {
	found, errs := r.places.list(ctx, "")
	for i := range found {
		for _, o := range found[i] {
			switch {
			case original(o.Name) == configName:
				begun = true
			case ours(o.Name):
				return false, fmt.Errorf("repository: in %s: %w", r.config.Places[i].Name, backup.ErrExists)
			}
		}
	}
	if begun {
		return true, join(errs) // a place that does not answer may have more
	}
	return false, r.places.enough(errs)
}

// same reports whether a place has the settings of this repository under a name.
func (r *Repository) same(ctx context.Context, place int, name string) bool {
	data, err := r.places.all[place].Target.Get(ctx, name, 0, -1)
	if err != nil {
		return false
	}
	s, err := r.decodeSettings(data)
	return err == nil && s.Repository == hex.EncodeToString(r.identity[:])
}

// decodeSettings authenticates and reads the object config.
func (r *Repository) decodeSettings(data []byte) (s settings, err error) {
	zero, err := derive(r.config.Key, [32]byte{})
	if err != nil {
		return s, err
	}
	text, err := openOne(zero, configName, slices.Clone(data))
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(text, &s)
}

// Open opens a repository. An error is backup.ErrNotFound where there is none, backup.ErrWrongKey where it was made with
// another key, and backup.ErrRollback where the Anchor has seen a newer one. One place that answers is enough to read.
func Open(ctx context.Context, config Config) (*Repository, error) {
	r, err := prepare(config)
	if err != nil {
		return nil, err
	}
	if err := r.readSettings(ctx); err != nil {
		return nil, err
	}
	_, err = r.load(ctx)
	return r, err
}

// prepare checks a Config and fills its defaults.
func prepare(c Config) (*Repository, error) {
	var problems []error
	if len(c.Places) == 0 {
		problems = append(problems, errors.New("no place"))
	}
	names := map[string]bool{}
	for i, p := range c.Places {
		if p.Name == "" || names[p.Name] || p.Target == nil {
			problems = append(problems, fmt.Errorf("place %d: expected a name of its own and a target", i))
		}
		names[p.Name] = true
	}
	if c.Key == (Key{}) {
		problems = append(problems, errors.New("no key"))
	}
	c.Quorum = cmp.Or(c.Quorum, len(c.Places)/2+1)
	if len(c.Places) > 0 && (c.Quorum*2 <= len(c.Places) || c.Quorum > len(c.Places)) {
		problems = append(problems, fmt.Errorf("a quorum of %d among %d places, expected more than half", c.Quorum, len(c.Places)))
	}
	if err := c.Parity.problem(); err != nil {
		problems = append(problems, err)
	}
	if c.Margin < 0 || c.Lease < 0 || c.Concurrency < 0 {
		problems = append(problems, errors.New("a negative Margin, Lease or Concurrency"))
	}
	if err := join(problems); err != nil {
		return nil, fmt.Errorf("repository: %w", err)
	}
	c.Margin = cmp.Or(c.Margin, 24*time.Hour)
	c.Lease = cmp.Or(c.Lease, 30*time.Minute)
	c.Concurrency = cmp.Or(c.Concurrency, min(runtime.GOMAXPROCS(0), 4))
	if c.Clock == nil {
		c.Clock = time.Now
	}
	return &Repository{config: c, logs: map[string]*log{},
		places: &places{all: c.Places, quorum: c.Quorum, failed: make([]error, len(c.Places)), slow: make([]time.Time, len(c.Places))}}, nil
}

func (r *Repository) now() time.Time { return r.config.Clock().UTC() }

// readSettings finds out what repository this is.
func (r *Repository) readSettings(ctx context.Context) error {
	zero, err := derive(r.config.Key, [32]byte{})
	if err != nil {
		return err
	}
	var s settings
	sealedOnce := false
	err = r.places.candidates(ctx, configName, func(_ int, data []byte) error {
		text, err := openOne(zero, configName, data)
		if err != nil {
			sealedOnce = sealedOnce || bytesHeader(unwrap(data))
			return err
		}
		return json.Unmarshal(text, &s)
	})
	switch {
	case err != nil && sealedOnce:
		// Every copy is whole enough to have a header, in every place, and none opens.
		return fmt.Errorf("repository: %w", backup.ErrWrongKey)
	case errors.Is(err, backup.ErrNotFound):
		return fmt.Errorf("repository: there is none: %w", backup.ErrNotFound)
	case err != nil:
		return err
	case s.Version != 1:
		return fmt.Errorf("repository: format %d: %w", s.Version, backup.ErrVersion)
	}
	identity, err := hex.DecodeString(s.Repository)
	if err != nil || len(identity) != len(r.identity) || s.Parity.problem() != nil {
		return &backup.CorruptError{Object: configName, Text: "has no identity or an impossible parity"}
	}
	copy(r.identity[:], identity)
	r.code = parity{s.Parity}
	r.keys, err = derive(r.config.Key, r.identity)
	return err
}

func bytesHeader(data []byte) bool {
	return len(data) >= headerSize && string(data[:len(magic)]) == magic
}

// openOne returns the content of an object with a single frame, mended by parity if it must be.
func openOne(k *keys, name string, data []byte) ([]byte, error) {
	all, err := openAll(k, name, data)
	if err != nil {
		return nil, err
	}
	if len(all) != 1 {
		return nil, fmt.Errorf("%d frames, expected 1", len(all))
	}
	return all[0], nil
}

// openAll returns the content of all frames of an object, mended by parity if it must be. It changes data.
func openAll(k *keys, name string, data []byte) ([][]byte, error) {
	if _, wrapped := tableOf(data); !wrapped {
		return k.frames(name, data)
	}
	all, err := k.frames(name, append([]byte(nil), unwrap(data)...))
	if err == nil {
		return all, nil
	}
	object, _, err := mend(data)
	if err != nil {
		return nil, err
	}
	return k.frames(name, object)
}
