package pgwal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
)

// slowLog takes a while for an append, and fails some.
type slowLog struct {
	backup.Log
	took  time.Duration
	mu    sync.Mutex
	fails []error // of the next appends
	sizes []int   // bytes of the groups that were appended
	began []time.Time
}

func (l *slowLog) Append(ctx context.Context, entries ...backup.Entry) error {
	l.mu.Lock()
	l.began = append(l.began, time.Now())
	l.mu.Unlock()
	select {
	case <-time.After(l.took):
	case <-ctx.Done():
		return ctx.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.fails) > 0 {
		err := l.fails[0]
		l.fails = l.fails[1:]
		if err != nil {
			return err
		}
	}
	size := 0
	for _, e := range entries {
		size += len(e.Data)
	}
	l.sizes = append(l.sizes, size)
	return l.Log.Append(ctx, entries...)
}

// queued returns a queue over a log in memory.
func queued(l *slowLog, config ReceiverConfig) *queue {
	var repository backuptest.Repository
	l.Log = repository.Log("wal.1.1")
	config.Repository = &repository
	config.Now = time.Now
	orDefault(&config.Flush, 200*time.Millisecond)
	orDefault(&config.Size, 1<<20)
	orDefault(&config.Buffer, 16<<20)
	orDefault(&config.Retry, 2*time.Second)
	q := newQueue(config)
	q.log = func(string) backup.Log { return l }
	return q
}

// put adds bytes after the last.
func put(ctx context.Context, q *queue, size int) error {
	end, _ := q.endOf(1)
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(int(end) + i)
	}
	return q.add(ctx, "wal.1.1", position{1, end}, data, time.Now())
}

func TestQueueGroups(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for _, test := range []struct {
		name   string
		config ReceiverConfig
		fails  []error
		puts   []time.Duration // when, 1000 bytes each
		began  []time.Duration
		sizes  []int
	}{
		{"an interval", ReceiverConfig{}, nil, []time.Duration{0, 50 * ms, 199 * ms}, []time.Duration{0, 200 * ms}, []int{1000, 2000}},
		{"pauses", ReceiverConfig{}, nil, []time.Duration{0, 201 * ms, 202 * ms, 1000 * ms}, []time.Duration{0, 201 * ms, 401 * ms, 1000 * ms}, []int{1000, 1000, 1000, 1000}},
		{"at once when full", ReceiverConfig{Size: 8192}, nil, []time.Duration{0, 20 * ms, 21 * ms, 22 * ms, 23 * ms, 24 * ms, 25 * ms, 26 * ms, 27 * ms, 28 * ms},
			[]time.Duration{0, 28 * ms}, []int{1000, 9000}},
		{"synchronous: the first at once, the others together", ReceiverConfig{Synchronous: true}, nil, []time.Duration{0, 1 * ms, 2 * ms, 3 * ms}, []time.Duration{0, 10 * ms}, []int{1000, 3000}},
		{"again after a failure", ReceiverConfig{Synchronous: true}, []error{backup.ErrUnavailable, backup.ErrFull}, []time.Duration{0, 1 * ms},
			[]time.Duration{0, 60 * ms, 170 * ms, 180 * ms}, []int{1000, 1000}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := &slowLog{took: 10 * ms, fails: test.fails}
				q := queued(l, test.config)
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan error)
				begin := time.Now()
				go func() { ended <- q.run(ctx) }()
				for _, at := range test.puts {
					<-time.After(at - time.Since(begin))
					if err := put(ctx, q, 1000); err != nil {
						t.Error(err)
					}
				}
				<-time.After(5 * time.Second)
				cancel()
				if err := <-ended; !errors.Is(err, context.Canceled) {
					t.Errorf("run: %v", err)
				}
				var began []time.Duration
				for _, at := range l.began {
					began = append(began, at.Sub(begin))
				}
				if fmt.Sprint(began) != fmt.Sprint(test.began) || fmt.Sprint(l.sizes) != fmt.Sprint(test.sizes) {
					t.Errorf("appends at %v of %v bytes, expected %v of %v", began, l.sizes, test.began, test.sizes)
				}
				if p := q.progress(); p.durable != backup.LSN(1000*len(test.puts)) || p.bytes != 0 || !p.oldest.IsZero() {
					t.Errorf("progress %+v", p)
				}
			})
		})
	}
}

func TestQueueFull(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &slowLog{took: time.Hour}
		q := queued(l, ReceiverConfig{Size: 8192, Buffer: 16384})
		ctx, cancel := context.WithCancel(t.Context())
		var work sync.WaitGroup
		work.Go(func() { _ = q.run(ctx) })
		added := make(chan int, 4)
		work.Go(func() {
			for n := range 4 {
				if put(ctx, q, 8000) != nil {
					return
				}
				added <- n
				<-time.After(time.Millisecond)
			}
		})
		<-time.After(59 * time.Minute)
		if n := len(added); n != 2 {
			t.Errorf("%d pieces were taken while the queue is full, expected 2", n)
		}
		if age := time.Since(q.progress().oldest); age != 59*time.Minute {
			t.Errorf("the oldest is %v old", age)
		}
		<-time.After(2 * time.Minute)
		if n := len(added); n != 3 {
			t.Errorf("%d pieces were taken after a group was stored, expected 3", n)
		}
		cancel()
		work.Wait()
	})
}

// TestQueueEnds has a repository refuse for good.
func TestQueueEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &slowLog{fails: []error{fmt.Errorf("x: %w", backup.ErrExists)}}
		q := queued(l, ReceiverConfig{})
		if err := put(t.Context(), q, 10); err != nil {
			t.Fatal(err)
		}
		if err := q.run(t.Context()); !errors.Is(err, backup.ErrExists) {
			t.Errorf("run: %v", err)
		}
	})
}

// TestQueueTail adds pieces of many sizes and looks at what is known of the last page.
func TestQueueTail(t *testing.T) {
	t.Parallel()
	q := queued(&slowLog{}, ReceiverConfig{Buffer: 1 << 30})
	var all []byte
	for _, size := range []int{1, 100, 8091, 1, 8191, 8192, 8193, 20000, 5, 16384, 3, 8189, 7} {
		if err := put(t.Context(), q, size); err != nil {
			t.Fatal(err)
		}
		end, tail := q.endOf(1)
		for at := len(all); at < int(end); at++ {
			all = append(all, byte(at))
		}
		if want := all[(int(end)-1)/pageSize*pageSize:]; !bytes.Equal(tail, want) {
			t.Fatalf("at %d: a tail of %d bytes, expected %d", end, len(tail), len(want))
		}
	}
}
