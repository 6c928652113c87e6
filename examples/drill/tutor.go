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
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/examples/internal/data"
	"github.com/shugo-data/shugo/examples/internal/ngram"
	"github.com/shugo-data/shugo/internal/neoserver"
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
	if err := t.live.adopt(ctx); err != nil {
		return err
	}
	return errors.Join(t.fill(ctx, set), t.writeFiles())
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

// graphServer is a Neo4j server with a connection to it.
type graphServer struct {
	*neoserver.Server
	driver neo4j.DriverWithContext
}

// newGraph starts an empty one.
func newGraph(ctx context.Context) (*graphServer, error) {
	server, err := neoserver.New(ctx)
	if err != nil {
		return nil, err
	}
	driver, err := server.Driver()
	if err != nil {
		return nil, errors.Join(err, server.Close())
	}
	return &graphServer{server, driver}, nil
}

func (g *graphServer) close(ctx context.Context) error {
	return errors.Join(g.driver.Close(context.WithoutCancel(ctx)), g.Close())
}

// fill makes the tables, and fills them and the graph.
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
	if err := t.live.pool.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	return t.live.teach(ctx, set)
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

// write has a learner send messages until the server is gone or ctx ends, and returns what ended it. What was acknowledged is
// remembered.
//
//shugo:ungoverned asks who writes
func (t *tutor) write(ctx context.Context) error {
	const first = `SELECT id, user_id FROM conversation_sessions ORDER BY id LIMIT 1`
	if err := t.live.pool.QueryRow(ctx, first).Scan(&t.session, &t.learner); err != nil {
		return err
	}
	for n := 0; ; n++ {
		m := t.message(n)
		if err := t.live.say(ctx, m); err != nil {
			return err
		}
		t.mu.Lock()
		t.acknowledged[m.id] = time.Now()
		t.mu.Unlock()
	}
}

// message is what the learner writes: each shows another word to be known.
func (t *tutor) message(n int) message {
	return message{id: fmt.Sprintf("live-%06d", n), session: t.session, learner: t.learner,
		text: fmt.Sprintf("きのう本を%d冊読みました。", n), item: fmt.Sprintf("word:%d冊", n)}
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
func (t *tutor) lost(ctx context.Context, in *pair, after, end time.Time) (lost int, age time.Duration, err error) {
	rows, err := in.pool.Query(ctx, `SELECT id FROM conversation_messages`)
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
func found(ctx context.Context, in *pair) (messages int, finds bool, err error) {
	const nearest = `
SELECT (SELECT count(*) FROM conversation_messages),
       (SELECT content FROM conversation_messages ORDER BY content_embedding <=> $1::text::vector LIMIT 1)`
	text := "きのう本を3冊読みました。"
	var content string
	err = in.pool.QueryRow(ctx, nearest, vector(text)).Scan(&messages, &content)
	return messages, content == text, err
}
