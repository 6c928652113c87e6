package backup_test

import (
	"encoding/json"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
)

// TestStatusText shows what is proven, what is not, and what is broken.
func TestStatusText(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		live, spare := &store{}, threePlaces()
		live.write(2)
		spare.places = spare.places[1:2]
		spare.places[0].Err = backup.ErrUnavailable
		down := threePlaces()
		down.down = errFake
		r := runner(t,
			backup.Job{Source: &source{store: live, name: "postgres"}, Tier: "standard", Repository: threePlaces(), Scratch: &scratch{pattern: destination{took: time.Minute}}},
			backup.Job{Source: &source{store: live, name: "files"}, Tier: "important", Repository: spare},
			backup.Job{Source: &source{store: live, name: "models"}, Tier: "standard", Repository: down},
		)
		must(r.Backup(t.Context(), "postgres"))(t)
		must(r.Backup(t.Context(), "files"))(t)
		must(r.Drill(t.Context(), "postgres"))(t)
		pass(90 * time.Minute)
		status, err := r.Status(t.Context())
		if !errors.Is(err, errFake) || !errors.Is(status.Err(), backup.ErrNotProven) {
			t.Errorf("errors %v, %v", err, status.Err())
		}
		want := `SOURCE    TIER       BACKUP                       LAST POINT            RPO                 RTO                   PLACES        NEXT BACKUP  NEXT DRILL
postgres  standard   proven 2000-01-01 00:01:00Z  2000-01-01 00:00:00Z  1h31m of 24h0m      1m0s of 4h0m          3 of 3 whole  in 22h14m    in 6.2 days
files     important  NOT A BACKUP                 2000-01-01 00:00:00Z  1h31m of 1h0m       not assessed of 2h0m  0 of 1 whole  now          no scratch
models    standard   NOT A BACKUP                 -                     not known of 24h0m  not assessed of 4h0m  0 of 0 whole  -            no scratch
files: rpo: the last recovery point is 1h31m0s old
files: drill: no drill was done, and there is no Scratch for one
files: place: the repository has 1 places of the 2 that tier important promises: missing are local
files, place secondary: place: backup: place unavailable
models: place: the repository does not answer: backup: snapshots of models: fake failure
`
		if diff := cmp.Diff(want, status.String()); diff != "" {
			t.Errorf("text (-want +got):\n%s", diff)
		}
		var again backup.Status
		must(0, json.Unmarshal(must(json.Marshal(status))(t), &again))(t)
		if diff := cmp.Diff(status, again); diff != "" {
			t.Errorf("JSON (-want +got):\n%s", diff)
		}
	})
}

// TestStatusJournaled counts what the journal of its leader brings back of a follower.
func TestStatusJournaled(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		journaled bool
		rpo       time.Duration
	}{"journaled": {true, 0}, "as it was taken": {false, time.Hour}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				live, repository := &store{}, threePlaces()
				s := &stream{store: live, to: repository}
				r := runner(t, backup.Job{Source: &source{store: live, name: "sql"}, Tier: "critical", Repository: repository, Stream: s, Group: "g"},
					backup.Job{Source: &source{store: live, name: "graph"}, Tier: "critical", Repository: repository, Group: "g", Journaled: test.journaled})
				if status := must(r.Status(t.Context()))(t); !status.Sources[1].Unprotected {
					t.Error("protected without a snapshot")
				}
				live.write(1)
				for _, name := range []string{"sql", "graph"} {
					must(r.Backup(t.Context(), name))(t)
				}
				pass(time.Hour)
				live.write(1)
				must(0, s.flush(t.Context()))(t)
				if got := must(r.Status(t.Context()))(t).Sources[1]; got.RPO != test.rpo {
					t.Errorf("RPO %s, want %s", got.RPO, test.rpo)
				}
			})
		})
	}
}

// TestVerify reads each repository once, and remembers.
func TestVerify(t *testing.T) {
	t.Parallel()
	live, repository := &store{}, threePlaces()
	jobs := []backup.Job{
		{Source: &source{store: live, name: "a"}, Tier: "standard", Repository: repository},
		{Source: &source{store: live, name: "b"}, Tier: "standard", Repository: repository},
	}
	must(runner(t, jobs...).Backup(t.Context(), "a"))(t)
	if all := must(runner(t, jobs...).Verify(t.Context()))(t); len(all) != 1 || !all[0].Passed() {
		t.Errorf("%+v", all)
	}
	repository.damage = []backup.Damage{{Place: "disk", Object: "x"}, {Place: "disk", Object: "y", Mended: true}}
	if _, err := runner(t, jobs...).Verify(t.Context()); !errors.Is(err, backup.ErrCorrupt) {
		t.Errorf("error %v", err)
	}
	status := must(runner(t, jobs...).Status(t.Context()))(t)
	if got := status.Sources[0].Verified; got != "1 of 2 objects are damaged or missing" {
		t.Errorf("%q", got)
	}
	count := 0
	for _, s := range status.Sources {
		for _, b := range s.Breaches {
			if b.Kind == backup.BreachVerify {
				count++
			}
		}
	}
	if count != 1 {
		t.Errorf("%d breaches of one repository", count)
	}
}
