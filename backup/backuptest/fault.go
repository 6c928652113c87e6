package backuptest

import (
	"context"
	"io"
	"iter"
	"slices"
	"sync"

	"github.com/shugo-data/shugo/backup"
)

// Method is a method of backup.BackupTarget, for a Fault.
type Method string

// The methods that can fail.
const (
	Put    Method = "Put"
	Get    Method = "Get"
	List   Method = "List"
	Delete Method = "Delete"
)

// Fault is something that a place does wrong. It is plain data: Method, Call and When say on which calls, the other
// fields say what. Faulty does the first of its faults that applies to a call, in this order: it stalls, returns Err, and
// otherwise lies or cuts. A place that is down has {Err: backup.ErrUnavailable}; one that is full has {Method: Put, Err:
// backup.ErrFull}; one that keeps everything {Method: Delete, Err: backup.ErrRetained}.
type Fault struct {
	// Method is the method that the fault is for. Empty: every one.
	Method Method
	// Call is the number of the call that the fault is for, counted from 1 among the calls of Method. Zero: every call.
	Call int
	// When is asked on each call that Method and Call fit, with the name or prefix of the call, and must be safe for
	// concurrent use. Nil: the fault applies.
	When func(name string) bool

	// Stall makes the call wait until its context ends, and then return the context's error.
	Stall bool
	// Until makes the call wait until the channel is closed and go on, or until its context ends, as with Stall.
	Until <-chan struct{}
	// Err is the error that the call returns. Nil: none.
	Err error
	// Kept makes Put and Delete do their work and return Err all the same, as when the answer of a server is lost.
	Kept bool
	// Lie makes Put and Delete return nil and do nothing, Get return other bytes, and List yield nothing.
	Lie bool
	// Cut makes Put keep the first half of the data and return Err or, if that is nil, io.ErrUnexpectedEOF; Get return the
	// first half, and List yield the first half of the objects, both as if it were all if Err is nil.
	Cut bool
}

// Faulty is a backup.BackupTarget that does as another one does, except for its faults. It is safe for concurrent use if
// that one is, and must not be copied after its first use.
type Faulty struct {
	// Target does the work.
	Target backup.BackupTarget
	// Faults are what goes wrong. They are set before the target is used; Fault.When switches one on and off.
	Faults []Fault

	mu    sync.Mutex
	calls map[Method]int
}

var _ backup.BackupTarget = (*Faulty)(nil)

// Calls returns how often a method was called, faults included.
func (f *Faulty) Calls(method Method) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[method]
}

// begin counts a call, chooses its fault, and stalls. The error is that of a context that ended.
func (f *Faulty) begin(ctx context.Context, method Method, name string) (Fault, error) {
	f.mu.Lock()
	if f.calls == nil {
		f.calls = map[Method]int{}
	}
	f.calls[method]++
	call := f.calls[method]
	f.mu.Unlock()
	fault := f.choose(method, call, name)
	return fault, fault.wait(ctx)
}

func (f *Faulty) choose(method Method, call int, name string) Fault {
	for _, fault := range f.Faults {
		switch {
		case fault.Method != "" && fault.Method != method:
		case fault.Call != 0 && fault.Call != call:
		case fault.When != nil && !fault.When(name):
		default:
			return fault
		}
	}
	return Fault{}
}

func (f Fault) wait(ctx context.Context) error {
	switch {
	case f.Stall:
		<-ctx.Done()
		return ctx.Err()
	case f.Until != nil:
		select {
		case <-f.Until:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Put implements backup.BackupTarget.
func (f *Faulty) Put(ctx context.Context, name string, data []byte) error {
	fault, err := f.begin(ctx, Put, name)
	switch {
	case err != nil:
		return err
	case fault.Cut:
		if err := f.Target.Put(ctx, name, data[:len(data)/2]); err != nil {
			return err
		}
		if fault.Err == nil {
			return io.ErrUnexpectedEOF
		}
		return fault.Err
	case fault.Err != nil && !fault.Kept || fault.Lie:
		return fault.Err
	}
	if err := f.Target.Put(ctx, name, data); err != nil {
		return err
	}
	return fault.Err
}

// Get implements backup.BackupTarget.
func (f *Faulty) Get(ctx context.Context, name string, offset, length int64) ([]byte, error) {
	fault, err := f.begin(ctx, Get, name)
	if err != nil {
		return nil, err
	}
	if fault.Err != nil && !fault.Cut {
		return nil, fault.Err
	}
	data, err := f.Target.Get(ctx, name, offset, length)
	switch {
	case err != nil:
		return nil, err
	case fault.Lie && len(data) > 0:
		data[len(data)/2] ^= 1
	case fault.Cut:
		data = data[:len(data)/2]
	}
	return data, fault.Err
}

// List implements backup.BackupTarget.
func (f *Faulty) List(ctx context.Context, prefix string) iter.Seq2[backup.Object, error] {
	return func(yield func(backup.Object, error) bool) {
		fault, err := f.begin(ctx, List, prefix)
		if err == nil && !fault.Cut {
			err = fault.Err
		}
		switch {
		case err != nil:
			yield(backup.Object{}, err)
		case fault.Lie:
		case fault.Cut:
			f.listHalf(ctx, prefix, fault.Err, yield)
		default:
			f.Target.List(ctx, prefix)(yield)
		}
	}
}

func (f *Faulty) listHalf(ctx context.Context, prefix string, end error, yield func(backup.Object, error) bool) {
	var all []backup.Object
	for o, err := range f.Target.List(ctx, prefix) {
		if err != nil {
			yield(backup.Object{}, err)
			return
		}
		all = append(all, o)
	}
	for o := range slices.Values(all[:len(all)/2]) {
		if !yield(o, nil) {
			return
		}
	}
	if end != nil {
		yield(backup.Object{}, end)
	}
}

// Delete implements backup.BackupTarget.
func (f *Faulty) Delete(ctx context.Context, name string) error {
	fault, err := f.begin(ctx, Delete, name)
	if err != nil {
		return err
	}
	if fault.Err != nil && !fault.Kept || fault.Lie {
		return fault.Err
	}
	if err := f.Target.Delete(ctx, name); err != nil {
		return err
	}
	return fault.Err
}

// Capabilities implements backup.BackupTarget.
func (f *Faulty) Capabilities() backup.Capabilities { return f.Target.Capabilities() }
