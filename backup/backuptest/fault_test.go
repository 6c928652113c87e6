package backuptest_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	closed := make(chan struct{})
	close(closed)
	for name, c := range map[string]struct {
		ctx   context.Context
		fault backuptest.Fault
		err   error
		kept  string // what the place has; "-": nothing
	}{
		"none":        {t.Context(), backuptest.Fault{Call: 2, Err: io.EOF}, nil, "data"},
		"another":     {t.Context(), backuptest.Fault{Method: backuptest.Get, Err: io.EOF}, nil, "data"},
		"other names": {t.Context(), backuptest.Fault{When: func(n string) bool { return n != "a" }, Err: io.EOF}, nil, "data"},
		"down":        {t.Context(), backuptest.Fault{Err: backup.ErrUnavailable}, backup.ErrUnavailable, "-"},
		"full":        {t.Context(), backuptest.Fault{Method: backuptest.Put, Err: backup.ErrFull}, backup.ErrFull, "-"},
		"stall":       {ended, backuptest.Fault{Stall: true}, context.Canceled, "-"},
		"until":       {t.Context(), backuptest.Fault{Until: closed}, nil, "data"},
		"until ended": {ended, backuptest.Fault{Until: make(chan struct{})}, context.Canceled, "-"},
		"kept":        {t.Context(), backuptest.Fault{Err: io.EOF, Kept: true}, io.EOF, "data"},
		"lie":         {t.Context(), backuptest.Fault{Lie: true}, nil, "-"},
		"cut":         {t.Context(), backuptest.Fault{Cut: true}, io.ErrUnexpectedEOF, "da"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var target backuptest.Target
			f := &backuptest.Faulty{Target: &target, Faults: []backuptest.Fault{c.fault}}
			if err := f.Put(c.ctx, "a", []byte("data")); !errors.Is(err, c.err) {
				t.Errorf("Put = %v, want %v", err, c.err)
			}
			data, err := target.Get(t.Context(), "a", 0, -1)
			if errors.Is(err, backup.ErrNotFound) {
				data = []byte("-")
			}
			if string(data) != c.kept || f.Calls(backuptest.Put) != 1 {
				t.Errorf("the place has %q after %d calls, want %q", data, f.Calls(backuptest.Put), c.kept)
			}
		})
	}
}

func TestFaultsOfReading(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var target backuptest.Target
	for _, name := range []string{"a", "b", "c", "d"} {
		if err := target.Put(ctx, name, []byte("data")); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		fault  backuptest.Fault
		data   string
		listed int // objects
		err    error
	}{
		"none": {backuptest.Fault{Method: backuptest.Put, Err: io.EOF}, "data", 4, nil},
		"down": {backuptest.Fault{Err: backup.ErrUnavailable}, "", 0, backup.ErrUnavailable},
		"lie":  {backuptest.Fault{Lie: true}, "daua", 0, nil},
		"cut":  {backuptest.Fault{Cut: true}, "da", 2, nil},
		"torn": {backuptest.Fault{Cut: true, Err: io.ErrUnexpectedEOF}, "da", 2, io.ErrUnexpectedEOF},
	} {
		f := &backuptest.Faulty{Target: &target, Faults: []backuptest.Fault{c.fault}}
		if data, err := f.Get(ctx, "a", 0, -1); string(data) != c.data || !errors.Is(err, c.err) {
			t.Errorf("%s: Get = %q, %v, want %q, %v", name, data, err, c.data, c.err)
		}
		listed, last := 0, error(nil)
		for _, err := range f.List(ctx, "") {
			if last = err; err == nil {
				listed++
			}
		}
		if listed != c.listed || !errors.Is(last, c.err) {
			t.Errorf("%s: List yields %d, %v, want %d, %v", name, listed, last, c.listed, c.err)
		}
	}
	denied := &backuptest.Faulty{Target: &target, Faults: []backuptest.Fault{
		{Method: backuptest.Delete, Call: 1, Err: backup.ErrRetained}, {Method: backuptest.Delete, Call: 2, Lie: true}}}
	for call, want := range []error{backup.ErrRetained, nil, nil, backup.ErrNotFound} {
		if err := denied.Delete(ctx, "a"); !errors.Is(err, want) {
			t.Errorf("Delete %d = %v, want %v", call+1, err, want)
		}
	}
}
