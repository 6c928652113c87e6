package backup_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/servertest"
)

const dimensions = 1536

// messages makes a database with a table of messages, with an HNSW index if it is to be indexed, and returns its address.
func messages(b *testing.B, count int, indexed bool) string {
	b.Helper()
	address := servertest.Database(b)
	ctx := b.Context()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, `CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE messages (id int8 PRIMARY KEY, chat int4 NOT NULL, role text NOT NULL, body text NOT NULL, meta jsonb NOT NULL, embedding vector(1536))`,
		pgx.QueryExecModeSimpleProtocol); err != nil {
		b.Fatal(err)
	}
	in, out := io.Pipe()
	go func() { out.CloseWithError(write(out, count)) }()
	if _, err := conn.PgConn().CopyFrom(ctx, in, "COPY messages FROM STDIN (FORMAT binary)"); err != nil {
		b.Fatal(err)
	}
	statements := []string{"CREATE INDEX ON messages (chat)", "VACUUM ANALYZE messages", "CHECKPOINT"}
	if indexed {
		statements = append([]string{"ALTER TABLE messages SET (parallel_workers = 2)", "SET maintenance_work_mem = '1GB'",
			"CREATE INDEX ON messages USING hnsw (embedding vector_cosine_ops)", "ALTER TABLE messages RESET (parallel_workers)"}, statements...)
	}
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			b.Fatal(err)
		}
	}
	return address
}

// write writes rows in the form of COPY BINARY.
func write(w io.Writer, count int) error {
	r := rand.New(rand.NewPCG(7, 11))
	words := strings.Fields("先生 宿題 分数 計算 間違い 答え 説明 もう一度 お願いします なるほど 図形 面積 三角形 体積 速さ 割合 比例 方程式 わかりません ありがとう 練習 問題 テスト 明日 昨日 漢字 読み方 英語 単語 文法")
	basis := make([][64]float32, dimensions)
	for i := range basis {
		for k := range basis[i] {
			basis[i][k] = float32(r.NormFloat64())
		}
	}
	row := append([]byte("PGCOPY\n\xff\r\n\x00"), make([]byte, 8)...)
	field := func(data []byte) {
		row = binary.BigEndian.AppendUint32(row, uint32(len(data)))
		row = append(row, data...)
	}
	for id := range count {
		row = binary.BigEndian.AppendUint16(row, 6)
		field(binary.BigEndian.AppendUint64(nil, uint64(id)))
		field(binary.BigEndian.AppendUint32(nil, uint32(id/20)))
		field([]byte([]string{"student", "tutor"}[id%2]))
		var body strings.Builder
		for range 10 + r.IntN(80) {
			body.WriteString(words[r.IntN(len(words))])
		}
		field([]byte(body.String()))
		field(fmt.Appendf([]byte{1}, `{"model": "m-%d", "tokens": %d, "score": %.6f}`, r.IntN(3), r.IntN(2000), r.Float64()))
		field(embedding(r, basis))
		if _, err := w.Write(row); err != nil {
			return err
		}
		row = row[:0]
	}
	_, err := w.Write([]byte{0xff, 0xff})
	return err
}

// embedding returns a vector of unit norm.
func embedding(r *rand.Rand, basis [][64]float32) []byte {
	var latent [64]float32
	for k := range latent {
		latent[k] = float32(r.NormFloat64())
	}
	values := make([]float32, dimensions)
	norm := 0.0
	for i := range values {
		sum := float32(r.NormFloat64())
		for k, l := range latent {
			sum += basis[i][k] * l
		}
		values[i] = sum
		norm += float64(sum) * float64(sum)
	}
	out := binary.BigEndian.AppendUint32(nil, dimensions<<16)
	for _, v := range values {
		out = binary.BigEndian.AppendUint32(out, math.Float32bits(v/float32(math.Sqrt(norm))))
	}
	return out
}
