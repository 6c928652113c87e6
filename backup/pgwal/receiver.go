package pgwal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/replication"
)

// Logs is what a Receiver needs of a backup.Repository.
type Logs interface {
	// Log returns a log.
	Log(name string) backup.Log
	// Logs returns what there is of each log.
	Logs(ctx context.Context) ([]backup.LogState, error)
}

// ReceiverConfig configures a Receiver. Connection and Repository are required.
type ReceiverConfig struct {
	// Connection is the connection string of the cluster, of a role with the attribute REPLICATION. It may name several hosts,
	// the nodes of one cluster: the log is received from the one on the newest timeline, from a standby only as long as no
	// primary of that timeline answers; the slot is kept up to date on all of them, so that a failover leaves no gap. Its application_name, which is "shugo" unless it is given, is what synchronous_standby_names knows.
	Connection string
	// Repository is where the log is kept. Each of its logs has one writer: at most one Receiver runs for a cluster.
	Repository Logs
	// System is the system identifier of the cluster. Empty: that of which the repository has the log, or in a repository that has
	// none, that of the cluster which is met first.
	System string
	// Slot is the name of the permanent replication slot that has the server keep its log until it is durable here; it is
	// created where it is missing. Empty: "shugo".
	Slot string
	// Flush is the least time between two groups that are stored, unless one is full: what is received after a pause is stored at
	// once, what follows waits for at most that long. 0: 200 ms.
	Flush time.Duration
	// Synchronous has everything stored at once; what arrives meanwhile is stored together next. A server whose
	// synchronous_standby_names names the application_name of Connection acknowledges a commit only when it is durable in the
	// repository: none is lost with the server, and none is acknowledged while the repository or the Receiver is down.
	// synchronous_commit may be remote_write, on or local, but not remote_apply: nothing is applied here.
	Synchronous bool
	// Size is the size of an entry after which it is stored without waiting, in bytes. 0: 1 MiB; at most 8 MiB.
	Size int
	// Buffer is the most that is held in memory, in bytes; when it is full the server waits. 0: 16 MiB; at least twice Size.
	Buffer int
	// Retain is the most of its log that the server may be made to keep, in bytes. When the slot is about to hold more, it is
	// dropped, and created again when the repository takes what is in memory. 0: 8 GiB; negative: no bound. While the
	// Receiver does not run, only the server's own max_slot_wal_keep_size bounds the slot.
	Retain int64
	// Watch is the time between two looks at the slot, for which there is a connection of its own; at each tenth the other nodes
	// are looked at, too. 0: 1 s.
	Watch time.Duration
	// Retry is the longest wait between two attempts to connect, or to store. The first wait is 50 ms, each is twice the last. 0: 2 s.
	Retry time.Duration
	// Timeout is how long a server may be silent before another connection is made. 0: 30 s.
	Timeout time.Duration
	// OnRebase is told of a gap in the log: restoring to a moment after it needs a base backup that begins after it. It may be
	// nil: then Run ends with the gap instead of going on after it.
	OnRebase func(*backup.GapError)
	// OnStatus is told how the Receiver stands, about once per Watch and when a stream begins or ends, by one goroutine. It
	// may be nil, and must return soon.
	OnStatus func(Status)
	// Now is the clock. nil: time.Now.
	Now func() time.Time
}

// firstWait is how long is waited after the first of several failures.
const firstWait = 50 * time.Millisecond

// Receiver receives the write-ahead log of a cluster. It is safe for concurrent use.
type Receiver struct {
	config ReceiverConfig
	nodes  []node
	state  state
	news   chan struct{} // wakes tell

	running atomic.Bool
	mu      sync.Mutex
	queue   *queue        // of the Run at work; nil: there was none yet
	begun   chan struct{} // closed when there is another queue
	ended   chan struct{} // closed when Run has ended with an error that another Run would meet again
	err     error         // that error
}

// NewReceiver returns a Receiver, or all that is wrong with its configuration. It connects to nothing.
func NewReceiver(config ReceiverConfig) (*Receiver, error) {
	if config.Slot == "" {
		config.Slot = "shugo"
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	orDefault(&config.Flush, 200*time.Millisecond)
	orDefault(&config.Size, 1<<20)
	orDefault(&config.Buffer, 16<<20)
	orDefault(&config.Retain, 8<<30)
	orDefault(&config.Watch, time.Second)
	orDefault(&config.Retry, 2*time.Second)
	orDefault(&config.Timeout, 30*time.Second)
	nodes, err := parseNodes(config.Connection, "shugo")
	wrong := []error{err}
	if config.Repository == nil {
		wrong = append(wrong, errors.New("no Repository"))
	}
	if err := replication.CheckSlotName(config.Slot); err != nil {
		wrong = append(wrong, err)
	}
	if config.Size < pageSize || config.Size > maxBatch {
		wrong = append(wrong, fmt.Errorf("a Size of %d bytes, expected %d to %d", config.Size, pageSize, maxBatch))
	}
	if config.Buffer < 2*config.Size {
		wrong = append(wrong, fmt.Errorf("a Buffer of %d bytes, expected at least twice Size", config.Buffer))
	}
	for name, d := range map[string]time.Duration{"Flush": config.Flush, "Watch": config.Watch, "Retry": config.Retry, "Timeout": config.Timeout} {
		if d < 0 {
			wrong = append(wrong, fmt.Errorf("a negative %s", name))
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, fmt.Errorf("pgwal: receiver: %w", err)
	}
	r := &Receiver{config: config, nodes: nodes, news: make(chan struct{}, 1), begun: make(chan struct{}), ended: make(chan struct{})}
	r.state.status = Status{System: config.System, Slot: SlotStatus{Name: config.Slot, Retain: uint64(max(0, config.Retain)), Health: Green}}
	return r, nil
}

func orDefault[T comparable](value *T, otherwise T) {
	var zero T
	if *value == zero {
		*value = otherwise
	}
}

// Run receives until ctx ends, whose error it returns. Servers and repositories that do not answer are tried again. What
// does not pass by itself ends it: an error is backup.ErrCluster where the server is of another cluster (*backup.ClusterError)
// or its log is not the continuation of what is kept (*DivergedError); backup.ErrVersion for a server before version 14;
// *backup.GapError where the server has removed what comes next and OnRebase is nil; *backup.CorruptError where its log is
// damaged; and what the repository refuses for good. After it has ended it may be called again, not at the same time.
func (r *Receiver) Run(ctx context.Context) error {
	if !r.running.CompareAndSwap(false, true) {
		return errors.New("pgwal: the receiver runs already")
	}
	defer r.running.Store(false)
	for wait := firstWait; ; wait = min(2*wait, r.config.Retry) {
		err := r.once(ctx)
		// Another receiver, or one that ended in the middle of an Append, has stored the same meanwhile: what it stored is read.
		if !errors.Is(err, backup.ErrExists) || ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// once receives until something ends it, from where the repository ends.
func (r *Receiver) once(ctx context.Context) error {
	q := newQueue(r.config)
	if err := r.load(ctx, q); err != nil {
		return err
	}
	r.begin(q)
	run, cancel := context.WithCancelCause(ctx)
	var work sync.WaitGroup
	work.Go(func() { cancel(q.run(run)) })
	work.Go(func() { r.tell(run, q) })
	err := r.follow(run, q)
	if run.Err() != nil && ctx.Err() == nil {
		err = context.Cause(run)
	}
	cancel(err)
	work.Wait()
	r.state.set(func(s *Status) { s.Node, s.SourceErr = "", err })
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !errors.Is(err, backup.ErrExists) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.err = err
		close(r.ended)
	}
	return err
}

// begin makes a queue the one of the Run at work.
func (r *Receiver) begin(q *queue) {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.begun)
	r.begun = make(chan struct{})
	if r.err != nil {
		r.err, r.ended = nil, make(chan struct{})
	}
	r.queue = q
}

// load looks at what the repository has.
func (r *Receiver) load(ctx context.Context, q *queue) error {
	states, err := r.config.Repository.Logs(ctx)
	if err != nil {
		return fmt.Errorf("pgwal: logs of the repository: %w", err)
	}
	system := r.config.System
	for _, s := range states {
		of, timeline, found := parseLogName(s.Name)
		if !found || r.config.System != "" && of != r.config.System {
			continue
		}
		if system != "" && of != system {
			return fmt.Errorf("pgwal: the repository has logs of several clusters: System must tell which one it is: %w", backup.ErrCluster)
		}
		system = of
		q.resume(timeline, s)
	}
	r.state.set(func(s *Status) { s.System = system })
	return nil
}

// follow has one session after the other.
func (r *Receiver) follow(ctx context.Context, q *queue) error {
	wait, gap := firstWait, false
	for {
		before := q.progress().end
		err := r.attend(ctx, q, gap)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.state.set(func(s *Status) { s.Node, s.SourceErr = "", err })
		r.poke()
		gap = errors.Is(err, errRemoved)
		if lasting(err) {
			return err
		}
		if q.progress().end != before {
			wait = firstWait
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
		wait = min(2*wait, r.config.Retry)
	}
}

// lasting reports whether an error of a session would be that of the next one, too.
func lasting(err error) bool {
	for _, class := range []error{backup.ErrCluster, backup.ErrVersion, backup.ErrGap, backup.ErrCorrupt, backup.ErrExists} {
		if errors.Is(err, class) {
			return true
		}
	}
	return false
}

// attend has one session. gap says that the last one found that the server has not what comes next.
func (r *Receiver) attend(ctx context.Context, q *queue, gap bool) error {
	found, err := dialBest(ctx, r.nodes)
	if err != nil {
		return err
	}
	defer found.close()
	s, slot, err := r.prepare(ctx, found, q, gap)
	if err != nil {
		return err
	}
	watched, cancel := context.WithCancelCause(ctx)
	var work sync.WaitGroup
	work.Go(func() { cancel(s.watch(watched)) })
	err = s.run(watched, slot)
	if watched.Err() != nil && ctx.Err() == nil {
		err = context.Cause(watched)
	}
	cancel(nil)
	work.Wait()
	if errors.Is(err, errRetain) {
		found.close()
		return errors.Join(err, r.yield(ctx, found.node, q))
	}
	return err
}

// prepare does all that comes before streaming, within Timeout.
func (r *Receiver) prepare(ctx context.Context, found server, q *queue, gap bool) (*session, position, error) {
	ctx, cancel := context.WithTimeout(ctx, r.config.Timeout)
	defer cancel()
	if err := r.recognize(found.system); err != nil {
		return nil, position{}, err
	}
	if found.system.Timeline < q.newestTimeline() {
		return nil, position{}, errStale
	}
	s, err := r.newSession(ctx, found, q)
	if err != nil {
		return nil, position{}, err
	}
	slot, err := ensureSlot(ctx, found, r.config.Slot)
	if err == nil && gap && !s.untail(slot) {
		err = s.skip(ctx, slot)
	}
	return s, slot, err
}

// recognize refuses a server of another cluster.
func (r *Receiver) recognize(system replication.System) error {
	r.state.mu.Lock()
	defer r.state.mu.Unlock()
	if known := r.state.status.System; known != "" && known != system.ID {
		return &backup.ClusterError{Found: system.ID, Expected: known}
	}
	r.state.status.System = system.ID
	return nil
}

// yield drops the slot and waits until the repository has taken what is in memory.
func (r *Receiver) yield(ctx context.Context, n node, q *queue) error {
	if err := r.release(ctx, n); err != nil {
		return err
	}
	r.state.set(func(s *Status) { s.Node, s.SourceErr = "", errRetain })
	r.poke()
	for {
		p := q.progress()
		if p.bytes == 0 {
			return nil
		}
		select {
		case <-p.changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// tell calls OnStatus.
func (r *Receiver) tell(ctx context.Context, q *queue) {
	if r.config.OnStatus == nil {
		return
	}
	ticker := time.NewTicker(r.config.Watch)
	defer ticker.Stop()
	for {
		r.config.OnStatus(r.state.read(r.config.Now(), q.progress()))
		select {
		case <-ticker.C:
		case <-r.news:
		case <-ctx.Done():
			return
		}
	}
}

// poke has OnStatus called soon.
func (r *Receiver) poke() {
	select {
	case r.news <- struct{}{}:
	default:
	}
}

// Status returns how the Receiver stands.
func (r *Receiver) Status() Status {
	r.mu.Lock()
	q := r.queue
	r.mu.Unlock()
	var p progress
	if q != nil {
		p = q.progress()
	}
	return r.state.read(r.config.Now(), p)
}

// Await returns nil when everything before a cut is durable in the repository. It waits for Run to begin. An error is that of
// ctx or, when Run ends with one, that of Run; *backup.ClusterError for a cut of another cluster, and *backup.GapError for one
// that a gap has swallowed.
func (r *Receiver) Await(ctx context.Context, cut backup.Cut) error {
	for {
		r.mu.Lock()
		q, begun, ended := r.queue, r.begun, r.ended
		r.mu.Unlock()
		var changed <-chan struct{}
		if q != nil {
			changed = q.progress().changed
			if done, err := r.reached(q, cut); done || err != nil {
				return err
			}
		}
		select {
		case <-changed:
		case <-begun: // there is another queue to look at
		case <-ended:
			r.mu.Lock()
			err := r.err
			r.mu.Unlock()
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// reached reports whether everything before a cut is durable.
func (r *Receiver) reached(q *queue, cut backup.Cut) (bool, error) {
	r.state.mu.Lock()
	system, gap := r.state.status.System, r.state.status.Gap
	r.state.mu.Unlock()
	if system != "" && cut.System != "" && cut.System != system {
		return false, &backup.ClusterError{Found: cut.System, Expected: system}
	}
	if gap != nil && gap.Log == LogName(cut.System, cut.Timeline) && gap.From < uint64(cut.LSN) && uint64(cut.LSN) <= gap.To {
		return false, gap
	}
	return q.durableOf(cut.Timeline) >= cut.LSN, nil
}
