package pgwal

import (
	"testing"
	"time"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/replication"
)

// Durable tells the time by the server's clock, whatever that of this host says, and never a later one than is known.
func TestDurableTime(t *testing.T) {
	t.Parallel()
	host := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
	server := func(d time.Duration) time.Time { return host.Add(d - 10*time.Minute) } // ten minutes behind
	for name, test := range map[string]struct {
		do   func(s *state)
		p    progress
		want time.Time
	}{
		"nothing was heard": {func(*state) {}, progress{}, time.Time{}},
		"all is there":      {func(s *state) { s.heard(host, server(0), 100, 100) }, progress{}, server(0)},
		"the server is more": {func(s *state) {
			s.heard(host, server(0), 100, 100)
			s.heard(host.Add(time.Second), server(time.Second), 300, 200)
		}, progress{}, server(0)},
		"seen again, idle": {func(s *state) {
			s.heard(host, server(0), 100, 100)
			s.watched(host.Add(time.Minute), 100, 100, replication.Slot{}, 0)
		}, progress{}, server(time.Minute)},
		"not durable yet": {func(s *state) { s.heard(host.Add(time.Second), server(time.Second), 100, 100) },
			progress{oldest: host.Add(-time.Second), newest: server(-2 * time.Second)}, server(-time.Second)},
		"what is durable tells more": {func(s *state) { s.heard(host, server(0), 300, 200) }, progress{newest: server(-time.Second)}, server(-time.Second)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &state{status: Status{System: "1", Durable: backup.LSN(100)}}
			test.do(s)
			if got := s.whole(test.p); !got.Equal(test.want) {
				t.Errorf("%s, expected %s", got, test.want)
			}
		})
	}
}
