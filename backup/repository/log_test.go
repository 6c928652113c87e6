package repository_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/repository"
)

// read returns what a log yields from a position, with errors by their text.
func read(ctx context.Context, l backup.Log, from uint64) (entries []backup.Entry, errs []error) {
	for e, err := range l.Entries(ctx, from) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		entries = append(entries, e)
	}
	return entries, errs
}

// record makes entries that follow each other.
func record(seed uint64, n int) []backup.Entry {
	source := rand.New(rand.NewPCG(seed, 2))
	at := uint64(1000)
	var all []backup.Entry
	for i := range n {
		data := make([]byte, 1+source.IntN(5000))
		for k := range data {
			data[k] = byte(source.IntN(1 + source.IntN(256)))
		}
		all = append(all, backup.Entry{Start: at, End: at + uint64(len(data)), Time: time.Unix(int64(i), 5).UTC(), Data: data})
		at += uint64(len(data))
	}
	return all
}

func TestLog(t *testing.T) {
	t.Parallel()
	for _, parity := range []repository.Parity{{}, {Data: 4, Shards: 2}} {
		places, _ := memories(2)
		config := repository.Config{Places: places, Key: repository.Key{1}, Parity: parity}
		r := create(t, config)
		all := record(1, 100)
		for i := 0; i < len(all); i += 7 {
			if err := r.Log("wal").Append(t.Context(), all[i:min(i+7, len(all))]...); err != nil {
				t.Fatal(err)
			}
			if i == 49 { // another process goes on
				var err error
				if r, err = repository.Open(t.Context(), config); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := r.Log("wal").Append(t.Context(), all[95:]...); err != nil {
			t.Errorf("the same again: %v", err)
		}
		other := all[99]
		other.Data = bytes.Repeat([]byte{7}, len(other.Data))
		if err := r.Log("wal").Append(t.Context(), other); !errors.Is(err, backup.ErrExists) {
			t.Errorf("other data at the same position: %v", err)
		}
		for _, from := range []int{0, 1, 50, 98, 99} {
			got, errs := read(t.Context(), r.Log("wal"), all[from].Start)
			if diff := cmp.Diff(all[from:], got); diff != "" || errs != nil {
				t.Errorf("from %d: %v (-want +got):\n%s", from, errs, diff)
			}
		}
		if got, errs := read(t.Context(), r.Log("wal"), all[99].End); got != nil || errs != nil {
			t.Errorf("from the end: %v %v", got, errs)
		}
		states, err := r.Logs(t.Context())
		size := int64(0)
		for _, e := range all {
			size += int64(len(e.Data))
		}
		want := []backup.LogState{{Name: "wal", First: all[0].Start, Last: all[99].End, Time: all[99].Time, Size: size}}
		if diff := cmp.Diff(want, states); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
}

// span makes an entry of a few bytes.
func span(start, end uint64) backup.Entry {
	return backup.Entry{Start: start, End: end, Data: []byte(fmt.Sprint(start))}
}

func TestLogGaps(t *testing.T) {
	t.Parallel()
	places, targets := memories(1)
	r := create(t, repository.Config{Places: places})
	l := r.Log("wal")
	for _, group := range [][]backup.Entry{{span(0, 10)}, {span(10, 20), span(30, 40)}, {span(50, 60)}, {span(60, 70)}, {span(70, 80)}} {
		if err := l.Append(t.Context(), group...); err != nil {
			t.Fatal(err)
		}
	}
	gaps := func(from uint64) (gaps []backup.Span) {
		_, errs := read(t.Context(), l, from)
		for _, err := range errs {
			gap := (*backup.GapError)(nil)
			if !errors.As(err, &gap) {
				t.Fatal(err)
			}
			gaps = append(gaps, backup.Span{From: gap.From, To: gap.To})
		}
		return gaps
	}
	want := []backup.Span{{From: 20, To: 30}, {From: 40, To: 50}}
	if diff := cmp.Diff(want, gaps(0)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	targets[0].Lose("log/wal/0000000000000004")
	want = append(want, backup.Span{From: 60, To: 70})
	if diff := cmp.Diff(want, gaps(0)); diff != "" {
		t.Errorf("an object was lost (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[1:], gaps(30)); diff != "" {
		t.Errorf("from 30 (-want +got):\n%s", diff)
	}
	states, err := r.Logs(t.Context())
	if err != nil || len(states) != 1 {
		t.Fatal(states, err)
	}
	if diff := cmp.Diff(want, states[0].Gaps); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
}

// What was appended, and then taken away at the end of the log, is missed: by the next process too.
func TestLogCutOff(t *testing.T) {
	t.Parallel()
	places, targets := memories(1)
	config := repository.Config{Places: places, Key: repository.Key{1}, Anchor: repository.FileAnchor(filepath.Join(t.TempDir(), "anchor"))}
	r := create(t, config)
	for i := range uint64(3) {
		if err := r.Log("wal").Append(t.Context(), span(10*i, 10*i+10)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, r, "notes", random(1)) // the commit record says how far the log is
	targets[0].Lose("log/wal/0000000000000003")
	again, err := repository.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	entries, errs := read(t.Context(), again.Log("wal"), 0)
	if len(entries) != 2 || len(errs) != 1 || !errors.Is(errs[0], backup.ErrCorrupt) {
		t.Errorf("%v, %v", entries, errs)
	}
}

func TestLogDamage(t *testing.T) {
	t.Parallel()
	places, targets := memories(1)
	r := create(t, repository.Config{Places: places})
	for i := range uint64(3) {
		if err := r.Log("wal").Append(t.Context(), span(10*i, 10*i+10)); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := targets[0].Get(t.Context(), "log/wal/0000000000000002", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	first, err := targets[0].Get(t.Context(), "log/wal/0000000000000001", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"cut": whole[:len(whole)-1], "another": first, "empty": nil, "longer": append(bytes.Clone(whole), 0)} {
		targets[0].Set("log/wal/0000000000000002", data)
		entries, errs := read(t.Context(), r.Log("wal"), 0)
		if len(errs) != 1 || !errors.Is(errs[0], backup.ErrCorrupt) || len(entries) != 1 {
			t.Errorf("%s: %v, %v", name, entries, errs)
		}
	}
}

// An Append of which the answer was lost, or that came to too few places, can be repeated.
func TestLogRetry(t *testing.T) {
	t.Parallel()
	places, _ := memories(3)
	for i := range places {
		places[i].Target = &backuptest.Faulty{Target: places[i].Target, Faults: []backuptest.Fault{
			{Method: backuptest.Put, Call: 5 + 2*i, Err: backup.ErrUnavailable, Kept: i == 0},
			{Method: backuptest.Put, Call: 8, Err: backup.ErrUnavailable, Kept: i == 1},
			{Method: backuptest.Put, Call: 9, Err: backup.ErrUnavailable}}}
	}
	r := create(t, repository.Config{Places: places})
	all := record(2, 30)
	for i := range all {
		failures := 0
		for r.Log("wal").Append(t.Context(), all[i]) != nil {
			if failures++; failures > 5 {
				t.Fatal("it never succeeds")
			}
		}
	}
	got, errs := read(t.Context(), r.Log("wal"), 0)
	if diff := cmp.Diff(all, got); diff != "" || errs != nil {
		t.Errorf("%v (-want +got):\n%s", errs, diff)
	}
}

func TestLogNames(t *testing.T) {
	t.Parallel()
	places, _ := memories(1)
	r := create(t, repository.Config{Places: places})
	for _, name := range []string{"", "A", "a/b", ".a"} {
		if err := r.Log(name).Append(t.Context(), span(1, 2)); !errors.Is(err, backup.ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := r.Log("wal").Append(t.Context(), span(2, 2)); err == nil {
		t.Error("an empty entry was taken")
	}
	if err := r.Log("wal").Append(t.Context(), span(2, 4), span(3, 5)); err == nil {
		t.Error("entries that overlap were taken")
	}
}
