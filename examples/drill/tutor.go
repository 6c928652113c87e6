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

// tutor is what is backed up: a cluster of its own, and files.
type tutor struct {
	bin     string
	cluster *pgcluster.Cluster
	files   string

	learner      string // who writes; known when the first message was acknowledged
	mu           sync.Mutex
	acknowledged map[string]time.Time // messages that learners were told are there, and when
}

// open makes the cluster with the tutor's tables and data, and the files.
func open(ctx context.Context, address, work string) (*tutor, error) {
	bin, err := pgcluster.Programs(ctx, address)
	if err != nil {
		return nil, err
	}
	t := &tutor{bin: bin, files: filepath.Join(work, "model"), acknowledged: map[string]time.Time{}}
	t.cluster, err = pgcluster.New(ctx, pgcluster.Config{Bin: bin, Settings: []string{"wal_level=replica", "fsync=on", "max_wal_senders=10"}})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(t.fill(ctx), t.writeFiles()); err != nil {
		return nil, errors.Join(err, t.cluster.Close())
	}
	return t, nil
}

// fill makes the tables and fills them.
//
//shugo:ungoverned sets the example up
func (t *tutor) fill(ctx context.Context) error {
	set, err := data.Load()
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, t.cluster.URL())
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "CREATE EXTENSION vector;"+data.Tables()); err != nil {
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
	return conn.SendBatch(ctx, batch).Close()
}

const insertMessage = `INSERT INTO conversation_messages VALUES ($1, $2, $3, $4, $5, $6::text::vector, $7)`

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

// write has a learner send messages until the server is gone or ctx ends, and returns what ended it. What was acknowledged is
// remembered.
//
//shugo:ungoverned the example is about backups: examples/tutor governs its calls
func (t *tutor) write(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, t.cluster.URL())
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var in string
	if err := conn.QueryRow(ctx, `SELECT id, user_id FROM conversation_sessions ORDER BY id LIMIT 1`).Scan(&in, &t.learner); err != nil {
		return err
	}
	for n := 0; ; n++ {
		id, text := fmt.Sprintf("live-%06d", n), fmt.Sprintf("きのう本を%d冊読みました。", n)
		if _, err := conn.Exec(ctx, insertMessage, id, in, t.learner, string(data.RoleLearner), text, vector(text), time.Now()); err != nil {
			return err
		}
		t.mu.Lock()
		t.acknowledged[id] = time.Now()
		t.mu.Unlock()
	}
}

// since returns how many messages were acknowledged after a moment.
func (t *tutor) since(moment time.Time) (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, at := range t.acknowledged {
		if at.After(moment) {
			n++
		}
	}
	return n
}

// lost returns how many of the messages that were acknowledged after a moment are not in a database, and how long before the end the
// oldest of them was.
//
//shugo:ungoverned compares what was restored
func (t *tutor) lost(ctx context.Context, url string, after, end time.Time) (lost int, age time.Duration, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return 0, 0, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	rows, err := conn.Query(ctx, `SELECT id FROM conversation_messages`)
	if err != nil {
		return 0, 0, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return 0, 0, err
	}
	there := map[string]bool{}
	for _, id := range ids {
		there[id] = true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, at := range t.acknowledged {
		if at.After(after) && !there[id] {
			lost++
			age = max(age, end.Sub(at))
		}
	}
	return lost, age, nil
}

// found returns how many messages a database has, and whether the search by vector finds one by its own text.
//
//shugo:ungoverned asks what was restored
func found(ctx context.Context, url string) (messages int, finds bool, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return 0, false, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	const nearest = `
SELECT (SELECT count(*) FROM conversation_messages),
       (SELECT content FROM conversation_messages ORDER BY content_embedding <=> $1::text::vector LIMIT 1)`
	text := "きのう本を3冊読みました。"
	var content string
	err = conn.QueryRow(ctx, nearest, vector(text)).Scan(&messages, &content)
	return messages, content == text, err
}
