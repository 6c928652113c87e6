package neosource_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/neosource"
	"github.com/shugo-data/shugo/internal/servertest"
)

// Test has two graph servers, which take a while to start, and lends them to its subtests one after another.
func Test(t *testing.T) {
	t.Parallel()
	w := &world{live: newGraph(t), scratch: newGraph(t)}
	for _, test := range []struct {
		name string
		run  func(t *testing.T, w *world)
	}{
		{"Source", testSource},
		{"Destination", testDestination},
		{"Hard", testHard},
		{"Past", testPast},
		{"Increment", testIncrement},
		{"Refusals", testRefusals},
		{"Meanwhile", testMeanwhile},
		{"Trim", testTrim},
		{"Sum", testSum},
		{"Discard", testDiscard},
