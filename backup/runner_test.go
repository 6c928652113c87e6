package backup_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/governance"
)

// TestTierOf takes the strictest tier of several categories.
func TestTierOf(t *testing.T) {
	t.Parallel()
	twice := backup.Tiers()
	twice[0].Categories = []governance.Category{governance.UserData}
	for name, test := range map[string]struct {
		tiers      []backup.Tier
		categories []governance.Category
		want       string
		err        string
	}{
		"real time":     {backup.Tiers(), []governance.Category{governance.ConversationData}, "critical", ""},
		"hourly":        {backup.Tiers(), []governance.Category{governance.LearningContent}, "important", ""},
		"daily":         {backup.Tiers(), []governance.Category{governance.UserData}, "standard", ""},
		"monthly":       {backup.Tiers(), []governance.Category{governance.LegacyMigrationData}, "standard", ""},
		"strictest":     {backup.Tiers(), []governance.Category{governance.UserData, governance.ConversationData, governance.LearningContent}, "critical", ""},
		"in two tiers":  {twice, []governance.Category{governance.UserData}, "critical", ""},
		"unknown":       {backup.Tiers(), []governance.Category{"letters"}, "", `category "letters" is not in the manifest`},
		"no tier":       {backup.Tiers()[:1], []governance.Category{governance.UserData}, "", "no tier takes"},
		"no categories": {backup.Tiers(), nil, "", "none of 0 categories"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tier, err := backup.TierOf(governance.Tutor(), test.tiers, test.categories...)
			if tier.Name != test.want || (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("%q, %v; want %q, %q", tier.Name, err, test.want, test.err)
			}
		})
	}
}

// TestNewProblems returns all problems in one error.
func TestNewProblems(t *testing.T) {
	t.Parallel()
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	repository := threePlaces()
	_, err := backup.New(backup.Config{
		Signer: key, DrillEvery: -1, Tiers: append(backup.Tiers(), backup.Tier{Name: "critical", Every: 2, RPO: 1}),
		Jobs: []backup.Job{
			{Source: &source{name: "a"}, Tier: "critical", Repository: repository},
			{Source: &source{name: "a"}, Tier: "golden", Repository: repository, Witness: &stream{}},
			{Source: &source{name: "B"}, Categories: []governance.Category{"letters"}},
			{},
		},
	})
	for _, want := range []string{
		"*ecdsa.PublicKey", "DrillEvery", `tier "critical" twice`, "RTO is 0s", "cannot keep", "has no place", `jobs[1]: backup: source "a" twice`,
		`no tier "golden"`, "no Stream", "jobs[2]: backup: name of the source", "has no Repository", "letters", "jobs[3]: backup: no Source", "neither",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
	if !errors.Is(err, backup.ErrName) {
		t.Error("a name that is none is not ErrName")
	}
}

// TestRun keeps a source with a stream and one without for four days, with a restart in between.
func TestRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		live, repository, spare := &store{}, threePlaces(), threePlaces()
		live.write(3)
		s := &stream{store: live, to: repository}
		var breaches []backup.Breach
		config := backup.Config{
			Jobs: []backup.Job{
				{Source: &source{store: live, name: "postgres", took: time.Minute}, Tier: "critical", Repository: repository, Stream: s, Witness: s, Scratch: &scratch{pattern: destination{took: time.Minute}}},
				{Source: &source{store: live, name: "files", plain: true}, Tier: "important", Repository: spare, Scratch: &scratch{}},
			},
			DrillEvery: 48 * time.Hour,
			OnBreach:   func(b backup.Breach) { breaches = append(breaches, b) },
		}
		began := time.Now()
		for range 2 {
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- configured(t, config).Run(ctx) }()
			for range 2 * 24 * 12 {
				pass(5 * time.Minute)
				live.write(1)
			}
			stop()
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		pass(2 * time.Second)
		status := must(configured(t, config).Status(t.Context()))(t)
		for i, want := range []struct{ least, most int }{{4, 6}, {96, 108}} {
			got := status.Sources[i]
			if got.Snapshots < want.least || got.Snapshots > want.most {
				t.Errorf("%s: %d snapshots in 4 days, expected %d to %d", got.Source, got.Snapshots, want.least, want.most)
			}
			if !got.Proven || got.Err() != nil || got.RPO > got.RPOPromise {
				t.Errorf("%s: proven %v, RPO %v: %s", got.Source, got.Proven, got.RPO, got.Reason)
			}
		}
		for _, b := range breaches { // until the first backup is proven, there is none
			if b.Seen.Sub(began) > 2*time.Minute {
				t.Errorf("breach %+v", b)
			}
		}
		if got := must(spare.Snapshots(t.Context()))(t); len(got) > 1 {
			for i := range got[1:] {
				if d := got[i+1].Finished.Sub(got[i].Cut.Time); d > time.Hour {
					t.Errorf("snapshot %d was committed %v after the cut before it", i+1, d)
				}
			}
		}
	})
}

// TestRunFailures lets one source fail, one stall and one go on.
func TestRunFailures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		live := &store{}
		live.write(1)
		ctx, stop := context.WithCancel(t.Context())
		attempts := 0
		fails := &source{store: live, name: "fails", fail: func() error { attempts++; return errFake }}
		stalls := &source{store: live, name: "stalls", fail: func() error { <-ctx.Done(); return ctx.Err() }}
		var jobs []backup.Job
		for _, s := range []*source{fails, stalls, {store: live, name: "works", plain: true}} {
			jobs = append(jobs, backup.Job{Source: s, Tier: "important", Repository: threePlaces(), Scratch: &scratch{}})
		}
		told := map[string]int{}
		r := configured(t, backup.Config{Jobs: jobs, OnBreach: func(b backup.Breach) {
			if b.Resolved {
				told["resolved"]++
			}
			told[b.Source+" "+string(b.Kind)]++
		}})
		done := make(chan error)
		go func() { done <- r.Run(ctx) }()
		pass(6 * time.Hour)
		stop()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		want := map[string]int{"fails rpo": 1, "fails drill": 1, "fails backup": 1, "stalls rpo": 1, "stalls drill": 1}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		if attempts < 20 || attempts > 40 { // each quarter of an hour, after a quick start
			t.Errorf("%d attempts in 6 hours", attempts)
		}
	})
}

// TestRunBreaches walks each breach there and back.
func TestRunBreaches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		live, repository := &store{}, threePlaces()
		live.write(1)
		var broken atomic.Bool
		copies := &scratch{}
		var mu sync.Mutex
		var told []string
		r := configured(t, backup.Config{
			Jobs: []backup.Job{{Source: &source{store: live, name: "a", plain: true, fail: func() error {
				if broken.Load() {
					return errFake
				}
				return nil
			}}, Tier: "important",
				Repository: repository, Scratch: copies}},
			DrillEvery: 2 * time.Hour, VerifyEvery: 3 * time.Hour,
			OnBreach: func(b backup.Breach) {
				text := string(b.Kind) + " " + b.Place
				if b.Resolved {
					text += " resolved"
				}
				mu.Lock()
				defer mu.Unlock()
				told = append(told, text)
			},
		})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- r.Run(ctx) }()
		expect := func(what string, wait time.Duration, want ...string) {
			t.Helper()
			pass(wait)
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if diff := cmp.Diff(want, told); diff != "" {
				t.Errorf("%s (-want +got):\n%s", what, diff)
			}
			told = nil
		}
		expect("at first", 30*time.Minute)
		repository.change(func() { repository.places[1].Err = errFake })
		expect("a place is down", 5*time.Minute, "place secondary")
		repository.change(func() { repository.places[1].Err = nil })
		expect("it is up", 5*time.Minute, "place secondary resolved")
		repository.change(func() { repository.down = errFake })
		expect("the repository is down", 5*time.Minute, "place ")
		repository.change(func() { repository.down = nil })
		expect("it is up again", 5*time.Minute, "place  resolved")
		broken.Store(true)
		expect("backups fail", 2*time.Hour, "backup ", "rpo ")
		broken.Store(false)
		expect("they are made", time.Hour, "backup  resolved", "rpo  resolved")
		copies.change(func(d *destination) { d.lose = 1 })
		// The newest snapshot counts no more, and the one before it is too old until there is another.
		expect("a row is lost in the drill", 2*time.Hour, "rpo ", "drill ", "rpo  resolved")
		copies.change(func(d *destination) { d.lose = 0 })
		expect("it is not lost", 2*time.Hour, "drill  resolved")
		copies.change(func(d *destination) { d.took = 3 * time.Hour })
		// A certificate is too old before the drill that follows it has ended.
		expect("drills take too long", 7*time.Hour, "drill ", "rto ", "drill  resolved", "drill ")
		copies.change(func(d *destination) { d.took = 0 })
		expect("they take no time", 7*time.Hour, "drill  resolved", "rto  resolved")
		repository.change(func() { repository.damage = []backup.Damage{{Place: "disk", Object: "a"}} })
		expect("an object is damaged", 4*time.Hour, "verification ")
		repository.change(func() { repository.damage[0].Mended = true })
		expect("it is mended", 4*time.Hour, "verification  resolved")
		stop()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}

// TestBackupCancelled leaves nothing behind, and waits for nobody.
func TestBackupCancelled(t *testing.T) {
	t.Parallel()
	repository := threePlaces()
	ctx, stop := context.WithCancel(t.Context())
	s := &source{store: &store{}, name: "a"}
	s.fail = func() error { stop(); return nil }
	r := runner(t, backup.Job{Source: s, Tier: "standard", Repository: repository})
	if _, err := r.Backup(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if got := must(repository.Snapshots(t.Context()))(t); len(got) > 0 {
		t.Errorf("%d snapshots", len(got))
	}
	if _, err := r.Backup(t.Context(), "b"); !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("an unknown source: %v", err)
	}
}
