package quality_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/quality"
)

func ExampleDistinct() {
	var monday, tuesday quality.Distinct
	for i := range 1000 {
		monday.AddString(strconv.Itoa(i))
		tuesday.AddString(strconv.Itoa(i + 300))
	}
	if err := monday.Merge(&tuesday); err != nil {
		fmt.Println(err)
	}
	n, standardError := monday.Estimate()
	fmt.Println(n, standardError)
	// Output: 1300 0
}

// TestDistinctHash reads the hash of a value off the bytes of its state. The hashes are those of the reference program.
func TestDistinctHash(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]uint64{
		"":    0xef46db3751d8e999,
		"a":   0xd24ec4f1a98c6e5b,
		"abc": 0x44bc2cf5ad770999,
		"Nobody inspects the spammish repetition":                         0xfbcea83c8a378bf1,
		"Call me Ishmael. Some years ago--never mind how long precisely-": 0x02a2e85470d6fd96,
		strings.Repeat("日本語", 50):                                         0xe9768a608d91ca5c,
	} {
		var fromString, fromBytes quality.Distinct
		fromString.AddString(value)
		fromBytes.AddBytes([]byte(value))
		b := bytesOf(t, &fromString)
		if got := binary.LittleEndian.Uint64([]byte(b[len(b)-8:])); got != want {
			t.Errorf("hash of %q is %#x, want %#x", value, got, want)
		}
		if b != bytesOf(t, &fromBytes) {
			t.Errorf("%q has another hash as bytes", value)
		}
	}
}

func TestDistinctSmallIsExact(t *testing.T) {
	t.Parallel()
	var d quality.Distinct
	for i := range uint64(1537) {
		if n, standardError := d.Estimate(); n != i || standardError != 0 {
			t.Fatalf("%d values are %d with error %v, want exactly", i, n, standardError)
		}
		for range 3 * min(1, 1536-i) {
			d.AddString(strconv.FormatUint(i, 10))
		}
	}
	d.AddString("one more")
	if n, standardError := d.Estimate(); math.Abs(float64(n)-1537) > 1537*4*standardError || standardError == 0 {
		t.Errorf("1537 values are %d with error %v", n, standardError)
	}
}

// TestDistinctError holds the root mean square and the mean of the relative errors against the standard error that a state
// tells. Both are within four of their own standard errors.
func TestDistinctError(t *testing.T) {
	t.Parallel()
	trials := long(40, 400)
	for _, n := range []int{1537, 3000, 7000, 16384, 30_000, 50_000, 80_000, 200_000} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(7, uint64(n)))
			requireError(t, trials, float64(n), func(d *quality.Distinct) error {
				for range n {
					d.AddHash(r.Uint64())
				}
				return nil
			})
		})
	}
}

// TestDistinctErrorOfMany draws the registers that n values leave, which are independent by Poisson's law: its own
// error is at most a tenth of a percent of a million.
func TestDistinctErrorOfMany(t *testing.T) {
	t.Parallel()
	trials := long(40, 400)
	for _, n := range []float64{1e6, 1e7, 1e9, 1e12, 1e15, 1e18, 1e19} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(8, math.Float64bits(n)))
			requireError(t, trials, n, func(d *quality.Distinct) error {
				for i := range 1 << 14 {
					if err := d.Register(i, drawRank(r, n)); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
}

// drawRank draws the greatest of Poisson(n/16384) ranks: it is at most k with probability exp(-n/16384/2^k).
func drawRank(r *rand.Rand, n float64) int {
	return min(max(0, 1+int(math.Floor(math.Log2(n/(1<<14)/r.ExpFloat64())))), 51)
}

func requireError(t *testing.T, trials int, n float64, fill func(d *quality.Distinct) error) {
	t.Helper()
	var mean, square, standardError float64
	for range trials {
		var d quality.Distinct
		if err := fill(&d); err != nil {
			t.Fatal(err)
		}
		var got uint64
		got, standardError = d.Estimate()
		relative := float64(got)/n - 1
		mean += relative / float64(trials)
		square += relative * relative / float64(trials)
	}
	t.Logf("%g values: bias %+.4f %%, root mean square %.4f %%, told %.4f %%", n, 100*mean, 100*math.Sqrt(square), 100*standardError)
	if limit := 4 * standardError / math.Sqrt(float64(trials)); math.Abs(mean) > limit {
		t.Errorf("the bias is %v, want at most %v", mean, limit)
	}
	if limit := standardError * (1 + 4/math.Sqrt(2*float64(trials))); math.Sqrt(square) > limit {
		t.Errorf("the error is %v, want at most %v", math.Sqrt(square), limit)
	}
}

// TestDistinctValues counts values that differ little, which a bad hash would put together.
func TestDistinctValues(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]func(i int) string{
		"numbers":     strconv.Itoa,
		"two letters": func(i int) string { return strings.Repeat("a", i%300) + strings.Repeat("b", i/300) },
		"fixed width": func(i int) string { return fmt.Sprintf("user-%032d", i) },
		"bits":        func(i int) string { return string(binary.BigEndian.AppendUint64(nil, 1<<(i%64)|1<<(i/64))) },
		"emails":      func(i int) string { return fmt.Sprintf("%d@example.com", i) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values := map[string]bool{}
			var d quality.Distinct
			for i := range 50_000 {
				values[value(i)] = true
				d.AddString(value(i))
			}
			n, standardError := d.Estimate()
			if relative := float64(n)/float64(len(values)) - 1; math.Abs(relative) > 4*standardError {
				t.Errorf("%d values are %d: error %v, want at most %v", len(values), n, relative, 4*standardError)
			}
		})
	}
}

// TestDistinctRegister fills a state with registers that are computed from hashes as the documentation says.
func TestDistinctRegister(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 10))
	var hashed, filled quality.Distinct
	for range 20_000 {
		hash := r.Uint64()
		hashed.AddHash(hash)
		if err := filled.Register(int(hash>>50), min(bits.LeadingZeros64(hash<<14), 50)+1); err != nil {
			t.Fatal(err)
		}
	}
	if bytesOf(t, &hashed) != bytesOf(t, &filled) {
		t.Error("registers leave another state than hashes")
	}
	var few quality.Distinct
	for _, hash := range []uint64{0, 1 << 63, 1<<63 | 1<<49} {
		few.AddHash(hash)
	}
	if err := few.Register(7, 3); err != nil {
		t.Fatal(err)
	}
	want := []byte{'D', 1, 1, 3, 0, 0, 51, 7, 0, 3, 0, 0x20, 51}
	if diff := cmp.Diff(want, []byte(bytesOf(t, &few))); diff != "" {
		t.Errorf("the bytes differ (-want +got):\n%s", diff)
	}
}

func TestDistinctRegisterOutside(t *testing.T) {
	t.Parallel()
	var d quality.Distinct
	d.AddString("a")
	before := bytesOf(t, &d)
	for _, test := range []struct {
		i, rank int
		want    string
	}{
		{-1, 1, "quality: register -1 of Distinct: want 0 to 16383"},
		{16384, 1, "quality: register 16384 of Distinct: want 0 to 16383"},
		{3, -1, "quality: rank -1 of register 3 of Distinct: want 0 to 51"},
		{3, 52, "quality: rank 52 of register 3 of Distinct: want 0 to 51"},
		{3, 0, ""},
	} {
		if err := d.Register(test.i, test.rank); fmt.Sprint(err) != test.want && (err != nil || test.want != "") {
			t.Errorf("register %d of rank %d: %v, want %q", test.i, test.rank, err, test.want)
		}
	}
	if bytesOf(t, &d) != before {
		t.Error("what is refused, or rank 0, changes the state")
	}
}

// TestDistinctForms has as many registers as are listed, and more.
func TestDistinctForms(t *testing.T) {
	t.Parallel()
	for filled, length := range map[int]int{1: 7, 4094: 5 + 3*4094, 4095: 5 + 3*4095, 4096: 3 + 12288, 16384: 3 + 12288} {
		var d, again quality.Distinct
		for i := range filled {
			if err := d.Register(16383-i, 1+i%51); err != nil {
				t.Fatal(err)
			}
		}
		b := bytesOf(t, &d)
		if len(b) != length {
			t.Errorf("%d registers take %d bytes, want %d", filled, len(b), length)
		}
		if err := again.UnmarshalBinary([]byte(b)); err != nil || bytesOf(t, &again) != b {
			t.Errorf("%d registers do not come back: %v", filled, err)
		}
	}
}

func TestDistinctFull(t *testing.T) {
	t.Parallel()
	var d quality.Distinct
	for i := range 1 << 14 {
		if err := d.Register(i, 51); err != nil {
			t.Fatal(err)
		}
	}
	if n, _ := d.Estimate(); n != math.MaxUint64 {
		t.Errorf("full registers are %d values", n)
	}
}

func TestDistinctDoesNotAllocate(t *testing.T) {
	var d quality.Distinct
	fill(&d, 5000)
	s := strings.Repeat("a", 100)
	if n := testing.AllocsPerRun(1000, func() { d.AddString(s) }); n != 0 {
		t.Errorf("a value allocates %v times", n)
	}
}

func fill(d *quality.Distinct, n int) {
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		d.AddHash(r.Uint64())
	}
}

func BenchmarkDistinctAdd(b *testing.B) {
	for _, distinct := range []int{10, 1000, 1536, 1_000_000} {
		for _, length := range []int{8, 36, 200} {
			b.Run(fmt.Sprintf("distinct=%d/bytes=%d", distinct, length), func(b *testing.B) {
				values := make([]string, 4096)
				for i := range values {
					values[i] = fmt.Sprintf("%0*d", length, i%distinct)
				}
				var d quality.Distinct
				fill(&d, max(0, distinct-4096))
				b.SetBytes(int64(length))
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					d.AddString(values[i%4096])
				}
				reportSize(b, &d)
			})
		}
	}
}

func BenchmarkDistinctMerge(b *testing.B) {
	for _, n := range []int{1000, 1_000_000} {
		b.Run(fmt.Sprintf("distinct=%d", n), func(b *testing.B) {
			var one, d quality.Distinct
			fill(&one, n)
			b.ReportAllocs()
			for b.Loop() {
				if err := d.Merge(&one); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDistinctEstimate(b *testing.B) {
	var d quality.Distinct
	fill(&d, 1_000_000)
	b.ReportAllocs()
	for b.Loop() {
		if n, _ := d.Estimate(); n == 0 {
			b.Fatal("no values")
		}
	}
}
