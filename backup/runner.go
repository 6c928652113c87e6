package backup

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/shugo-data/shugo/governance"
)

// Config is what a Runner needs. Jobs and Signer are required.
type Config struct {
	Jobs     []Job               // what is backed up, in the order in which groups are restored
	Manifest governance.Manifest // the cadence of each category
	Tiers    []Tier              // nil: Tiers()

	DrillEvery  time.Duration // how old a certificate may be; 0: 7 days
	VerifyEvery time.Duration // from one reading of whole repositories to the next; 0: 30 days
	PruneEvery  time.Duration // from one pruning to the next; 0: 24 hours
	DrillWait   time.Duration // for how long a drill waits until the log has what its witness saw; 0: 10 minutes

	Signer crypto.Signer       // ed25519: signs certificates
	Trust  []ed25519.PublicKey // of former signers, whose certificates still count

	// Reapply is called for everything that was restored, before it is handed over: what was erased since the snapshot is
	// erased again. Nil: nothing is.
	Reapply func(ctx context.Context, source string, restored Destination) error
	// Hold keeps a snapshot from being pruned, whatever its age, such as a legal hold. Nil: none.
	Hold func(Snapshot) bool
	// OnBreach is told of a promise that is broken, once, and once again when it is kept again. It is called by one
	// goroutine, and must return soon. Nil: see Status.
	OnBreach func(Breach)
	// OnProgress is told what begins and ends. Sources, destinations and repositories report their own progress.
	OnProgress func(Progress)

	Clock func() time.Time // nil: time.Now
	Log   *slog.Logger     // what Run does; nil: nothing is logged
}

// Runner keeps the promises of tiers: it backs up, proves by restoring, prunes, and says what can be restored. It is safe
// for concurrent use. Only Run goes on after a call; a host that wants to do it all itself never calls it.
//
// A Runner remembers nothing that the repositories do not: a second one with the same Config, on another machine after the
// first was lost, plans and restores the same. At most one should Run for a repository.
type Runner struct {
	config Config
	public ed25519.PublicKey
	jobs   []*job

	reporting sync.Mutex // OnProgress is called by one goroutine at a time
}

// job is a Job with its tier.
type job struct {
	Job
	name   string
	tier   Tier
	backup chan struct{} // held while a backup runs
	drill  chan struct{} // held while a drill runs

	mu       sync.Mutex
	failed   error    // of the last backup; nil: it went well
	believed believed // certificates that were read
}

// New returns a Runner, or all that is wrong with its Config in one error.
func New(config Config) (*Runner, error) {
	r := &Runner{config: config}
	problems := r.fill()
	if len(r.config.Jobs) == 0 {
		problems = append(problems, errors.New("backup: no jobs"))
	}
	for i, j := range r.config.Jobs {
		found, wrong := r.admit(j)
		for _, err := range wrong {
			problems = append(problems, fmt.Errorf("jobs[%d]: %w", i, err))
		}
		r.jobs = append(r.jobs, found)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return r, nil
}

// fill sets defaults and returns what is wrong with what is not a job.
func (r *Runner) fill() []error {
	c := &r.config
	c.Jobs, c.Trust = slices.Clone(c.Jobs), slices.Clone(c.Trust)
	if c.Tiers == nil {
		c.Tiers = Tiers()
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	var problems []error
	for _, d := range []struct {
		name   string
		value  *time.Duration
		preset time.Duration
	}{
		{"DrillEvery", &c.DrillEvery, 7 * 24 * time.Hour}, {"VerifyEvery", &c.VerifyEvery, 30 * 24 * time.Hour},
		{"PruneEvery", &c.PruneEvery, 24 * time.Hour}, {"DrillWait", &c.DrillWait, 10 * time.Minute},
	} {
		if *d.value < 0 {
			problems = append(problems, fmt.Errorf("backup: %s is %v, expected a duration above zero", d.name, *d.value))
		}
		if *d.value == 0 {
			*d.value = d.preset
		}
	}
	names := map[string]bool{}
	for _, t := range c.Tiers {
		problems = append(problems, t.check()...)
		if names[t.Name] {
			problems = append(problems, fmt.Errorf("backup: tier %q twice", t.Name))
		}
		names[t.Name] = true
	}
	return append(problems, r.keys()...)
}

// keys takes the public keys that certificates are believed of.
func (r *Runner) keys() []error {
	if r.config.Signer == nil {
		return []error{errors.New("backup: no Signer: a certificate that nobody signed proves nothing")}
	}
	public, ok := r.config.Signer.Public().(ed25519.PublicKey)
	if !ok {
		return []error{fmt.Errorf("backup: Signer has a public key of type %T, expected ed25519.PublicKey", r.config.Signer.Public())}
	}
	var problems []error
	for i, key := range append([]ed25519.PublicKey{public}, r.config.Trust...) {
		if len(key) != ed25519.PublicKeySize {
			problems = append(problems, fmt.Errorf("backup: public key %d has %d bytes, expected %d", i, len(key), ed25519.PublicKeySize))
		}
	}
	r.public = public
	return problems
}

// admit finds the tier of a job, and what is wrong with it.
func (r *Runner) admit(j Job) (*job, []error) {
	var problems []error
	wrong := func(format string, values ...any) {
		problems = append(problems, fmt.Errorf("backup: "+format, values...))
	}
	found := &job{Job: j, backup: make(chan struct{}, 1), drill: make(chan struct{}, 1)}
	if j.Source == nil {
		wrong("no Source")
	} else {
		found.name = j.Source.Name()
		if !isSegment(found.name) {
			wrong("name of the source: %d bytes that are no segment of an object's name: %w", len(found.name), ErrName)
		}
	}
	for _, other := range r.jobs {
		if found.name != "" && other.name == found.name {
			wrong("source %q twice", found.name)
		}
	}
	if j.Repository == nil {
		wrong("source %q has no Repository", found.name)
	} else if !reflect.TypeOf(j.Repository).Comparable() {
		wrong("source %q: Repository of type %T, expected one that can be compared, such as a pointer", found.name, j.Repository)
	}
	if j.Witness != nil && j.Stream == nil {
		wrong("source %q has a Witness but no Stream that carries a snapshot to what it sees", found.name)
	}
	if i := slices.IndexFunc(r.config.Tiers, func(t Tier) bool { return t.Name == j.Tier }); j.Tier != "" && i < 0 {
		wrong("source %q: no tier %q", found.name, j.Tier)
	} else if j.Tier != "" {
		found.tier = r.config.Tiers[i]
	} else if len(j.Categories) == 0 {
		wrong("source %q: neither Categories nor Tier", found.name)
	} else if tier, err := TierOf(r.config.Manifest, r.config.Tiers, j.Categories...); err != nil {
		wrong("source %q: %w", found.name, err)
	} else {
		found.tier = tier
	}
	return found, problems
}

// isSegment reports whether a name is a segment of an object's name.
func isSegment(name string) bool {
	for i, c := range []byte(name) {
		letter := 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
		if !letter && c != '-' && c != '_' && (c != '.' || i == 0) {
			return false
		}
	}
	return name != "" && len(name) <= 200
}

// job returns a job by its name.
func (r *Runner) job(name string) (*job, error) {
	for _, j := range r.jobs {
		if j.name == name {
			return j, nil
		}
	}
	return nil, fmt.Errorf("backup: source %q of this Runner: %w", name, ErrNotFound)
}

func (r *Runner) now() time.Time { return r.config.Clock().UTC() }

// Backup takes a snapshot of a source now, after one that is under way.
func (r *Runner) Backup(ctx context.Context, source string) (Snapshot, error) {
	j, err := r.job(source)
	if err != nil {
		return Snapshot{}, err
	}
	release, err := hold(ctx, j.backup)
	if err != nil {
		return Snapshot{}, err
	}
	defer release()
	done := r.begin("backup " + j.name)
	s, err := j.Repository.Write(ctx, j.name, j.Source.Backup)
	if err != nil {
		err = fmt.Errorf("backup: of %s: %w", j.name, err)
	}
	done(s.Size)
	if ctx.Err() == nil {
		j.settle(err)
	}
	return s, err
}

// hold takes a channel of one, and returns what gives it back.
func hold(ctx context.Context, held chan struct{}) (func(), error) {
	select {
	case held <- struct{}{}:
		return func() { <-held }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// settle remembers how a backup went.
func (j *job) settle(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.failed = err
}

// last returns the error of the last backup.
func (j *job) last() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.failed
}

// begin reports the beginning of a work, and returns what reports its end.
func (r *Runner) begin(work string) func(done int64) {
	if r.config.OnProgress == nil {
		return func(int64) {}
	}
	report := func(p Progress) {
		r.reporting.Lock()
		defer r.reporting.Unlock()
		r.config.OnProgress(p)
	}
	began := r.now()
	report(Progress{Work: work})
	return func(done int64) { report(Progress{Work: work, Done: done, Total: done, Spent: r.now().Sub(began)}) }
}
