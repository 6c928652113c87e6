package pgquality

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkClose compares points of isotropic directions, the worst case: no direction tells them apart.
func BenchmarkClose(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	p := newPoints(64)
	values := make([]float64, 64)
	for range 2000 {
		for i := range values {
			values[i] = r.NormFloat64() / 39.2
		}
		p.add(place{}, values)
	}
	near, n := 0, 0
	for b.Loop() {
		if p.close(n%2000, (n*7+1)%2000, 0.02) {
			near++
		}
		n++
	}
	b.ReportMetric(float64(near)/float64(n), "near/op")
}

// FuzzDecode decodes what is not a vector.
func FuzzDecode(f *testing.F) {
	f.Add([]byte{0, 1, 0, 0, 63, 128, 0, 0})
	f.Add([]byte{0, 2, 0, 0, 63, 128, 0, 0})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if v, err := decode(b); err == nil && len(b) != 4+4*len(v) {
			t.Errorf("%d components of %d bytes", len(v), len(b))
		}
	})
}
