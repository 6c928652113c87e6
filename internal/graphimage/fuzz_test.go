package graphimage_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/internal/graphimage"
)

// FuzzDecode decodes any bytes: what is an image is what Append writes for it.
func FuzzDecode(f *testing.F) {
	for _, v := range values(f) {
		if b := of(f, v.value); len(b) < 1000 {
			f.Add(int16(graphimage.Node), b)
			f.Add(int16(graphimage.Relationship), append([]byte{1, 'T', 0, 8, 1, 1, 'b'}, b[1:]...))
		}
	}
	f.Add(int16(0), []byte{})
	f.Add(int16(graphimage.Node), []byte{0x80, 0})
	f.Fuzz(func(t *testing.T, kind int16, b []byte) {
		if head, err := graphimage.DecodeHead(b); err == nil {
			if again := graphimage.AppendHead(nil, head); len(again) > len(b) || string(again) != string(b[:len(again)]) {
				t.Errorf("head of %x is written as %x", b, again)
			}
		}
		image, err := graphimage.Decode(graphimage.Kind(kind), b)
		if err != nil {
			if !errors.Is(err, graphimage.ErrImage) && !errors.Is(err, graphimage.ErrZone) {
				t.Errorf("error %v is of no class", err)
			}
			return
		}
		if again, err := graphimage.Append(nil, image); err != nil || string(again) != string(b) {
			t.Errorf("image %x is written as %x, %v", b, again, err)
		}
	})
}

// FuzzRecords reads any bytes: records are what AppendRecord writes for them.
func FuzzRecords(f *testing.F) {
	var all []byte
	for _, r := range records() {
		b := graphimage.AppendRecord(nil, r)
		f.Add(b)
		all = append(all, b...)
	}
	f.Add(all)
	f.Fuzz(func(t *testing.T, b []byte) {
		var again []byte
		for r, err := range graphimage.Records(b) {
			if err != nil {
				if !errors.Is(err, graphimage.ErrImage) {
					t.Errorf("error %v is of no class", err)
				}
				break
			}
			again = graphimage.AppendRecord(again, r)
		}
		if len(again) > len(b) || string(again) != string(b[:len(again)]) {
			t.Errorf("records %x are written as %x", b, again)
		}
	})
}

// FuzzRoundTrip encodes what no table thinks of.
func FuzzRoundTrip(f *testing.F) {
	f.Add("", "", []byte{}, int64(0), uint64(0))
	f.Add("名", "\xff\x00", []byte{0}, int64(math.MinInt64), math.Float64bits(math.Copysign(0, -1)))
	f.Add("gid", "守護", []byte("x"), int64(math.MaxInt64), uint64(0x7ff0_0000_0000_0001))
	f.Fuzz(func(t *testing.T, name, text string, bytes []byte, integer int64, bits uint64) {
		float := math.Float64frombits(bits)
		image := graphimage.Image{Kind: graphimage.Relationship, Type: name, From: graphimage.End{GID: text}, To: graphimage.End{ID: integer},
			Properties: map[string]any{name: float, name + "s": text, name + "b": append([]byte{}, bytes...), name + "i": integer,
				name + "l": []any{float, float}, name + "m": []any{text, text}}}
		b, err := graphimage.Append(nil, image)
		if err != nil {
			t.Fatal(err)
		}
		got, err := graphimage.Decode(graphimage.Relationship, b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(image, asDriver(got), exactly()); diff != "" {
			t.Errorf("came back otherwise (-want +got):\n%s", diff)
		}
	})
}
