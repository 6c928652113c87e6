package quality_test

import (
	"encoding"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality"
)

func ExampleCounts() {
	var total quality.Counts
	for _, part := range []quality.Counts{{Rows: 1000, Nulls: 3, Unexpected: 1}, {Rows: 500, Unexpected: 2}} {
		if err := total.Merge(&part); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Printf("%+v\n", total)
	// Output: {Rows:1500 Nulls:3 Unexpected:3}
}

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
	b.ReportMetric(float64(len(bytesOf(b, state))), "state-bytes")
}

func bytesOf(t testing.TB, state encoding.BinaryMarshaler) string {
	t.Helper()
	data, err := state.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestCountsOverflow(t *testing.T) {
	t.Parallel()
	const most, least = math.MaxInt64, math.MinInt64
	for name, test := range map[string]struct {
		a, b, sum, difference int64
		sumFits, differs      bool
	}{
		"none":              {0, 0, 0, 0, true, true},
		"small":             {5, 3, 8, 2, true, true},
		"most and one":      {most, 1, 0, most - 1, false, true},
		"most and less":     {most, -1, most - 1, 0, true, false},
		"least and less":    {least, -1, 0, least + 1, false, true},
		"least and one":     {least, 1, least + 1, 0, true, false},
		"least and least":   {least, least, 0, 0, false, true},
		"none and least":    {0, least, least, 0, true, false},
		"less and least":    {-1, least, 0, most, false, true},
		"most and none":     {most, 0, most, most, true, true},
		"most and least":    {most, least, -1, 0, true, false},
		"most and itself":   {most, most, 0, 0, false, true},
		"least and nothing": {least, 0, least, least, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i, at := range []func(n int64) quality.Counts{
				func(n int64) quality.Counts { return quality.Counts{Rows: n} },
				func(n int64) quality.Counts { return quality.Counts{Nulls: n} },
				func(n int64) quality.Counts { return quality.Counts{Unexpected: n} },
			} {
				other := at(test.b)
				sum, difference := at(test.a), at(test.a)
				requireCounts(t, fmt.Sprint("sum ", i), sum.Merge(&other), test.sumFits, at(test.a), at(test.sum), sum)
				requireCounts(t, fmt.Sprint("difference ", i), difference.Subtract(&other), test.differs, at(test.a), at(test.difference), difference)
			}
		})
	}
}

func requireCounts(t *testing.T, what string, err error, fits bool, before, want, got quality.Counts) {
	t.Helper()
	if !fits {
		want = before
	}
	if fits == errors.Is(err, quality.ErrOverflow) || fits != (err == nil) {
		t.Errorf("%s: got error %v, want overflow %t", what, err, !fits)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", what, diff)
	}
}

// TestMergeOverflows merges states that only bytes can hold: sums and buckets at their limits, of few values.
func TestMergeOverflows(t *testing.T) {
	t.Parallel()
	const (
		none  = "\x00\x00\x00\x00"                         // four counts
		most  = "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01" // 2^62
		least = "\xff\xff\xff\xff\xff\xff\xff\xff\x7f"     // -2^62
		half  = "\xff\xff\xff\xff\xff\xff\xff\xff\x3f"     // -2^61
	)
	for name, data := range map[string]string{
		"Sum":             "S\x01" + none + "\x01\x43\x01\xff\xff\x00\x00",
		"Sum below":       "S\x01" + none + "\x02\x43\x01\x00\x00\x01\x00",
		"Moments":         "M\x01" + none + "\x00\x01\x85\x01\x01\x03\x00\x00\x00\x02",
		"Moments' sum":    "M\x01" + none + "\x01\x43\x01\xff\xff\x00\x00\x00\x02",
		"Counts":          "C\x01\x00\x00" + "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01",
		"Quantiles":       "Q\x01" + none + "\x00\x00\x02\x01" + least + "\x01" + most,
		"Quantiles at 0":  "Q\x01" + none + most + "\x02\x01" + half + "\x01" + half + "\x00",
		"Quantiles above": "Q\x01" + none + "\x00\x02\x01" + least + "\x01" + most + "\x00",
	} {
		kind, _, _ := strings.Cut(strings.ReplaceAll(name, "'", " "), " ")
		state, err := readers()[kind]([]byte(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := mergeItself(state); !errors.Is(err, quality.ErrOverflow) {
			t.Errorf("%s: got %v, want %v", name, err, quality.ErrOverflow)
		}
		if bytesOf(t, state) != data {
			t.Errorf("%s: a merge that fails changes the state", name)
		}
	}
}

func mergeItself(state encoding.BinaryMarshaler) error {
	switch s := state.(type) {
	case *quality.Sum:
		return s.Merge(s)
	case *quality.Moments:
		return s.Merge(s)
	case *quality.Distinct:
		return s.Merge(s)
	case *quality.Quantiles:
		return s.Merge(s)
	case *quality.Counts:
		return s.Merge(s)
	}
	return fmt.Errorf("%T is no state", state)
}

// samples are states of every type and form, and how to read them.
func samples(t testing.TB) map[string]struct {
	bytes string
	read  func(data []byte) (encoding.BinaryMarshaler, error)
} {
	type sample = struct {
		bytes string
		read  func(data []byte) (encoding.BinaryMarshaler, error)
	}
	r := rand.New(rand.NewPCG(15, 16))
	values := draw(r, 40, streams()["any bits"])
	var few, listed, packed quality.Distinct
	fill(&few, 3)
	fill(&listed, 1700)
	fill(&packed, 9000)
	forgotten := momentsOf(values)
	if err := forgotten.Subtract(momentsOf(values[:3])); err != nil {
		t.Fatal(err)
	}
	all := map[string]sample{}
	for name, state := range map[string]encoding.BinaryMarshaler{
		"Counts": &quality.Counts{Rows: 100, Nulls: -3, Unexpected: math.MinInt64},
		"Sum":    sumOf(values), "Sum of none": new(quality.Sum), "Sum below zero": sumOf([]float64{-1, -1e300}),
		"Moments": momentsOf(values), "Moments of none": new(quality.Moments), "Moments without range": forgotten,
		"Distinct": &few, "Distinct of none": new(quality.Distinct), "Distinct listed": &listed, "Distinct packed": &packed,
		"Quantiles": quantilesOf(values), "Quantiles of none": new(quality.Quantiles),
	} {
		kind, _, _ := strings.Cut(name, " ")
		all[name] = sample{bytesOf(t, state), readers()[kind]}
	}
	return all
}

func readers() map[string]func(data []byte) (encoding.BinaryMarshaler, error) {
	return map[string]func(data []byte) (encoding.BinaryMarshaler, error){
		"Counts": read[quality.Counts], "Sum": read[quality.Sum], "Moments": read[quality.Moments],
		"Distinct": read[quality.Distinct], "Quantiles": read[quality.Quantiles],
	}
}

// state is what all states are.
type state[S any] interface {
	*S
	encoding.BinaryMarshaler
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
	Merge(other *S) error
}

func read[S any, P state[S]](data []byte) (encoding.BinaryMarshaler, error) {
	var s S
	err := P(&s).UnmarshalBinary(data)
	return P(&s), err
}

// TestStateBytesAreStrict cuts, lengthens and renames the bytes of every state.
func TestStateBytesAreStrict(t *testing.T) {
	t.Parallel()
	for name, sample := range samples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			again, err := sample.read([]byte(sample.bytes))
			if err != nil || bytesOf(t, again) != sample.bytes {
				t.Fatalf("the bytes do not come back: %v", err)
			}
			bad := []string{sample.bytes + "\x00", sample.bytes + sample.bytes, "X" + sample.bytes[1:],
				sample.bytes[:1] + "\x00" + sample.bytes[2:], sample.bytes[:1] + "\x02" + sample.bytes[2:]}
			for end := range sample.bytes {
				bad = append(bad, sample.bytes[:end])
			}
			kind, _, _ := strings.Cut(name, " ")
			for _, data := range bad {
				state, err := sample.read([]byte(data))
				var problem *quality.DecodeError
				if !errors.As(err, &problem) || problem.State != kind || problem.Offset < 0 || problem.Offset > len(data) {
					t.Fatalf("%d of %d bytes: got %v", len(data), len(sample.bytes), err)
				}
				if empty, _ := state.MarshalBinary(); len(empty) > 10 {
					t.Fatalf("%d of %d bytes: what fails changes the state", len(data), len(sample.bytes))
				}
			}
		})
	}
}

// TestDecodeError holds bytes that are not canonical against what is said of them.
func TestDecodeError(t *testing.T) {
	t.Parallel()
	none := "\x00\x00\x00\x00" // counts
	for data, want := range map[string]string{
		"":                      "Counts: at 0: found the end, want kind",
		"S\x01\x00\x00\x00":     "Counts: at 0: found kind 0x53, want 0x43",
		"C\x02\x00\x00\x00":     "Counts: at 1: found version 2, want 1",
		"C\x01\x00\x80\x00\x00": "Counts: at 3: found a padded number, want nulls in as few bytes as it needs",
		"C\x01\x00\x00\x00\x00": "Counts: at 5: found 1 more bytes, want the end",
		"C\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02\x00\x00":         "Counts: at 2: found more than 64 bits, want rows",
		"S\x01\x82\x80\x80\x80\x80\x80\x80\x80\x80\x01\x00\x00\x00\x00": "Sum: at 2: found more than 2^62, want the count of finite values",
		"S\x01" + none + "\x03":                                                                            "Sum: at 6: found sign 3, want 0, 1 or 2",
		"S\x01" + none + "\x01\x44\x01":                                                                    "Sum: at 7: found limb 68, want less than 68",
		"S\x01" + none + "\x01\x05\x00":                                                                    "Sum: at 8: found no limbs, want a number that is not zero",
		"S\x01" + none + "\x01\x05\xff\xff\xff\xff\x0f":                                                    "Sum: at 8: found 4294967295, want the limbs of a number of at most 0",
		"S\x01" + none + "\x01\x05\x01\x00\x00\x00\x00":                                                    "Sum: at 9: found a zero at an end of a number, want its significant limbs",
		"S\x01" + none + "\x01\x05\x02\x00\x00\x00\x00\x01\x00\x00\x00":                                    "Sum: at 9: found a zero at an end of a number, want its significant limbs",
		"M\x01\x02\x00\x00\x00\x00\x02\x00\x01\x01\x00\x00\x00\x01" + float(1) + float(1):                  "Moments: at 14: found a range that no values have",
		"D\x01\x02" + strings.Repeat("\x41\x10\x04", 1023) + "\x41\x10\x00" + strings.Repeat("\x00", 9216): "Distinct: at 3: found 4095 packed registers, want up to 4095 listed",
		"S\x01" + none + "\x01\x43\x01\x00\x00\x01\x00":                                                    "Sum: at 6: found a number beyond the greatest sum",
		"M\x01" + none + "\x00\x00\x03":                                                                    "Moments: at 8: found extent 3, want 0, 1 or 2",
		"M\x01\x02\x00\x00\x00\x00\x00\x00":                                                                "Moments: at 8: found no range, want that of the values",
		"M\x01" + none + "\x00\x00\x01" + float(1) + float(1):                                              "Moments: at 8: found a range that no values have",
		"M\x01\x02\x00\x00\x00\x00\x00\x01" + float(2) + float(1):                                          "Moments: at 8: found a range that no values have",
		"M\x01\x02\x00\x00\x00\x00\x00\x01" + float(math.Copysign(0, -1)) + float(1):                       "Moments: at 9: found no finite value, or minus zero, want the least value",
		"M\x01\x02\x00\x00\x00\x00\x00\x01" + float(1) + float(math.Inf(1)):                                "Moments: at 17: found no finite value, or minus zero, want the greatest value",
		"D\x01\x03":                                                     "Distinct: at 2: found form 3, want 0, 1 or 2",
		"D\x01\x00\x02" + float(1) + float(1):                           "Distinct: at 12: found hash 1 of 2 not above the one before it",
		"D\x01\x00\xff\xff\xff\xff\x0f":                                 "Distinct: at 3: found 4294967295, want hashes of at most 0",
		"D\x01\x00\x81\x0c" + strings.Repeat("a", 8*1537):               "Distinct: at 3: found 1537, want hashes of at most 1536",
		"D\x01\x01\x00":                                                 "Distinct: at 3: found no registers, want the form of hashes for none",
		"D\x01\x01\x01\x05\x00\x00":                                     "Distinct: at 4: found register 5 of rank 0, want one above -1 and below 16384 of rank 1 to 51",
		"D\x01\x01\x01\x05\x00\x34":                                     "Distinct: at 4: found register 5 of rank 52, want one above -1 and below 16384 of rank 1 to 51",
		"D\x01\x01\x01\x00\x40\x01":                                     "Distinct: at 4: found register 16384 of rank 1, want one above -1 and below 16384 of rank 1 to 51",
		"D\x01\x01\x02\x05\x00\x01\x05\x00\x01":                         "Distinct: at 7: found register 5 of rank 1, want one above 5 and below 16384 of rank 1 to 51",
		"D\x01\x02" + strings.Repeat("\x00", 12288):                     "Distinct: at 3: found 0 packed registers, want up to 4095 listed",
		"D\x01\x02" + strings.Repeat("\xff", 12288):                     "Distinct: at 3: found rank 63 of register 0, want at most 51",
		"Q\x01" + none + "\x00\x01\x00\x02\x00":                         "Quantiles: at 8: found a step of 0, want 1 to 134272",
		"Q\x01" + none + "\x00\x01\xff\xff\x7f\x02\x00":                 "Quantiles: at 8: found a step of 2097151, want 1 to 134272",
		"Q\x01" + none + "\x00\x01\x01\x00\x00":                         "Quantiles: at 9: found an empty bucket",
		"Q\x01" + none + "\x00\x01\x01\x02\x00":                         "Quantiles: at 2: found a count of finite values that is not the sum of the buckets",
		"Q\x01" + none + "\x02\x00\x00":                                 "Quantiles: at 2: found a count of finite values that is not the sum of the buckets",
		"Q\x01" + none + "\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01": "Quantiles: at 7: found 18446744073709551615, want buckets of at most 0",
		// Four times 2^62 wraps to the count of 0 in 64 bits.
		"Q\x01" + none + "\x00\x04" + strings.Repeat("\x01\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 4) + "\x00": "Quantiles: at 2: found a count of finite values that is not the sum of the buckets",
	} {
		kind, _, _ := strings.Cut(want, ":")
		_, err := readers()[kind]([]byte(data))
		if diff := cmp.Diff("quality: bytes of "+want, fmt.Sprint(err)); diff != "" {
			t.Errorf("%.40q: error differs (-want +got):\n%s", data, diff)
		}
	}
}

func float(x float64) string {
	return string(binary.LittleEndian.AppendUint64(nil, math.Float64bits(x)))
}

// TestStateBytesStayAsTheyAre holds bytes that are kept somewhere: a change of them needs a new version.
func TestStateBytesStayAsTheyAre(t *testing.T) {
	t.Parallel()
	var d quality.Distinct
	d.AddString("abc")
	values := []float64{1, -2.5, math.NaN(), 0}
	for _, test := range []struct {
		state encoding.BinaryMarshaler
		want  string
	}{
		{&quality.Counts{Rows: 300, Nulls: 1, Unexpected: -1}, "4301d8040201"},
		{sumOf(values), "530106020000" + "02210100000600"},
		{momentsOf(values), "4d01060200000221010000060001430174000000" + "0100000000000004c0000000000000f03f"},
		{&d, "44010001" + "990977adf52cbc44"},
		{quantilesOf(values), "510106020000" + "02" + "0181990402" + "01d1990402"},
	} {
		if diff := cmp.Diff(test.want, fmt.Sprintf("%x", bytesOf(t, test.state))); diff != "" {
			t.Errorf("bytes of %T differ (-want +got):\n%s", test.state, diff)
		}
	}
}

// FuzzUnmarshal reads any bytes as each kind of state: what is accepted is canonical and can be used.
func FuzzUnmarshal(f *testing.F) {
	for _, sample := range samples(f) {
		f.Add([]byte(sample.bytes))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for kind, read := range readers() {
			state, err := read(data)
			var problem *quality.DecodeError
			if err != nil {
				if !errors.As(err, &problem) || problem.Offset < 0 || problem.Offset > len(data) {
					t.Errorf("%s: got %v", kind, err)
				}
				continue
			}
			if bytesOf(t, state) != string(data) {
				t.Errorf("%s: accepted bytes are not canonical", kind)
			}
			use(t, state)
		}
	})
}

// use asks everything of a state that may hold whatever bytes may say.
func use(t *testing.T, state encoding.BinaryMarshaler) {
	t.Helper()
	switch s := state.(type) {
	case *quality.Sum:
		s.Float64()
		s.Add(1)
	case *quality.Moments:
		derived(s)
		s.Add(1)
	case *quality.Distinct:
		s.Estimate()
		s.AddString("a")
	case *quality.Quantiles:
		s.Quantile(0.5)
		s.Rank(0)
		s.Add(1)
	}
	requireMerge(t, mergeItself(state))
}

func requireMerge(t *testing.T, err error) {
	t.Helper()
	if err != nil && !errors.Is(err, quality.ErrOverflow) {
		t.Error(err)
	}
}

// FuzzStream reads bytes as values, and splits them in two: the merged states are that of the whole, and exact.
func FuzzStream(f *testing.F) {
	f.Add([]byte(float(1)+float(1e100)+float(-1e100)+float(5e-324)), 2)
	f.Add([]byte(float(math.NaN())+float(math.MaxFloat64)+float(math.MaxFloat64)), 1)
	f.Add([]byte(float(math.Copysign(0, -1))+float(0)+float(math.Inf(-1))), 0)
	f.Fuzz(func(t *testing.T, data []byte, at int) {
		var values []float64
		for ; len(data) >= 8 && len(values) < 200; data = data[8:] {
			values = append(values, math.Float64frombits(binary.LittleEndian.Uint64(data)))
		}
		at = min(max(at, 0), len(values))
		moments := momentsOf(values[at:])
		requireMerge(t, moments.Merge(momentsOf(values[:at])))
		quantiles := quantilesOf(values[at:])
		requireMerge(t, quantiles.Merge(quantilesOf(values[:at])))
		if bytesOf(t, moments) != bytesOf(t, momentsOf(values)) || bytesOf(t, quantiles) != bytesOf(t, quantilesOf(values)) {
			t.Error("a split at", at, "changes the bytes")
		}
		if want := bigSum(values); moments.Sum() != want {
			t.Errorf("the sum is %v, want %v", moments.Sum(), want)
		}
	})
}
