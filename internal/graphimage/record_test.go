package graphimage_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shugo-data/shugo/internal/graphimage"
)

func records() []graphimage.Record {
	return []graphimage.Record{
		{Kind: graphimage.Node, ID: 7, Image: []byte{0, 0}},
		{Kind: graphimage.Node, ID: math.MinInt64, Image: make([]byte, 1000)},
		{Kind: graphimage.Node, GID: "cat-1", Version: math.MaxInt64, Image: []byte{0, 0}},
		{Kind: graphimage.Node, GID: "猫", Version: -1, Gone: true},
		{Kind: graphimage.Relationship, Image: []byte{1, 'T', 0, 0, 0, 2, 0}},
		{Kind: graphimage.Relationship, GID: "k", Version: 3, Image: []byte{1, 'T', 0, 0, 0, 2, 0}},
		{Kind: graphimage.Relationship, GID: "k", Version: 4, Gone: true, Image: []byte{1, 'T', 0, 0, 0, 2}},
	}
}

func TestRecordsComeBack(t *testing.T) {
	t.Parallel()
	var b []byte
	ends := []int{0}
	for _, r := range records() {
		b = graphimage.AppendRecord(b, r)
		ends = append(ends, len(b))
	}
	var got []graphimage.Record
	for r, err := range graphimage.Records(b) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	if diff := cmp.Diff(records(), got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("came back (-want +got):\n%s", diff)
	}
	for n := range b {
		whole, last := 0, error(nil)
		for _, err := range graphimage.Records(b[:n]) {
			if last = err; err == nil {
				whole++
			}
		}
		at := whole < len(ends) && ends[whole] == n
		if cut := errors.Is(last, graphimage.ErrImage); cut == at || ends[whole] > n {
			t.Errorf("the first %d bytes: %d records, error %v", n, whole, last)
		}
	}
	for range graphimage.Records(b) {
		break // it goes no further
	}
	for range graphimage.Records(nil) {
		t.Error("a record in nothing")
	}
}

func TestNoRecord(t *testing.T) {
	t.Parallel()
	for name, b := range map[string][]byte{
		"unknown flag":                {8, 0, 0},
		"gone though not governed":    {4, 0, 0},
		"governed with no stable id":  {2, 0, 0, 0, 0},
		"image longer than there is":  {0, 0, 2, 0},
		"number longer than needed":   {1, 0x80, 0},
		"relationship without length": {1},
	} {
		n := 0
		for r, err := range graphimage.Records(b) {
			if n++; !errors.Is(err, graphimage.ErrImage) || err.Error() != "record 0: "+graphimage.ErrImage.Error() {
				t.Errorf("%s: %v, error %v", name, r, err)
			}
		}
		if n != 1 {
			t.Errorf("%s: %d answers, want the error alone", name, n)
		}
	}
}
