package blockstate

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// columnType is the type an aggregate is read as: the OID of int8, float8, timestamp, timestamptz, or text for a sum.
type columnType uint32

// castOf says what a value of an aggregate is read as.
func castOf(kind Kind, oid uint32) (columnType, string, error) {
	switch {
	case kind == Count && oid == pgtype.Int8OID:
		return pgtype.Int8OID, "int8", nil
	case kind == Sum && (oid == pgtype.Int8OID || oid == pgtype.NumericOID):
		return pgtype.TextOID, "text", nil
	case kind == Min || kind == Max:
		switch oid {
		case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID:
			return pgtype.Int8OID, "int8", nil
		case pgtype.Float4OID, pgtype.Float8OID:
			return pgtype.Float8OID, "float8", nil
		case pgtype.TimestampOID:
			return pgtype.TimestampOID, "timestamp", nil
		case pgtype.TimestamptzOID:
			return pgtype.TimestamptzOID, "timestamptz", nil
		}
	}
	want := map[Kind]string{Count: "bigint", Sum: "bigint or numeric", Min: "an integer, float, timestamp or timestamptz"}
	want[Max] = want[Min]
	return 0, "", fmt.Errorf("is of the type with OID %d: want %s", oid, want[kind])
}

// column holds the values of one aggregate, one for each range.
type column struct {
	kind Kind
	null []bool
	bits []int64  // what the server sends, but of a sum
	sums []string // decimal text, of a sum
}

func newColumn(kind Kind, ranges int) column {
	c := column{kind: kind, null: make([]bool, ranges)}
	if kind == Sum {
		c.sums = make([]string, ranges)
	} else {
		c.bits = make([]int64, ranges)
	}
	return c
}

// put takes a value as the server sends it, in binary.
func (c *column) put(i int, raw []byte) error {
	c.null[i] = raw == nil
	switch {
	case raw == nil && c.kind == Count:
		return fmt.Errorf("a count is NULL")
	case raw == nil:
	case c.kind == Sum:
		if _, err := parseDecimal(string(raw)); err != nil {
			return err
		}
		c.sums[i] = string(raw)
	case len(raw) != 8:
		return fmt.Errorf("a value has %d bytes: want 8", len(raw))
	default:
		c.bits[i] = int64(binary.BigEndian.Uint64(raw))
	}
	return nil
}

func (c *column) copy(i int, from *column) {
	c.null[i] = from.null[i]
	if c.kind == Sum {
		c.sums[i] = from.sums[i]
	} else {
		c.bits[i] = from.bits[i]
	}
}

// total merges the values of all ranges, in the order of the table's blocks.
func (c *column) total(as columnType) (any, error) {
	switch c.kind {
	case Count:
		var n int64
		for _, v := range c.bits {
			n += v
		}
		return n, nil
	case Sum:
		return c.sum()
	}
	best := -1
	for i, null := range c.null {
		// As PostgreSQL does (float8smaller, float8larger), the later of two equal values stays: -0 and 0 are equal.
		if !null && (best < 0 || !before(as, c.kind, c.bits[best], c.bits[i])) {
			best = i
		}
	}
	if best < 0 {
		return nil, nil
	}
	return valueOf(as, c.bits[best]), nil
}

func (c *column) sum() (any, error) {
	total, found := decimal{}, false
	for i, null := range c.null {
		if null {
			continue
		}
		d, err := parseDecimal(c.sums[i])
		if err != nil {
			return nil, err
		}
		total, found = total.plus(d), true
	}
	if !found {
		return nil, nil
	}
	return total.String(), nil
}

// before reports whether a is strictly the better of two values.
func before(as columnType, kind Kind, a, b int64) bool {
	if kind == Max {
		a, b = b, a
	}
	if as != pgtype.Float8OID {
		return a < b
	}
	x, y := math.Float64frombits(uint64(a)), math.Float64frombits(uint64(b))
	// NaN is greater than everything else, and equal to itself.
	return x < y || math.IsNaN(y) && !math.IsNaN(x)
}

// valueOf is the Go value of what the server sent.
func valueOf(as columnType, bits int64) any {
	switch as {
	case pgtype.Float8OID:
		return math.Float64frombits(uint64(bits))
	case pgtype.TimestampOID, pgtype.TimestamptzOID:
		return timeOf(bits)
	default:
		return bits
	}
}

// timeOf is the time of microseconds since the year 2000, where the ends of the range are infinite.
func timeOf(micros int64) any {
	const epoch = 946_684_800 // 2000-01-01 in seconds since 1970
	switch micros {
	case math.MaxInt64:
		return pgtype.Infinity
	case math.MinInt64:
		return pgtype.NegativeInfinity
	}
	return time.Unix(epoch+micros/1e6, micros%1e6*1e3).UTC()
}

// decimal is a numeric of PostgreSQL: a number of digits after the point, or a word that is no number.
type decimal struct {
	unscaled big.Int
	scale    int
	word     string // NaN, Infinity, -Infinity
}

const maxScale = 16383 // of a numeric

func parseDecimal(text string) (decimal, error) {
	switch text {
	case "NaN", "Infinity", "-Infinity":
		return decimal{word: text}, nil
	}
	whole, fraction, _ := strings.Cut(text, ".")
	d := decimal{scale: len(fraction)}
	if _, ok := d.unscaled.SetString(whole+fraction, 10); !ok || d.scale > maxScale || d.String() != text {
		return decimal{}, fmt.Errorf("a sum of %d characters is not a decimal number", len(text))
	}
	return d, nil
}

func (d decimal) plus(e decimal) decimal {
	switch {
	case d.word != "" && e.word != "" && d.word != e.word:
		return decimal{word: "NaN"}
	case d.word != "":
		return d
	case e.word != "":
		return e
	}
	if d.scale < e.scale {
		d, e = e, d
	}
	sum := decimal{scale: d.scale}
	shift := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.scale-e.scale)), nil)
	sum.unscaled.Add(&d.unscaled, shift.Mul(shift, &e.unscaled))
	return sum
}

// String writes it as PostgreSQL does.
func (d decimal) String() string {
	if d.word != "" {
		return d.word
	}
	digits := new(big.Int).Abs(&d.unscaled).String()
	if pad := d.scale + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	if d.scale > 0 {
		digits = digits[:len(digits)-d.scale] + "." + digits[len(digits)-d.scale:]
	}
	if d.unscaled.Sign() < 0 {
		return "-" + digits
	}
	return digits
}
