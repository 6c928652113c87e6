package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/examples/internal/data"
	"github.com/shugo-data/shugo/examples/internal/ngram"
	"github.com/shugo-data/shugo/internal/pgcluster"
)

// tutor is what is backed up: a cluster and a graph of its own, and files.
type tutor struct {
	bin     string
	cluster *pgcluster.Cluster
	graph   *graphServer
	live    *pair // of the two
	files   string

	learner      string // who writes, in session; known when the first message was acknowledged
	session      string
	mu           sync.Mutex
	acknowledged map[string]time.Time // messages that learners were told are there, and when
}

// open makes the cluster with the tutor's tables and data, the graph, and the files. What was made is closed by close.
func open(ctx context.Context, address, work string) (*tutor, error) {
	bin, err := pgcluster.Programs(ctx, address)
	if err != nil {
		return nil, err
	}
	t := &tutor{bin: bin, files: filepath.Join(work, "model"), acknowledged: map[string]time.Time{}}
	if err := t.start(ctx); err != nil {
		return nil, errors.Join(err, t.close(ctx))
	}
	return t, nil
}

func (t *tutor) start(ctx context.Context) (err error) {
	set, err := data.Load()
	if err != nil {
		return err
	}
	t.cluster, err = pgcluster.New(ctx, pgcluster.Config{Bin: t.bin, Settings: []string{"wal_level=replica", "fsync=on", "max_wal_senders=10"}})
	if err != nil {
		return err
	}
	if t.graph, err = newGraph(ctx); err != nil {
		return err
	}
	if t.live, err = connect(ctx, t.cluster.URL(), t.graph.driver); err != nil {
		return err
	}
	if err := t.fill(ctx, set); err != nil {
		return err
	}
	if err := t.live.adopt(ctx); err != nil {
		return err
	}
	return errors.Join(t.live.teach(ctx, set), t.writeFiles())
}

// close ends what still runs.
func (t *tutor) close(ctx context.Context) (err error) {
	if t.live != nil {
		t.live.pool.Close()
	}
	if t.graph != nil {
		err = t.graph.close(ctx)
	}
	if t.cluster != nil {
		err = errors.Join(err, t.cluster.Close())
	}
	return err
}

// fill makes the tables and fills them.
//
//shugo:ungoverned sets the example up
func (t *tutor) fill(ctx context.Context, set data.Set) error {
	if _, err := t.live.pool.Exec(ctx, "CREATE EXTENSION vector;"+data.Tables()); err != nil {
		return err
	}
	batch := &pgx.Batch{}
	for _, l := range set.Learners {
		batch.Queue(`INSERT INTO users VALUES ($1, $2, $3, $4, $5, $6)`, l.ID, l.Name, l.Email, l.NativeLanguage, string(l.Level), l.Joined.Time)
	}
	for _, c := range set.Conversations {
		batch.Queue(`INSERT INTO conversation_sessions VALUES ($1, $2, $3, $4, $5, $6::text::vector)`,
			c.ID, c.Learner, c.StartedAt, c.Topic, c.Summary, vector(c.Summary))
		for _, m := range c.Messages {
			batch.Queue(insertMessage, m.ID, c.ID, c.Learner, string(m.Role), m.Text, vector(m.Text), m.SentAt)
		}
	}
	return t.live.pool.SendBatch(ctx, batch).Close()
}

// vector returns the embedding of a text as pgvector reads it.
func vector(text string) string {
	var b strings.Builder
	for i, x := range ngram.Embed(text) {
		b.WriteByte("[,"[min(i, 1)])
		b.WriteString(strconv.FormatFloat(float64(x), 'g', -1, 32))
	}
	return b.String() + "]"
}

func (t *tutor) writeFiles() error {
	weights := make([]byte, 8<<20)
	if _, err := rand.Read(weights); err != nil {
		return err
	}
	return errors.Join(os.MkdirAll(filepath.Join(t.files, "prompts"), 0o700),
		os.WriteFile(filepath.Join(t.files, "weights.bin"), weights, 0o600),
		os.WriteFile(filepath.Join(t.files, "prompts", "丁寧.txt"), []byte("です・ます体で説明してください。\n"), 0o600))
}

// digests returns the SHA-256 of each file below a folder.
func digests(folder string) (map[string]string, error) {
	all := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		below, err := filepath.Rel(folder, path)
		all[below] = fmt.Sprintf("%x", sha256.Sum256(text))
		return err
	})
	return all, err
}
