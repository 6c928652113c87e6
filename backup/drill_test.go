package backup_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
)

// TestDrill proves a backup or says why it is none.
func TestDrill(t *testing.T) {
	t.Parallel()
	bad := backup.Finding{Check: "index is valid"}
	for name, test := range map[string]struct {
		source  source
		pattern destination
		job     func(*backup.Job)
		want    string // of the verdict
		err     error
	}{
		"sound":                 {want: "passed: 2 facts were found again, 0 findings"},
		"a row is lost":         {pattern: destination{lose: 1}, want: `failed: 2 of 2 facts were not found again, the first is "numbers"`, err: backup.ErrNotProven},
		"no facts":              {source: source{silent: true}, want: "has no facts", err: backup.ErrNotFound},
		"restore fails":         {pattern: destination{fail: backup.ErrFull}, want: "failed: restore: backup: no space left", err: backup.ErrFull},
		"index is bad":          {pattern: destination{finding: &bad}, want: `the first is "index is valid"`, err: backup.ErrNotProven},
		"invariant is broken":   {job: invariant(backup.Finding{Check: "sum"}, nil), want: `the first is "sum"`, err: backup.ErrNotProven},
		"invariant holds":       {job: invariant(backup.Finding{Check: "sum", Passed: true}, nil), want: "passed: 2 facts were found again, 1 findings"},
		"invariant cannot look": {job: invariant(backup.Finding{}, errFake), want: "failed: invariant 0: fake failure", err: errFake},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			live, repository, copies := &store{}, threePlaces(), &scratch{pattern: test.pattern}
			live.write(5)
			s := test.source
			s.store, s.name = live, "a"
			job := backup.Job{Source: &s, Tier: "standard", Repository: repository, Scratch: copies}
			if test.job != nil {
				test.job(&job)
			}
			r := runner(t, job)
			must(r.Backup(t.Context(), "a"))(t)
			c, err := r.Drill(t.Context(), "a")
			if !errors.Is(err, test.err) || test.err != nil && !errors.Is(err, backup.ErrNotProven) || !strings.Contains(c.Verdict(), test.want) {
				t.Errorf("%q, %v; want %q, %v", c.Verdict(), err, test.want, test.err)
			}
			if copies.opened != copies.closed {
				t.Errorf("scratch was opened %d times and closed %d times", copies.opened, copies.closed)
			}
			status := must(runner(t, job).Status(t.Context()))(t) // of another Runner
			if proven := status.Sources[0].Proven; proven != (test.err == nil) || errors.Is(status.Err(), backup.ErrNotProven) == proven {
				t.Errorf("proven is %v: %v", proven, status.Err())
			}
		})
	}
}

func invariant(f backup.Finding, err error) func(*backup.Job) {
	return func(j *backup.Job) {
		j.Invariants = []backup.Invariant{func(context.Context, backup.Destination) ([]backup.Finding, error) { return []backup.Finding{f}, err }}
	}
}

// TestDrillWitness waits until the log has what the witness saw, and no longer than it may.
func TestDrillWitness(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		live, repository := &store{}, threePlaces()
		live.write(5)
		s := &stream{store: live, to: repository}
		r := configured(t, backup.Config{DrillWait: time.Minute, Jobs: []backup.Job{{Source: &source{store: live, name: "a"}, Tier: "critical",
			Repository: repository, Stream: s, Witness: s, Scratch: &scratch{pattern: destination{took: time.Minute}}}}})
		must(r.Backup(t.Context(), "a"))(t)
		if err := s.flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		live.write(3)
		_, err := r.Drill(t.Context(), "a")
		if !errors.Is(err, backup.ErrUnreachable) || !errors.Is(err, backup.ErrNotProven) {
			t.Errorf("the stream stands: %v", err)
		}
		done := make(chan error)
		go func() {
			pass(10 * time.Second)
			done <- s.flush(t.Context())
		}()
		c, err := r.Drill(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		want := backup.Certificate{Want: facts(8), Got: facts(8), RTO: time.Minute, Goal: backup.Goal{LSN: 64},
			Logs: []backup.LogRange{{Log: "wal.1.1", From: 40, To: 64}}, Bytes: c.Snapshot.Size + 24}
		got := backup.Certificate{Want: c.Want, Got: c.Got, RTO: c.RTO, Goal: c.Goal, Logs: c.Logs, Bytes: c.Bytes}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if took := c.Finished.Sub(c.Started); took < 70*time.Second || took > 71*time.Second {
			t.Errorf("the drill took %v", took)
		}
		s.set(true)
		live.write(1)
		must(0, s.flush(t.Context()))(t)
		s.set(false)
		live.write(1)
		must(0, s.flush(t.Context()))(t)
		if _, err := r.Drill(t.Context(), "a"); !errors.Is(err, backup.ErrGap) {
			t.Errorf("a gap in the log: %v", err)
		}
	})
}

// TestDrillGroup restores what follows beside what leads, to the same cut.
func TestDrillGroup(t *testing.T) {
	t.Parallel()
	bad := backup.Finding{Check: "every reference resolves"}
	for name, test := range map[string]struct {
		follower destination
		backups  string
		want     []backup.Finding
		err      error
	}{
		"sound": {backups: "graph sql", want: []backup.Finding{{Check: "graph is restored to the cut of sql", Passed: true}}},
		"reference dangles": {follower: destination{finding: &bad}, backups: "graph sql", err: backup.ErrNotProven,
			want: []backup.Finding{{Check: "graph is restored to the cut of sql", Passed: true}, {Check: "graph: every reference resolves"}}},
		"restore fails": {follower: destination{fail: backup.ErrFull}, backups: "graph sql", err: backup.ErrNotProven,
			want: []backup.Finding{{Check: "graph is restored to the cut of sql", Detail: "restore: backup: no space left"}}},
		"no snapshot": {backups: "sql", err: backup.ErrNotProven,
			want: []backup.Finding{{Check: "graph is restored to the cut of sql", Detail: "restore: backup: source graph: no snapshot: backup: goal cannot be reached"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			live, repository := &store{}, threePlaces()
			test.follower.alone = true
			copies := &scratch{pattern: test.follower}
			r := runner(t, backup.Job{Source: &source{store: live, name: "sql"}, Tier: "standard", Repository: repository, Group: "g", Scratch: &scratch{}},
				backup.Job{Source: &source{store: live, name: "graph"}, Tier: "standard", Repository: repository, Group: "g", Scratch: copies},
				backup.Job{Source: &source{store: live, name: "other"}, Tier: "standard", Repository: repository, Scratch: &scratch{}})
			live.write(5)
			for _, name := range strings.Fields(test.backups + " other") {
				must(r.Backup(t.Context(), name))(t)
			}
			c, err := r.Drill(t.Context(), "sql")
			if diff := cmp.Diff(test.want, c.Findings); diff != "" || !errors.Is(err, test.err) {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			if copies.opened != 1 || copies.closed != 1 {
				t.Errorf("the scratch of the follower was opened %d times and closed %d times", copies.opened, copies.closed)
			}
			if test.err == nil {
				for _, alone := range []string{"graph", "other"} {
					if c := must(r.Drill(t.Context(), alone))(t); len(c.Findings) > 0 {
						t.Errorf("%s: %+v", alone, c.Findings)
					}
				}
			}
		})
	}
}

// TestDrillCancelled signs nothing.
func TestDrillCancelled(t *testing.T) {
	t.Parallel()
	live, repository := &store{}, threePlaces()
	live.write(1)
	r := runner(t, backup.Job{Source: &source{store: live, name: "a"}, Tier: "standard", Repository: repository, Scratch: &scratch{}})
	must(r.Backup(t.Context(), "a"))(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := r.Drill(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if got := must(repository.Logs(t.Context()))(t); len(got) > 0 {
		t.Errorf("logs %v", got)
	}
}

// TestCertificatesOfOthers do not count: of another signer, of another snapshot, or too old.
func TestCertificatesOfOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		live := &store{}
		live.write(1)
		job := func(p *placed) backup.Job {
			return backup.Job{Source: &source{store: live, name: "a"}, Tier: "standard", Repository: p, Scratch: &scratch{}}
		}
		first, second := threePlaces(), threePlaces()
		must(runner(t, job(first)).Backup(t.Context(), "a"))(t)
		pass(time.Second)
		must(runner(t, job(second)).Backup(t.Context(), "a"))(t)
		other := signer()
		other = append(other[:0:0], other...)
		seed := make([]byte, 32)
		seed[0] = 1
		stranger := configured(t, backup.Config{Jobs: []backup.Job{job(first)}, Signer: newKey(seed)})
		must(stranger.Drill(t.Context(), "a"))(t)
		proven := func(r *backup.Runner) bool { return must(r.Status(t.Context()))(t).Sources[0].Proven }
		if !proven(stranger) || proven(runner(t, job(first))) {
			t.Error("the certificate of a stranger counts")
		}
		if !proven(configured(t, backup.Config{Jobs: []backup.Job{job(first)}, Trust: publicOf(seed), Signer: other})) {
			t.Error("the certificate of a former signer does not count")
		}
		for e, err := range first.Log(backup.CertificatesLog).Entries(t.Context(), 0) {
			must(0, errors.Join(err, second.Log(backup.CertificatesLog).Append(t.Context(), e)))(t)
		}
		if proven(configured(t, backup.Config{Jobs: []backup.Job{job(second)}, Signer: newKey(seed)})) {
			t.Error("the certificate of another repository counts")
		}
		pass(8 * 24 * time.Hour)
		if proven(stranger) {
			t.Error("an old certificate counts")
		}
	})
}
