package quality_test

import (
	"encoding"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/shugo-data/shugo/quality"
)

// group is a state with an inverse.
type group[S any] interface {
	state[S]
	Subtract(other *S) error
}

// merges counts what the laws were tried with.
type merges struct{ n atomic.Int64 }

func (m *merges) must(t *testing.T, err error) {
	t.Helper()
	m.n.Add(1)
	if err != nil {
		t.Fatal(err)
	}
}

// TestLaws tries the laws of the states on random ones: with SHUGO_LONG=1 on more than 100,000 merges of each kind.
func TestLaws(t *testing.T) {
	t.Parallel()
	t.Run("Counts", func(t *testing.T) {
		t.Parallel()
		requireLaws(t, func(r *rand.Rand) *quality.Counts {
			return &quality.Counts{Rows: r.Int64N(1e15), Nulls: -r.Int64N(1e15), Unexpected: r.Int64N(3)}
		}, requireInverse[quality.Counts])
	})
	t.Run("Sum", func(t *testing.T) {
		t.Parallel()
		requireLaws(t, func(r *rand.Rand) *quality.Sum { return sumOf(drawAny(r)) }, requireInverse[quality.Sum])
	})
	t.Run("Moments", func(t *testing.T) {
		t.Parallel()
		requireLaws(t, func(r *rand.Rand) *quality.Moments { return momentsOf(drawAny(r)) }, requireInverseOfMoments)
	})
	t.Run("Quantiles", func(t *testing.T) {
		t.Parallel()
		requireLaws(t, func(r *rand.Rand) *quality.Quantiles { return quantilesOf(drawAny(r)) }, requireInverse[quality.Quantiles])
	})
	t.Run("Distinct", func(t *testing.T) {
		t.Parallel()
		requireLaws(t, drawDistinct, requireIdempotent)
	})
}

// drawAny draws a few values of one of the streams, or none.
func drawAny(r *rand.Rand) []float64 {
	names := []string{"money", "normal", "shifted", "subnormal", "huge", "cancelling", "any finite", "any bits"}
	return draw(r, r.IntN(12), streams()[names[r.IntN(len(names))]])
}

// drawDistinct draws a state of one of the forms, most of them small, of values that others have too.
func drawDistinct(r *rand.Rand) *quality.Distinct {
	var d quality.Distinct
	n := r.IntN(20)
	switch r.IntN(20) {
	case 0:
		n = 1536 - r.IntN(10)
	case 1:
		n = 1537 + r.IntN(5000)
	}
	mix := rand.New(rand.NewPCG(r.Uint64N(5), 0))
	for range n {
		d.AddHash(mix.Uint64())
	}
	return &d
}

func requireLaws[S any, P state[S]](t *testing.T, random func(r *rand.Rand) P, inverse func(*testing.T, *merges, P, P)) {
	t.Helper()
	r := rand.New(rand.NewPCG(17, 18))
	var m merges
	least := int64(long(2000, 110_000))
	for m.n.Load() < least {
		a, b, c := random(r), random(r), random(r)
		same(t, "commutative", sum(t, &m, a, b), sum(t, &m, b, a))
		same(t, "associative", sum(t, &m, sum(t, &m, a, b), c), sum(t, &m, a, sum(t, &m, b, c)))
		same(t, "identity on the right", sum(t, &m, a, P(new(S))), a)
		same(t, "identity on the left", sum(t, &m, P(new(S)), a), a)
		inverse(t, &m, a, b)
		twice, itself := sum(t, &m, a, a), sum(t, &m, a, P(new(S)))
		m.must(t, itself.Merge(itself))
		same(t, "merge with itself", itself, twice)
		var again S
		if err := P(&again).UnmarshalBinary([]byte(bytesOf(t, a))); err != nil {
			t.Fatal(err)
		}
		same(t, "back from bytes", P(&again), a)
		same(t, "merged back from bytes", sum(t, &m, b, P(&again)), sum(t, &m, a, b))
	}
	t.Logf("%d merges", m.n.Load())
}

// sum merges two states into a third, and requires that they stay as they are.
func sum[S any, P state[S]](t *testing.T, m *merges, a, b P) P {
	t.Helper()
	left, right := bytesOf(t, a), bytesOf(t, b)
	total := P(new(S))
	m.must(t, total.Merge(a))
	m.must(t, total.Merge(b))
	if bytesOf(t, a) != left || bytesOf(t, b) != right {
		t.Fatal("a merge changes what it merges")
	}
	return total
}

func same(t *testing.T, law string, a, b encoding.BinaryMarshaler) {
	t.Helper()
	if bytesOf(t, a) != bytesOf(t, b) {
		t.Fatalf("%s: the bytes differ:\n%x\n%x", law, bytesOf(t, a), bytesOf(t, b))
	}
}

func requireInverse[S any, P group[S]](t *testing.T, m *merges, a, b P) {
	t.Helper()
	there := sum(t, m, a, b)
	m.must(t, there.Subtract(b))
	same(t, "a + b - b = a", there, a)
	back := sum(t, m, a, P(new(S)))
	m.must(t, back.Subtract(b))
	m.must(t, back.Merge(b))
	same(t, "a - b + b = a", back, a)
	m.must(t, back.Subtract(back))
	same(t, "a - a = 0", back, P(new(S)))
	negative := P(new(S))
	m.must(t, negative.Subtract(b))
	difference := sum(t, m, a, P(new(S)))
	m.must(t, difference.Subtract(b))
	same(t, "a + (0 - b) = a - b", sum(t, m, a, negative), difference)
}

// requireInverseOfMoments is requireInverse but for the range, which is forgotten with any value that is taken away.
func requireInverseOfMoments(t *testing.T, m *merges, a, b *quality.Moments) {
	t.Helper()
	forget := func(of *quality.Moments) *quality.Moments {
		_, _, known := b.Range()
		if !known || b.Count() == 0 {
			return of
		}
		one := momentsOf([]float64{1})
		of = sum(t, m, of, one)
		m.must(t, of.Subtract(one))
		return of
	}
	there := sum(t, m, a, b)
	m.must(t, there.Subtract(b))
	same(t, "a + b - b = a", there, forget(a))
	back := sum(t, m, a, new(quality.Moments))
	m.must(t, back.Subtract(b))
	negative := new(quality.Moments)
	m.must(t, negative.Subtract(b))
	same(t, "a + (0 - b) = a - b", sum(t, m, a, negative), back)
	m.must(t, back.Merge(b))
	same(t, "a - b + b = a", back, forget(a))
}

func requireIdempotent(t *testing.T, m *merges, a, b *quality.Distinct) {
	t.Helper()
	same(t, "a + a = a", sum(t, m, a, a), a)
	same(t, "a + b + b = a + b", sum(t, m, sum(t, m, a, b), b), sum(t, m, a, b))
}

// TestWriters splits a stream over writers that run side by side, sends their states as bytes, and merges them in any order
// and grouping: the bytes are those of one writer.
func TestWriters(t *testing.T) {
	t.Parallel()
	for name, stream := range streams() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(19, 20))
			for range long(5, 100) {
				values := draw(r, r.IntN(5000), stream)
				requireSplit(t, r, values, (*quality.Sum).Add)
				requireSplit(t, r, values, (*quality.Moments).Add)
				requireSplit(t, r, values, (*quality.Quantiles).Add)
				requireSplit(t, r, values, func(d *quality.Distinct, x float64) { d.AddString(float(x)) })
			}
		})
	}
}

func requireSplit[S any, P state[S]](t *testing.T, r *rand.Rand, values []float64, add func(P, float64)) {
	t.Helper()
	whole := P(new(S))
	parts := make([][]float64, 1+r.IntN(16))
	for _, x := range values {
		add(whole, x)
		i := r.IntN(len(parts))
		parts[i] = append(parts[i], x)
	}
	sent := make([]string, len(parts))
	var wait sync.WaitGroup
	for i, part := range parts {
		wait.Go(func() {
			writer := P(new(S))
			for _, x := range part {
				add(writer, x)
			}
			sent[i] = bytesOf(t, writer)
		})
	}
	wait.Wait()
	states := make([]P, len(sent))
	for i, data := range sent {
		states[i] = P(new(S))
		if err := states[i].UnmarshalBinary([]byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	for len(states) > 1 { // any two at a time, until one is left
		r.Shuffle(len(states), func(i, j int) { states[i], states[j] = states[j], states[i] })
		last := len(states) - 1
		if err := states[0].Merge(states[last]); err != nil {
			t.Fatal(err)
		}
		states = states[:last]
	}
	same(t, "any split", states[0], whole)
}

// TestWritersThatRemove has writers that add and writers that take away, of which some only do that: what is left does not
// depend on who is merged first.
func TestWritersThatRemove(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(21, 22))
	for range long(200, 5000) {
		kept, gone := drawAny(r), drawAny(r)
		var added, removed, deletes quality.Quantiles
		for _, x := range append(append([]float64{}, kept...), gone...) {
			added.Add(x)
		}
		for _, x := range gone {
			removed.Add(x)
		}
		if err := deletes.Subtract(&removed); err != nil {
			t.Fatal(err)
		}
		if err := deletes.Merge(&added); err != nil {
			t.Fatal(err)
		}
		same(t, "removed first", &deletes, quantilesOf(kept))
	}
}
