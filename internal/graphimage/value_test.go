package graphimage_test

import (
	"maps"
	"math"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // zones are the same on every machine

	"github.com/google/go-cmp/cmp"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/dbtype"

	"github.com/shugo-data/shugo/internal/graphimage"
)

// exactly compares values of properties to the last bit.
func exactly() cmp.Option {
	return cmp.Options{
		cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }),
		cmp.Transformer("Time", func(t time.Time) []any {
			name, offset := t.Zone()
			return []any{t.Unix(), t.Nanosecond(), t.Location().String(), name, offset}
		}),
		cmp.Transformer("Date", func(d dbtype.Date) string { return time.Time(d).Format("2006-01-02") }),
		cmp.Transformer("LocalTime", func(l dbtype.LocalTime) string { return time.Time(l).Format("15:04:05.999999999") }),
		cmp.Transformer("OffsetTime", func(t dbtype.Time) string { return time.Time(t).Format("15:04:05.999999999 -07:00:00") }),
		cmp.Transformer("LocalDateTime", func(l dbtype.LocalDateTime) string {
			return time.Time(l).Format("2006-01-02T15:04:05.999999999")
		}),
	}
}

// asDriver returns what was decoded with lists of floats as the driver returns them.
func asDriver(i graphimage.Image) graphimage.Image {
	i.Properties = maps.Clone(i.Properties)
	for name, v := range i.Properties {
		if floats, is := v.([]float64); is {
			list := make([]any, len(floats))
			for j, f := range floats {
				list[j] = f
			}
			i.Properties[name] = list
		}
	}
	return i
}

// value is a value of a property.
type value struct {
	name     string
	value    any
	refused  bool // by the server, which therefore never returns it
	unequal  bool // to itself in Cypher, as what has a NaN is
	replaced bool // by the server with another value, which it returns from then on
}

// values returns one value at least of each type that a property has, and those at its borders.
func values(t testing.TB) []value {
	berlin, tokyo := zone(t, "Europe/Berlin"), zone(t, "Asia/Tokyo")
	payload := math.Float64frombits(0x7ff8_0000_dead_beef)
	embedding := make([]any, 1536)
	for i := range embedding {
		embedding[i] = math.Sin(float64(i))
	}
	list := []value{
		{name: "false", value: false},
		{name: "true", value: true},
		{name: "integer 0", value: int64(0)},
		{name: "integer -1", value: int64(-1)},
		{name: "integer min", value: int64(math.MinInt64)},
		{name: "integer max", value: int64(math.MaxInt64)},
		{name: "float 0", value: 0.0},
		{name: "float -0", value: math.Copysign(0, -1)},
		{name: "float 0.1", value: 0.1},
		{name: "float smallest", value: math.SmallestNonzeroFloat64},
		{name: "float max", value: math.MaxFloat64},
		{name: "float Inf", value: math.Inf(1)},
		{name: "float -Inf", value: math.Inf(-1)},
		{name: "float NaN", value: math.NaN(), unequal: true},
		{name: "float NaN with a payload", value: payload, unequal: true},
		{name: "string empty", value: ""},
		{name: "string Japanese", value: "守護 ガ ガ 𠮷"},
		{name: "string NUL", value: "a\x00b"},
		{name: "string quotes", value: "`'\"\\ $x {n}\n\u2028"},
		{name: "string long", value: strings.Repeat("長", 50_000)},
		{name: "bytes empty", value: []byte{}},
		{name: "bytes", value: []byte{0, 255, 128}},
		{name: "bytes large", value: []byte(strings.Repeat("\x00\xff", 50_000))},
		{name: "duration", value: dbtype.Duration{Months: 14, Days: 3, Seconds: 5, Nanos: 999_999_999}},
		{name: "duration of nothing", value: dbtype.Duration{}},
		{name: "duration negative", value: dbtype.Duration{Months: -14, Days: -3, Seconds: -5, Nanos: -7}, replaced: true},
		{name: "duration negative as the server has it", value: dbtype.Duration{Months: -14, Days: -3, Seconds: -6, Nanos: 999_999_993}},
		{name: "point cartesian", value: dbtype.Point2D{X: -0.1, Y: math.Copysign(0, -1), SpatialRefId: 7203}},
		{name: "point cartesian 3D", value: dbtype.Point3D{X: 1e300, Y: -1e-300, Z: 0.1, SpatialRefId: 9157}},
		{name: "point infinite", value: dbtype.Point3D{Z: math.Inf(1), SpatialRefId: 9157}, refused: true},
		{name: "point WGS-84", value: dbtype.Point2D{X: 139.7528, Y: 35.6852, SpatialRefId: 4326}},
		{name: "point WGS-84 3D", value: dbtype.Point3D{X: -179.5, Y: -89.5, Z: -433.1, SpatialRefId: 4979}},
		{name: "point NaN", value: dbtype.Point2D{X: payload, Y: math.NaN(), SpatialRefId: 7203}, refused: true},
		{name: "point NaN 3D", value: dbtype.Point3D{X: 1, Y: 2, Z: payload, SpatialRefId: 9157}, refused: true},
		{name: "list empty", value: []any{}},
		{name: "list of booleans", value: []any{true, false}},
		{name: "list of integers", value: []any{int64(1), int64(math.MinInt64)}},
		{name: "list of floats", value: []any{0.5, math.Copysign(0, -1), math.Inf(-1)}},
		{name: "list of NaN", value: []any{math.NaN(), payload}, unequal: true},
		{name: "list of strings", value: []any{"", "猫"}},
		{name: "list of durations", value: []any{dbtype.Duration{Days: 1}, dbtype.Duration{Months: -1}}},
		{name: "list of points", value: []any{dbtype.Point2D{X: 1, Y: 2, SpatialRefId: 7203}, dbtype.Point2D{X: 3, Y: 4, SpatialRefId: 7203}}},
		{name: "list of points 3D", value: []any{dbtype.Point3D{X: 1, Y: 2, Z: 3, SpatialRefId: 4979}}},
		{name: "list of points in two systems", value: []any{dbtype.Point2D{SpatialRefId: 4326}, dbtype.Point2D{SpatialRefId: 7203}}, refused: true},
		{name: "list of two types", value: []any{int64(1), "one"}, refused: true},
		{name: "embedding", value: embedding},
	}
	for _, text := range []string{"1970-01-01", "1969-12-31", "0001-01-01", "0000-02-29", "-0001-12-31", "-4000-03-01", "1582-10-10", "9999-12-31"} {
		list = append(list, value{name: "date " + text, value: date(t, text)})
	}
	list = append(list, value{name: "date far", value: dbtype.Date(time.Date(999_999_999, 12, 31, 0, 0, 0, 0, time.UTC))},
		value{name: "date far back", value: dbtype.Date(time.Date(-999_999_999, 1, 1, 0, 0, 0, 0, time.UTC))},
		value{name: "list of dates", value: []any{date(t, "2024-02-29"), date(t, "-0044-03-15")}})
	for name, v := range map[string]any{
		"first": dbtype.LocalTime(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)),
		"last":  dbtype.LocalTime(time.Date(0, 1, 1, 23, 59, 59, 999_999_999, time.UTC)),
		"list":  []any{dbtype.LocalTime(time.Date(0, 1, 1, 12, 0, 0, 1, time.UTC))},
	} {
		list = append(list, value{name: "local time " + name, value: v})
	}
	for name, seconds := range map[string]int{"Z": 0, "+09:00": 9 * 3600, "-18:00": -18 * 3600, "+18:00": 18 * 3600, "+05:53:28": 5*3600 + 53*60 + 28} {
		offset := time.FixedZone("Offset", seconds)
		list = append(list,
			value{name: "time " + name, value: dbtype.Time(time.Date(0, 1, 1, 23, 59, 59, 999_999_999, offset))},
			value{name: "list of times " + name, value: []any{dbtype.Time(time.Date(0, 1, 1, 0, 0, 0, 0, offset))}},
			value{name: "datetime " + name, value: time.Date(1969, 12, 31, 23, 59, 59, 1, offset)},
			value{name: "list of datetimes " + name, value: []any{time.Date(-44, 3, 15, 1, 2, 3, 4, offset)}})
	}
	for name, v := range map[string]any{
		"of now":          dbtype.LocalDateTime(time.Date(2026, 3, 8, 2, 30, 0, 123_456_789, time.UTC)),
		"before 1970":     dbtype.LocalDateTime(time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC)),
		"before year 0":   dbtype.LocalDateTime(time.Date(-44, 3, 15, 0, 0, 0, 0, time.UTC)),
		"of year 9999":    dbtype.LocalDateTime(time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)),
		"in a list":       []any{dbtype.LocalDateTime(time.Date(2024, 2, 29, 0, 0, 0, 1, time.UTC))},
		"far in a future": dbtype.LocalDateTime(time.Date(999_999_999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)),
	} {
		list = append(list, value{name: "local datetime " + name, value: v})
	}
	for name, v := range map[string]any{
		"Tokyo":                   time.Date(2026, 3, 8, 2, 30, 0, 123_456_789, tokyo),
		"Tokyo before standards":  time.Date(1800, 1, 1, 0, 0, 0, 0, tokyo),
		"Berlin 02:30 in summer":  time.Date(2024, 10, 27, 0, 30, 0, 0, time.UTC).In(berlin),
		"Berlin 02:30 in winter":  time.Date(2024, 10, 27, 1, 30, 0, 0, time.UTC).In(berlin),
		"Berlin in a list":        []any{time.Date(2024, 10, 27, 0, 30, 0, 0, time.UTC).In(berlin)},
		"UTC":                     time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		"Etc/GMT+12":              time.Date(2026, 1, 1, 0, 0, 0, 0, zone(t, "Etc/GMT+12")),
		"Berlin, tables run out":  time.Date(9000, 7, 1, 0, 0, 0, 0, berlin),
		"Berlin, before the year": time.Date(-1, 7, 1, 0, 0, 0, 0, berlin),
	} {
		list = append(list, value{name: "zoned " + name, value: v})
	}
	return list
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// date parses a date whose year may be negative.
func date(t testing.TB, text string) dbtype.Date {
	t.Helper()
	positive, negative := strings.CutPrefix(text, "-")
	d, err := time.Parse(time.DateOnly, positive)
	if err != nil {
		t.Fatal(err)
	}
	if negative {
		d = time.Date(-d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC)
	}
	return dbtype.Date(d)
}

func TestValuesComeBack(t *testing.T) {
	t.Parallel()
	var decoder graphimage.Decoder
	seen := map[string]string{}
	for _, v := range values(t) {
		image := graphimage.Image{Kind: graphimage.Node, Labels: []string{"Cat"}, Properties: map[string]any{"p": v.value}}
		b, err := graphimage.Append(nil, image)
		if err != nil {
			t.Errorf("%s: %v", v.name, err)
			continue
		}
		if other, is := seen[string(b)]; is {
			t.Errorf("%s has the bytes of %s", v.name, other)
		}
		seen[string(b)] = v.name
		for range 2 { // the second time with what it kept
			got, err := decoder.Decode(graphimage.Node, b)
			if diff := cmp.Diff(image, asDriver(got), exactly()); diff != "" || err != nil {
				t.Errorf("%s: error %v, came back (-want +got):\n%s", v.name, err, diff)
			}
		}
		got, err := graphimage.Decode(graphimage.Node, b)
		if err != nil {
			t.Errorf("%s: %v", v.name, err)
			continue
		}
		if diff := cmp.Diff(image, asDriver(got), exactly()); diff != "" {
			t.Errorf("%s came back otherwise (-want +got):\n%s", v.name, diff)
		}
		if again, err := graphimage.Append(nil, got); err != nil || string(again) != string(b) {
			t.Errorf("%s: image %x, and after decoding %x, %v", v.name, b, again, err)
		}
	}
}
