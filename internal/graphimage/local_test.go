package graphimage_test

import (
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j/dbtype"

	"github.com/shugo-data/shugo/internal/graphimage"
)

// inBerlin reports whether the machine's zone is that of Berlin, where clocks are put forward. If not it runs the test in a
// process where it is.
func inBerlin(t *testing.T) bool {
	t.Helper()
	if time.Local.String() == "Europe/Berlin" {
		return true
	}
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	child.Env = append(os.Environ(), "TZ=Europe/Berlin")
	output, err := child.CombinedOutput()
	t.Logf("in Berlin:\n%s", output)
	if err != nil {
		t.Error(err)
	}
	return false
}

// TestLocalDateTime appends what the driver makes of times beside the hours by which clocks are put forward and back.
func TestLocalDateTime(t *testing.T) {
	if !inBerlin(t) {
		return
	}
	for _, test := range []struct {
		time time.Time
		want error
	}{
		{time.Date(2024, 3, 31, 0, 59, 59, 0, time.Local), nil},
		{time.Date(2024, 3, 31, 1, 0, 0, 0, time.Local), graphimage.ErrLocal}, // it may be 02:00, moved back
		{time.Date(2024, 3, 31, 2, 0, 0, 0, time.Local), graphimage.ErrLocal},
		{time.Date(2024, 3, 31, 2, 59, 59, 999_999_999, time.Local), graphimage.ErrLocal},
		{time.Date(2024, 3, 31, 3, 59, 59, 999_999_999, time.Local), graphimage.ErrLocal},
		{time.Date(2024, 3, 31, 4, 0, 0, 0, time.Local), nil},
		{time.Date(2024, 10, 27, 2, 30, 0, 0, time.Local), nil},
		{time.Date(1800, 1, 1, 0, 0, 0, 0, time.Local), nil},
		{time.Date(9999, 7, 1, 0, 0, 0, 0, time.Local), nil},
		{time.Date(2024, 3, 31, 2, 30, 0, 0, time.UTC), nil}, // what Decode returns
	} {
		image := graphimage.Image{Kind: graphimage.Node, Properties: map[string]any{"met": dbtype.LocalDateTime(test.time)}}
		if _, err := graphimage.Append(nil, image); !errors.Is(err, test.want) {
			t.Errorf("%v: error %v, want %v", test.time, err, test.want)
		}
	}
}
