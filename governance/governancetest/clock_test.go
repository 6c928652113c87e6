package governancetest_test

import (
	"sync"
	"testing"
	"time"

	"github.com/shugo-data/shugo/governance/governancetest"
)

func TestClock(t *testing.T) {
	t.Parallel()
	var clock governancetest.Clock
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	leap := time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC)
	steps := []struct {
		name string
		got  time.Time
		want time.Time
	}{
		{"zero value", clock.Now(), start},
		{"stands still", clock.Now(), start},
		{"advanced", clock.Advance(time.Hour), start.Add(time.Hour)},
		{"stays advanced", clock.Now(), start.Add(time.Hour)},
		{"set", func() time.Time { clock.Set(leap); return clock.Now() }(), leap},
		{"back", clock.Advance(-time.Minute), leap.Add(-time.Minute)},
		{"set to zero", func() time.Time { clock.Set(time.Time{}); return clock.Now() }(), start},
	}
	for _, s := range steps {
		if !s.got.Equal(s.want) {
			t.Errorf("%s: got %s, want %s", s.name, s.got, s.want)
		}
	}
}

func TestClockStep(t *testing.T) {
	t.Parallel()
	clock := governancetest.Clock{Step: time.Second}
	start := clock.Now()
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			for range 100 {
				clock.Now()
			}
		})
	}
	readers.Wait()
	if got, want := clock.Now(), start.Add(801*time.Second); !got.Equal(want) {
		t.Errorf("got %s, want %s: each reading is one step", got, want)
	}
}
