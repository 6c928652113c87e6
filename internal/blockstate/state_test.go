package blockstate

import (
	"bytes"
	"crypto/sha256"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func someState() *state {
	return &state{
		server: digestOf("a"), table: digestOf("b"), columns: digestOf("c"), request: digestOf("d"),
		lsn: 1 << 40, next: 900, ended: 800, extent: extent{70, 32}, maps: []uint64{7}, visible: []bool{true, false, true}, settled: []bool{true, true, true},
		values: []column{
			{kind: Count, null: []bool{false, false, false}, bits: []int64{224, 220, 40}},
			{kind: Sum, null: []bool{false, true, false}, sums: []string{"-0.050", "", "123456789012345678901234567890.5"}},
			{kind: Sum, null: []bool{false, false, false}, sums: []string{"NaN", "9223372036854775807", "-9223372036854775808"}},
			{kind: Min, null: []bool{false, true, false}, bits: []int64{math.MinInt64, 0, math.MaxInt64}},
			{kind: Max, null: []bool{true, true, true}, bits: []int64{0, 0, 0}},
		},
	}
}

func unexported() cmp.Option { return cmp.AllowUnexported(state{}, column{}, extent{}) }

func TestStateRoundTrip(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]*state{
		"values": someState(),
		"empty table": {extent: extent{0, 64}, visible: []bool{}, settled: []bool{},
			values: []column{newColumn(Count, 0), newColumn(Sum, 0)}},
	} {
		got, err := decode(want.encode())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got, unexported()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestStateDamage wants every change of a byte and every length noticed.
func TestStateDamage(t *testing.T) {
	t.Parallel()
	whole := someState().encode()
	for i := range whole {
		if _, err := decode(whole[:i]); err == nil {
			t.Errorf("cut to %d bytes: no error", i)
		}
		damaged := bytes.Clone(whole)
		damaged[i] ^= 0x10
		if _, err := decode(damaged); err == nil {
			t.Errorf("byte %d changed: no error", i)
		}
	}
}

// FuzzState gives the decoder bodies with a checksum that fits: what it takes is the one form of a state.
func FuzzState(f *testing.F) {
	whole := someState().encode()
	f.Add(whole[:len(whole)-checkSize])
	empty := (&state{extent: extent{0, 32}}).encode()
	f.Add(empty[:len(empty)-checkSize])
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, body []byte) {
		sum := sha256.Sum256(body)
		b := append(bytes.Clone(body), sum[:checkSize]...)
		s, err := decode(b)
		if err != nil {
			return
		}
		if got := s.encode(); !bytes.Equal(got, b) {
			t.Errorf("a state has two forms:\n%x\n%x", b, got)
		}
		for i, c := range s.values {
			if _, err := c.total(columnType(20)); err != nil {
				t.Errorf("column %d: %v", i, err)
			}
		}
	})
}
