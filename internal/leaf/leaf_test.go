package leaf_test

import (
	"bytes"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/leaf"
)

func record() governance.Record {
	return governance.Record{
		Facts: governance.Facts{
			ID: governance.EventID{1, 2, 3}, Kind: governance.Effect, Time: time.Date(2026, 7, 1, 3, 4, 5, 6000, time.UTC),
			Operation: "messages.append", Store: "postgresql", Dataset: "conversation_messages",
			Categories: []governance.Category{"conversation_data", "日本語"}, Action: governance.Create, Purpose: "tutoring",
			Version: "sha256:abc", Rule: "own", Rows: 3, Masked: []string{"content"},
		},
		Actor: "000102030405060708090a0b0c0d0e0f", Subject: "ffeeddccbbaa99887766554433221100",
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*governance.Record){
		"full":       func(*governance.Record) {},
		"nobody":     func(r *governance.Record) { r.Actor, r.Subject = "", "" },
		"actor only": func(r *governance.Record) { r.Subject = "" },
		"sparse": func(r *governance.Record) {
			*r = governance.Record{Facts: governance.Facts{Kind: governance.Denial, Time: time.UnixMicro(-1).UTC(), Rows: governance.NotCounted}}
		},
		"most": func(r *governance.Record) {
			r.Rows, r.Time = math.MaxInt64, time.Date(2400, 1, 1, 0, 0, 0, 0, time.UTC)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := record()
			change(&want)
			e := leaf.New(want)
			again, err := leaf.Unmarshal(e.Marshal(nil))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(e, again); diff != "" {
				t.Fatalf("through the envelope (-want +got):\n%s", diff)
			}
			got, err := again.Record()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if err := again.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestUncleanNames(t *testing.T) {
	t.Parallel()
	r := record()
	r.Purpose = "a\xffb\x00c"
	got, err := leaf.New(r).Record()
	if err != nil {
		t.Fatal(err)
	}
	if got.Purpose != "a\uFFFDb\uFFFDc" {
		t.Errorf("purpose %q", got.Purpose)
	}
}

// TestErased shows that the leaf stays as it is without its openings, and that an opening fits only its own place.
func TestErased(t *testing.T) {
	t.Parallel()
	e, other := leaf.New(record()), leaf.New(record())
	if bytes.Equal(e.Leaf, other.Leaf) {
		t.Error("two leaves of one record are equal: their salts must differ")
	}
	for name, test := range map[string]struct {
		entry leaf.Entry
		want  error
	}{
		"whole":             {e, nil},
		"subject erased":    {leaf.Entry{Leaf: e.Leaf, Actor: e.Actor}, nil},
		"both erased":       {leaf.Entry{Leaf: e.Leaf}, nil},
		"another's opening": {leaf.Entry{Leaf: e.Leaf, Actor: other.Actor, Subject: e.Subject}, leaf.ErrOpening},
		"roles exchanged":   {leaf.Entry{Leaf: e.Leaf, Actor: e.Subject, Subject: e.Actor}, leaf.ErrOpening},
		"short opening":     {leaf.Entry{Leaf: e.Leaf, Actor: e.Actor[:31]}, leaf.ErrOpening},
		"no leaf":           {leaf.Entry{}, leaf.ErrFormat},
	} {
		if err := test.entry.Check(); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	erased, err := leaf.Entry{Leaf: e.Leaf}.Record()
	if err != nil || erased.Subject != "" || erased.Actor != "" {
		t.Errorf("erased: %v, %v", erased, err)
	}
}

// TestOneForm changes each byte of a leaf and cuts it at each: what is still read is another record.
func TestOneForm(t *testing.T) {
	t.Parallel()
	e := leaf.New(record())
	for i := range e.Leaf {
		if _, err := leaf.Decode(e.Leaf[:i]); !errors.Is(err, leaf.ErrFormat) {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
	if _, err := leaf.Decode(append(bytes.Clone(e.Leaf), 0)); !errors.Is(err, leaf.ErrFormat) {
		t.Errorf("a byte more: %v", err)
	}
	long := bytes.Replace(e.Leaf, []byte("\x06effect"), []byte("\x86\x00effect"), 1)
	if _, err := leaf.Decode(long); !errors.Is(err, leaf.ErrFormat) {
		t.Errorf("a length in a longer form: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(leaf.New(record()).Leaf)
	f.Add(leaf.New(governance.Record{}).Leaf)
	f.Add([]byte{leaf.Version})
	f.Fuzz(func(t *testing.T, b []byte) {
		fields, err := leaf.Decode(b)
		if err != nil {
			return
		}
		again := leaf.New(governance.Record{Facts: fields.Facts})
		persons := 2
		for _, c := range []*[32]byte{fields.Actor, fields.Subject} {
			if c != nil {
				persons += 33 - 1
			}
		}
		head := len(b) - persons
		if !bytes.Equal(again.Leaf[:len(again.Leaf)-2], b[:head]) {
			t.Errorf("read and written again: %x, was %x", again.Leaf, b)
		}
	})
}

func FuzzUnmarshal(f *testing.F) {
	f.Add(leaf.New(record()).Marshal(nil))
	f.Add([]byte{0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := leaf.Unmarshal(b)
		if err != nil {
			return
		}
		if again := e.Marshal(nil); !bytes.Equal(again, b) {
			t.Errorf("read and written again: %x, was %x", again, b)
		}
	})
}

func BenchmarkNew(b *testing.B) {
	r := record()
	b.ReportAllocs()
	for b.Loop() {
		leaf.New(r)
	}
}

func BenchmarkDecode(b *testing.B) {
	e := leaf.New(record())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := leaf.Decode(e.Leaf); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPersons(b *testing.B) {
	e := leaf.New(record())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Persons(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestPersonsAllocatesNothing(t *testing.T) {
	e := leaf.New(record())
	if n := testing.AllocsPerRun(100, func() { _, _ = e.Persons() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
