package graphimage_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/dbtype"

	"github.com/shugo-data/shugo/internal/graphimage"
)

func TestImagesComeBack(t *testing.T) {
	t.Parallel()
	properties := map[string]any{"name": "Tama", "": int64(3), "名": true}
	for name, image := range map[string]graphimage.Image{
		"bare node":            {Kind: graphimage.Node},
		"node":                 {Kind: graphimage.Node, Labels: []string{"", "Animal", "Cat", "猫"}, Properties: properties},
		"relationship by id":   {Kind: graphimage.Relationship, Type: "KNOWS", From: graphimage.End{ID: math.MinInt64}, To: graphimage.End{ID: 7}},
		"relationship by gid":  {Kind: graphimage.Relationship, Type: "知る", From: graphimage.End{GID: "a"}, To: graphimage.End{GID: "b"}, Properties: properties},
		"relationship by both": {Kind: graphimage.Relationship, Type: "", From: graphimage.End{GID: "a"}, To: graphimage.End{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			prefix := []byte("before")
			b, err := graphimage.Append(prefix, image)
			if err != nil {
				t.Fatal(err)
			}
			b = b[len(prefix):]
			got, err := graphimage.Decode(image.Kind, b)
			if diff := cmp.Diff(image, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
				t.Errorf("error %v, came back (-want +got):\n%s", err, diff)
			}
			if got.Properties == nil {
				t.Error("nothing can be added to the properties")
			}
			if image.Kind == graphimage.Relationship {
				image.Properties = nil
				head, err := graphimage.DecodeHead(b)
				if diff := cmp.Diff(image, head); diff != "" || err != nil {
					t.Errorf("error %v, head (-want +got):\n%s", err, diff)
				}
				if got := string(graphimage.AppendHead(nil, image)); got != string(b[:len(got)]) {
					t.Errorf("the image does not begin with its head %x", got)
				}
			}
			for n := range b {
				if _, err := graphimage.Decode(image.Kind, b[:n]); !errors.Is(err, graphimage.ErrImage) {
					t.Errorf("the first %d of %d bytes: error %v, want %v", n, len(b), err, graphimage.ErrImage)
				}
			}
			if _, err := graphimage.Decode(image.Kind, append(b, 0)); !errors.Is(err, graphimage.ErrImage) {
				t.Errorf("a byte more: error %v, want %v", err, graphimage.ErrImage)
			}
		})
	}
}

func TestEqualEntitiesHaveEqualBytes(t *testing.T) {
	t.Parallel()
	labels := []string{"d", "b", "a", "c"}
	properties := map[string]any{}
	for i := range 40 {
		properties[fmt.Sprint("p", i)] = int64(i)
	}
	want, err := graphimage.Append(nil, graphimage.Image{Kind: graphimage.Node, Labels: slices.Sorted(slices.Values(labels)), Properties: properties})
	if err != nil {
		t.Fatal(err)
	}
	with := maps.Clone(properties)
	with["gid"], with["version"] = "g", math.NaN()
	for range 20 {
		got, err := graphimage.Append(nil, graphimage.Image{Kind: graphimage.Node, Labels: labels, Properties: with}, "gid", "version")
		if string(got) != string(want) || err != nil {
			t.Fatalf("image %x, error %v, want %x", got, err, want)
		}
	}
	if diff := cmp.Diff([]string{"d", "b", "a", "c"}, labels); diff != "" {
		t.Errorf("the caller's labels were changed:\n%s", diff)
	}
}

// TestDecodedHasBytesOfDriver appends values as the driver makes them, times in the zone of the machine, and as Decode does.
func TestDecodedHasBytesOfDriver(t *testing.T) {
	t.Parallel()
	tokyo := zone(t, "Asia/Tokyo")
	for _, pair := range [][2]any{
		{dbtype.LocalTime(time.Date(0, 0, 0, 23, 59, 59, 7, tokyo)), dbtype.LocalTime(time.Date(0, 1, 1, 23, 59, 59, 7, time.UTC))},
		{dbtype.LocalDateTime(time.Date(-44, 3, 15, 1, 2, 3, 4, tokyo)), dbtype.LocalDateTime(time.Date(-44, 3, 15, 1, 2, 3, 4, time.UTC))},
		{dbtype.Date(time.Date(1969, 12, 30, 1, 2, 3, 4, tokyo)), dbtype.Date(time.Date(1969, 12, 30, 0, 0, 0, 0, time.UTC))},
		{[]any{0.5, math.Copysign(0, -1)}, []float64{0.5, math.Copysign(0, -1)}},
		{[]any{}, []float64{}},
	} {
		if a, b := of(t, pair[0]), of(t, pair[1]); string(a) != string(b) {
			t.Errorf("%v is %x, and %v is %x", pair[0], a, pair[1], b)
		}
	}
}

// of returns the image of a node with one property.
func of(t testing.TB, v any) []byte {
	t.Helper()
	b, err := graphimage.Append(nil, graphimage.Image{Kind: graphimage.Node, Properties: map[string]any{"p": v}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestNoTypeOfProperty(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]any{
		"<nil>":                                nil,
		"uint8":                                uint8(1),
		"int":                                  1,
		"int32":                                int32(1),
		"float32":                              float32(1),
		"map[string]interface {}":              map[string]any{},
		"[]string":                             []string{"a"},
		"dbtype.Node":                          dbtype.Node{},
		"dbtype.Relationship":                  dbtype.Relationship{},
		"dbtype.Path":                          dbtype.Path{},
		"*dbtype.Point2D":                      &dbtype.Point2D{},
		"[]interface {} in a list":             []any{[]any{}},
		"[]uint8 in a list":                    []any{[]byte{}},
		"struct {}":                            []any{1.5, struct{}{}},
		"time.Time in the zone of the machine": time.Date(2024, 1, 1, 0, 0, 0, 0, time.FixedZone("Local", 3600)),
	} {
		for kind := graphimage.Node; kind <= graphimage.Relationship; kind++ {
			_, err := graphimage.Append(nil, graphimage.Image{Kind: kind, Properties: map[string]any{"a": true, "met": v}})
			wrong := (*graphimage.TypeError)(nil)
			if !errors.As(err, &wrong) {
				t.Errorf("%s: error %v, want a TypeError", want, err)
				continue
			}
			if diff := cmp.Diff(&graphimage.TypeError{Property: "met", Type: want}, wrong); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		}
	}
	text := (&graphimage.TypeError{Property: "met", Type: "uint8"}).Error()
	if want := `property "met": found uint8, expected a type of Neo4j's properties`; text != want {
		t.Errorf("error %q, want %q", text, want)
	}
	if _, err := graphimage.Append(nil, graphimage.Image{Kind: graphimage.Node, Properties: map[string]any{"met": &dbtype.InvalidValue{}}}); !errors.Is(err, graphimage.ErrZone) {
		t.Errorf("what the driver could not read: error %v, want %v", err, graphimage.ErrZone)
	}
}

// TestOneForm decodes what Append would have written otherwise, or not at all.
func TestOneForm(t *testing.T) {
	t.Parallel()
	property := func(value ...byte) []byte { return append([]byte{0, 1, 1, 'p'}, value...) }
	zoned := func(name string) []byte { return append(property(13, 0, 0, byte(len(name))), name...) }
	for name, test := range map[string]struct {
		kind  graphimage.Kind
		image []byte
		want  error
	}{
		"nothing":                      {graphimage.Node, nil, graphimage.ErrImage},
		"no kind":                      {0, []byte{0, 0}, graphimage.ErrImage},
		"count of labels that lies":    {graphimage.Node, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0}, graphimage.ErrImage},
		"number longer than needed":    {graphimage.Node, []byte{0x80, 0, 0}, graphimage.ErrImage},
		"number too large":             {graphimage.Node, property(3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2), graphimage.ErrImage},
		"labels out of order":          {graphimage.Node, []byte{2, 1, 'b', 1, 'a', 0}, graphimage.ErrImage},
		"label twice":                  {graphimage.Node, []byte{2, 1, 'a', 1, 'a', 0}, graphimage.ErrImage},
		"properties out of order":      {graphimage.Node, []byte{0, 2, 1, 'b', 1, 1, 'a', 1}, graphimage.ErrImage},
		"property twice":               {graphimage.Node, []byte{0, 2, 1, 'a', 1, 1, 'a', 1}, graphimage.ErrImage},
		"unknown tag 0":                {graphimage.Node, property(0), graphimage.ErrImage},
		"unknown tag":                  {graphimage.Node, property(18), graphimage.ErrImage},
		"list of lists":                {graphimage.Node, property(7, 1, 7, 0), graphimage.ErrImage},
		"list of bytes":                {graphimage.Node, property(7, 1, 6, 0), graphimage.ErrImage},
		"list of floats in long":       {graphimage.Node, property(7, 1, 4, 0, 0, 0, 0, 0, 0, 0, 0), graphimage.ErrImage},
		"floats of nothing":            {graphimage.Node, property(8, 0), graphimage.ErrImage},
		"date that overflows above":    {graphimage.Node, property(9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1), graphimage.ErrImage},
		"date that overflows below":    {graphimage.Node, property(9, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1), graphimage.ErrImage},
		"time of day before it begins": {graphimage.Node, property(11, 1), graphimage.ErrImage},
		"time of the next day":         {graphimage.Node, property(11, 0x80, 0x80, 0xf8, 0x94, 0x92, 0xa5, 0x27), graphimage.ErrImage},
		"nanoseconds below 0":          {graphimage.Node, property(14, 0, 1), graphimage.ErrImage},
		"nanoseconds of a second":      {graphimage.Node, property(14, 0, 0x80, 0xa8, 0xd6, 0xb9, 7), graphimage.ErrImage},
		"point in no system":           {graphimage.Node, append(property(16, 0x80, 0x80, 0x80, 0x80, 0x10), make([]byte, 16)...), graphimage.ErrImage},
		"end of no kind":               {graphimage.Relationship, []byte{0, 2, 0, 0, 0, 0}, graphimage.ErrImage},
		"end with an empty gid":        {graphimage.Relationship, []byte{0, 1, 0, 0, 0, 0}, graphimage.ErrImage},
		"zone of nowhere":              {graphimage.Node, zoned("Mars/Gale"), graphimage.ErrZone},
		"zone out of the table":        {graphimage.Node, zoned("../passwd"), graphimage.ErrZone},
		"zone of the machine":          {graphimage.Node, zoned("Local"), graphimage.ErrImage},
		"zone without a name":          {graphimage.Node, zoned(""), graphimage.ErrImage},
		"zone by its file":             {graphimage.Node, zoned("/etc/localtime"), graphimage.ErrImage},
	} {
		if got, err := graphimage.Decode(test.kind, test.image); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, error %v, want %v", name, got, err, test.want)
		}
	}
	if _, err := graphimage.Decode(graphimage.Node, zoned("Mars/Gale")); err == nil || err.Error() != `property "p": time zone unknown to this machine` {
		t.Errorf("the error does not say which property it is: %v", err)
	}
	if _, err := graphimage.DecodeHead([]byte{1, 'T', 0}); !errors.Is(err, graphimage.ErrImage) {
		t.Errorf("half a head: error %v, want %v", err, graphimage.ErrImage)
	}
}

func TestKindString(t *testing.T) {
	t.Parallel()
	if got := fmt.Sprint(graphimage.Node, " ", graphimage.Relationship); got != "node relationship" {
		t.Errorf("kinds are %q", got)
	}
}

// TestDecodedIsOfItsOwn changes what was decoded, as a reader does that reads the next image into the same buffer.
func TestDecodedIsOfItsOwn(t *testing.T) {
	t.Parallel()
	want := map[string]any{"b": []byte("bytes"), "s": "text", "l": []any{"list"}}
	b, err := graphimage.Append(nil, graphimage.Image{Kind: graphimage.Node, Labels: []string{"Cat"}, Properties: want})
	if err != nil {
		t.Fatal(err)
	}
	got, err := graphimage.Decode(graphimage.Node, b)
	if err != nil {
		t.Fatal(err)
	}
	clear(b)
	if diff := cmp.Diff(graphimage.Image{Kind: graphimage.Node, Labels: []string{"Cat"}, Properties: want}, got); diff != "" {
		t.Errorf("it changed with the bytes (-want +got):\n%s", diff)
	}
}

// TestMemoryOfLies decodes counts of what is not there: they must not cost more than it would.
func TestMemoryOfLies(t *testing.T) {
	const size = 1 << 20
	count := binary.AppendUvarint(nil, size-100)
	for name, head := range map[string][]byte{
		"labels":     count,
		"properties": append([]byte{0}, binary.AppendUvarint(nil, size/4)...),
		"list":       append([]byte{0, 1, 1, 'p', 7}, count...),
		"floats":     append([]byte{0, 1, 1, 'p', 8}, binary.AppendUvarint(nil, size/8-10)...),
		"string":     append([]byte{0, 1, 1, 'p', 5}, count...),
	} {
		b := append(head, make([]byte, size-len(head))...)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := graphimage.Decode(graphimage.Node, b); !errors.Is(err, graphimage.ErrImage) {
			t.Errorf("%s: error %v, want %v", name, err, graphimage.ErrImage)
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 20*size {
			t.Errorf("%s: %d bytes were allocated for %d", name, used, size)
		}
	}
}
