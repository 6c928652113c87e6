package quality_test

import (
	"encoding"
	"os"
	"testing"
)

// long picks the count of a test: the small one but with SHUGO_LONG=1.
func long(small, large int) int {
	if os.Getenv("SHUGO_LONG") == "1" {
		return large
	}
	return small
}

// reportSize reports the bytes of a state.
func reportSize(b *testing.B, state encoding.BinaryMarshaler) {
	b.Helper()
	data, err := state.MarshalBinary()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(data)), "state-bytes")
}

func bytesOf(t testing.TB, state encoding.BinaryMarshaler) string {
	t.Helper()
	data, err := state.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
