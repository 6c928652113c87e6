package governance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Config is what a Guard is made of. Manifest and Audit are required.
type Config struct {
	// Manifest declares the data and the rules. The guard keeps a copy.
	Manifest Manifest
	// Audit takes every event. One that promises best effort cannot take those of calls on personal data.
	Audit AuditSink
	// Policies are asked in each call, in their order, after the rules.
	Policies []Policy
	// Register is asked about the person whom the data of a call is about. Required when a rule needs consent.
	Register Register
	// Clock returns the current time; nil: time.Now. It is read once in each call.
	Clock func() time.Time
	// AuditTimeout bounds how long an event is handed to the sink after the caller's context has ended; zero: 5 seconds.
	AuditTimeout time.Duration
	// Logger gets what cannot be returned as an error: an event that the sink did not take when the consumer of rows had
	// already left, or when the call panicked. Nil: slog.Default().
	Logger *slog.Logger
}

const defaultAuditTimeout = 5 * time.Second

// Guard decides calls by one manifest and puts them on record. Calls are bound to it with Wrap, WrapErr and WrapSeq when
// the program starts. All methods are safe for concurrent use.
type Guard struct {
	audit        AuditSink
	policies     []Policy
	register     Register
	clock        func() time.Time
	auditTimeout time.Duration
	logger       *slog.Logger

	current atomic.Pointer[edition]
	wiring  sync.Mutex // held while current is replaced
	wired   []wiring
}

// New returns a guard, or every fault of the configuration in one error: errors.As finds a *ManifestError in it when the
// manifest has faults.
func New(c Config) (*Guard, error) {
	var errs []error
	if err := c.Manifest.Check(); err != nil {
		errs = append(errs, err)
	}
	if isNil(c.Audit) {
		errs = append(errs, errors.New("governance: config: no audit sink"))
	}
	for i, p := range c.Policies {
		if isNil(p) {
			errs = append(errs, fmt.Errorf("governance: config: policies[%d] is nil", i))
		}
	}
	if c.Register != nil && isNil(c.Register) {
		errs = append(errs, errors.New("governance: config: register is a nil pointer"))
	}
	if c.AuditTimeout < 0 {
		errs = append(errs, fmt.Errorf("governance: config: audit timeout %s is negative", c.AuditTimeout))
	}
	if err := needsRegister(c.Manifest, c.Register); err != nil {
		errs = append(errs, err)
	}
	if len(errs) > 0 {
		return nil, oneLine(errs)
	}
	g := &Guard{
		audit: c.Audit, policies: slices.Clone(c.Policies), register: c.Register,
		clock: c.Clock, auditTimeout: c.AuditTimeout, logger: c.Logger,
	}
	if g.clock == nil {
		g.clock = time.Now
	}
	if g.auditTimeout == 0 {
		g.auditTimeout = defaultAuditTimeout
	}
	if g.logger == nil {
		g.logger = slog.Default()
	}
	g.current.Store(newEdition(c.Manifest))
	return g, nil
}

// Version returns the version of the manifest that decides now.
func (g *Guard) Version() Version { return g.current.Load().version }

// Manifest returns a copy of the manifest that decides now.
func (g *Guard) Manifest() Manifest { return g.current.Load().manifest.clone() }

// Swap replaces the manifest. Each call is decided wholly by the manifest before or the one after, and its events carry
// that version. When the new manifest has faults, or does not fit an operation that is wrapped, the old one stays and the
// error names every fault.
func (g *Guard) Swap(m Manifest) error {
	if err := m.Check(); err != nil {
		return err
	}
	if err := needsRegister(m, g.register); err != nil {
		return err
	}
	next := newEdition(m)
	g.wiring.Lock()
	defer g.wiring.Unlock()
	var errs []error
	for _, w := range g.wired {
		p, err := g.plan(next, w)
		if err != nil {
			errs = append(errs, err)
		}
		next.plans = append(next.plans, p)
	}
	if len(errs) > 0 {
		return oneLine(errs)
	}
	g.current.Store(next)
	return nil
}

// wire adds an operation and returns its number.
func (g *Guard) wire(w wiring) (int, error) {
	g.wiring.Lock()
	defer g.wiring.Unlock()
	now := g.current.Load()
	p, err := g.plan(now, w)
	if slices.ContainsFunc(g.wired, func(other wiring) bool { return other.name == w.name }) {
		twice := &WiringError{Operation: w.name, Faults: []string{"an operation of this name is wrapped already"}}
		err = oneLine(slices.DeleteFunc([]error{err, twice}, func(e error) bool { return e == nil }))
	}
	if err != nil {
		return 0, err
	}
	next := *now
	next.plans = append(slices.Clone(now.plans), p)
	g.wired = append(g.wired, w)
	g.current.Store(&next)
	return len(next.plans) - 1, nil
}

// plan fits an operation to an edition, and to the audit sink.
func (g *Guard) plan(e *edition, w wiring) (*plan, error) {
	p, err := e.plan(w)
	if err != nil {
		return nil, err
	}
	if p.personal && g.audit.Guarantee() == BestEffort {
		return nil, &WiringError{Operation: w.name, Faults: []string{
			"it touches personal data, and the audit sink promises best effort: want one that is durable or transactional"}}
	}
	return p, nil
}

func needsRegister(m Manifest, r Register) error {
	if r != nil {
		return nil
	}
	for i, rule := range m.Rules {
		if rule.Consent {
			return fmt.Errorf("governance: config: %s needs the subject's consent, but no register is wired", rule.label(i))
		}
	}
	return nil
}

// isNil reports whether an interface holds nothing, or a nil pointer, function or map.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Slice, reflect.Chan:
		return r.IsNil()
	}
	return false
}

// joined is several errors in one line; errors.Join would need several.
type joined struct{ errs []error }

func oneLine(errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	return &joined{errs}
}

func (j *joined) Error() string {
	texts := make([]string, len(j.errs))
	for i, err := range j.errs {
		texts[i] = err.Error()
	}
	return strings.Join(texts, "; ")
}

func (j *joined) Unwrap() []error { return j.errs }

// record hands an event to the sink.
func (g *Guard) record(ctx context.Context, e *Event) error {
	err := g.hand(ctx, e)
	if err != nil {
		err = g.again(ctx, e, err)
	}
	return err
}

// again hands an event over once more when the caller went away meanwhile: what has happened must not be lost with its
// context. It returns the error that remains.
func (g *Guard) again(ctx context.Context, e *Event, err error) error {
	if ctx.Err() == nil {
		return err
	}
	detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), g.auditTimeout)
	defer cancel()
	return g.hand(detached, e)
}

// hand gives an event to the sink; a panic is an error.
func (g *Guard) hand(ctx context.Context, e *Event) (err error) {
	returned := false
	defer func() {
		if !returned {
			err = panicError(recover())
		}
	}()
	err = g.audit.Record(ctx, *e)
	returned = true
	return err
}
