package pgwal_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgwal"
	"github.com/shugo-data/shugo/internal/servertest"
)

// TestSourceConfig names all problems at once.
func TestSourceConfig(t *testing.T) {
	t.Parallel()
	_, err := pgwal.NewSource(pgwal.SourceConfig{Label: "a\nb", MaxRate: 1, Checksums: "MD5"})
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 4 {
		t.Errorf("error %v, expected four problems", err)
	}
}

// limited is a repository whose writers do something after some chunks.
type limited struct {
	backup.Writer
	after  int
	action func() error
}

func (l *limited) Create(ctx context.Context, name, kind string) (backup.ItemWriter, error) {
	item, err := l.Writer.Create(ctx, name, kind)
	return limitedItem{item, l}, err
}

type limitedItem struct {
	backup.ItemWriter
	in *limited
}

func (l limitedItem) Append(ctx context.Context, c backup.Chunk) error {
	if l.in.after--; l.in.after == 0 {
		if err := l.in.action(); err != nil {
			return err
		}
	}
	return l.ItemWriter.Append(ctx, c)
}

// TestBackupCancelled leaves neither a snapshot nor a backup at work on the server.
func TestBackupCancelled(t *testing.T) {
	t.Parallel()
	live := servertest.NewClusterWith(t, durable())
	s := source(t, live, pgwal.SourceConfig{MaxRate: 8 << 20})
	d := connect(t, live)
	failure := errors.New("the place is on fire")
	for _, after := range []int{1, 4, 12} {
		for name, want := range map[string]error{"cancelled": context.Canceled, "failed": failure} {
			var repository backuptest.Repository
			ctx, cancel := context.WithCancel(context.Background())
			_, err := repository.Write(ctx, "cluster", func(ctx context.Context, w backup.Writer) (backup.Cut, error) {
				return s.Backup(ctx, &limited{w, after, func() error {
					if want == failure {
						return failure
					}
					cancel()
					return nil
				}})
			})
			cancel()
			if !errors.Is(err, want) {
				t.Errorf("%s after %d chunks: error %v", name, after, err)
			}
			if all, err := repository.Snapshots(context.Background()); len(all) != 0 || err != nil {
				t.Errorf("%s after %d chunks: %d snapshots, %v", name, after, len(all), err)
			}
			until(t, "the server gives up the backup", func() bool {
				return query[int](d, `SELECT count(*) FROM pg_stat_progress_basebackup`) == 0 &&
					query[int](d, `SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'walsender'`) == 0
			})
		}
	}
}

// TestBackupWithoutLog is no snapshot while the log is not there.
func TestBackupWithoutLog(t *testing.T) {
	t.Parallel()
	live := servertest.NewClusterWith(t, durable())
	d := connect(t, live)
	failure := errors.New("the log does not come")
	var asked backup.Cut
	s := source(t, live, pgwal.SourceConfig{Await: func(_ context.Context, cut backup.Cut) error {
		if asked = cut; cut.LSN == 1 { // the log has begun
			return nil
		}
		until(t, "no connection is held meanwhile", func() bool {
			return query[int](d, `SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'walsender'`) == 0
		})
		return failure
	}})
	var repository backuptest.Repository
	if _, err := repository.Write(context.Background(), "cluster", s.Backup); !errors.Is(err, failure) || asked.LSN <= 1 {
		t.Errorf("error %v, asked for %+v", err, asked)
	}
	if all, err := repository.Snapshots(context.Background()); len(all) != 0 || err != nil {
		t.Errorf("%d snapshots, %v", len(all), err)
	}
}

// TestBackupBeforeLog begins when the log has: a base that began before it could not be restored.
func TestBackupBeforeLog(t *testing.T) {
	t.Parallel()
	live := servertest.NewClusterWith(t, durable())
	d := connect(t, live)
	var repository backuptest.Repository
	receiver, err := pgwal.NewReceiver(pgwal.ReceiverConfig{Connection: live.URL, Repository: &repository})
	if err != nil {
		t.Fatal(err)
	}
	waits := make(chan struct{}, 2)
	s := source(t, live, pgwal.SourceConfig{Await: func(ctx context.Context, cut backup.Cut) error {
		waits <- struct{}{}
		return receiver.Await(ctx, cut)
	}})
	taken := make(chan backup.Reader)
	go func() { taken <- takeBase(t, &repository, s) }()
	<-waits
	d.exec(`SELECT pg_switch_wal()`)
	d.exec(`CHECKPOINT`)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- receiver.Run(ctx) }()
	r := <-taken
	cancel()
	<-ended
	needs, err := pgwal.Needs(r)
	if err != nil {
		t.Fatal(err)
	}
	name := pgwal.LogName(r.Snapshot().Cut.System, 1)
	all, err := repository.Logs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		if l.Name == name && l.First > needs[name] {
			t.Errorf("the log begins at %s, and the base needs it from %s on", backup.LSN(l.First), backup.LSN(needs[name]))
		}
	}
}

// TestBackupOfAnotherCluster refuses to continue another cluster's snapshots.
func TestBackupOfAnotherCluster(t *testing.T) {
	t.Parallel()
	var repository backuptest.Repository
	first, second := servertest.NewClusterWith(t, durable()), servertest.NewClusterWith(t, durable())
	r := takeBase(t, &repository, source(t, first, pgwal.SourceConfig{}))
	_, err := repository.Write(context.Background(), "cluster", source(t, second, pgwal.SourceConfig{}).Backup)
	mix := (*backup.ClusterError)(nil)
	if !errors.As(err, &mix) || mix.Expected != r.Snapshot().Cut.System || !errors.Is(err, backup.ErrCluster) {
		t.Errorf("error %v", err)
	}
	if all, _ := repository.Snapshots(context.Background()); len(all) != 1 {
		t.Errorf("%d snapshots, expected 1", len(all))
	}
}

// TestBackupDamagedPage finds a page that is wrong on the server.
func TestBackupDamagedPage(t *testing.T) {
	t.Parallel()
	config := durable()
	config.Initdb = []string{"--data-checksums"}
	live := servertest.NewClusterWith(t, config)
	d := connect(t, live)
	d.exec(messageTable)
	d.exec(`INSERT INTO message (text) SELECT repeat('a', 1000) FROM generate_series(1, 1000)`)
	d.exec(`CHECKPOINT`)
	damage(t, live, query[string](d, `SELECT pg_relation_filepath('message')`))
	var repository backuptest.Repository
	if _, err := repository.Write(context.Background(), "cluster", source(t, live, pgwal.SourceConfig{}).Backup); !errors.Is(err, backup.ErrCorrupt) {
		t.Errorf("error %v, expected ErrCorrupt", err)
	}
	takeBase(t, &repository, source(t, live, pgwal.SourceConfig{SkipPages: true}))
}

// TestBackupAgain stores unchanged parts of files as the same chunks, so that a repository keeps them once.
func TestBackupAgain(t *testing.T) {
	t.Parallel()
	live := servertest.NewClusterWith(t, durable())
	d := connect(t, live)
	d.exec(messageTable)
	d.exec(`INSERT INTO message (text) SELECT md5(n::text) || repeat('a', 1000) FROM generate_series(1, 10000) n`)
	var repository backuptest.Repository
	s := source(t, live, pgwal.SourceConfig{Checksums: pgwal.SHA256, Spread: false})
	first := chunks(t, takeBase(t, &repository, s))
	d.exec(`UPDATE message SET text = 'b' WHERE id = 5000`)
	second := chunks(t, takeBase(t, &repository, s))
	var bytes, fresh int
	for chunk := range second {
		bytes += len(chunk)
		if !first[chunk] {
			fresh += len(chunk)
		}
	}
	if fresh > bytes/4 {
		t.Errorf("%d of %d bytes are new after one row has changed", fresh, bytes)
	}
}

// chunks returns the chunks of a snapshot.
func chunks(t testing.TB, r backup.Reader) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, item := range r.Items() {
		for n := range item.Chunks {
			data, err := r.Chunk(context.Background(), item.Name, n)
			if err != nil {
				t.Fatal(err)
			}
			all[string(data)] = true
		}
	}
	return all
}

// TestNeeds keeps the log from where replay begins.
func TestNeeds(t *testing.T) {
	t.Parallel()
	live := servertest.NewClusterWith(t, durable())
	var repository backuptest.Repository
	r := takeBase(t, &repository, source(t, live, pgwal.SourceConfig{}))
	needs, err := pgwal.Needs(r)
	if err != nil {
		t.Fatal(err)
	}
	base, err := pgwal.ReadBase(r)
	if err != nil {
		t.Fatal(err)
	}
	at, found := needs[pgwal.LogName(base.System, 1)]
	if !found || at > uint64(base.Start) || at%base.SegmentSize != 0 || base.Stop != r.Snapshot().Cut.LSN {
		t.Errorf("needs %v of a snapshot from %s to %s", needs, base.Start, base.Stop)
	}
	kinds := []string{}
	for _, item := range r.Items() {
		if !slices.Contains(kinds, item.Kind) {
			kinds = append(kinds, item.Kind)
		}
	}
	slices.Sort(kinds)
	if !slices.Equal(kinds, []string{"file", "files", "manifest"}) {
		t.Errorf("kinds of items: %v", kinds)
	}
}
