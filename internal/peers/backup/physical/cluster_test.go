package physical

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/servertest"
)

const dimensions = 1536

const messageTable = `
CREATE TABLE message (id bigint NOT NULL, text text NOT NULL, embedding vector(1536) NOT NULL)`

// cluster makes the cluster that is backed up. Its socket is where pgBackRest looks for it.
func cluster(b *testing.B) (c *servertest.Cluster, socket string) {
	b.Helper()
	socket = folder(b)
	if err := os.Chmod(socket, 0o777); err != nil {
		b.Fatal(err)
	}
	c = servertest.NewClusterWith(b, servertest.ClusterConfig{
		Initdb: []string{"--data-checksums"},
		Settings: []string{"wal_level=replica", "max_wal_senders=4", "fsync=on", "max_wal_size=8GB", "shared_buffers=256MB",
			"archive_mode=on", "archive_command=true", "unix_socket_directories=" + socket},
	})
	fill(b, c.URL, rows(b))
	return c, socket
}

// rows returns how many messages there are.
func rows(b *testing.B) int {
	text := os.Getenv("SHUGO_ROWS")
	if text == "" {
		return 200_000
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatal("SHUGO_ROWS is not a number")
	}
	return n
}

// folder makes a folder that every account of this machine can read, on the disk of temporary files.
func folder(b testing.TB) string {
	b.Helper()
	dir, err := os.MkdirTemp("", "shugo-physical-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	return dir
}

// fill makes the messages, by the binary format of COPY.
func fill(b *testing.B, url string, count int) {
	b.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, sql := range []string{"CREATE EXTENSION vector", messageTable} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			b.Skipf("the server has no pgvector: %v", err)
		}
	}
	r, w := io.Pipe()
	go func() { w.CloseWithError(messages(w, count)) }()
	if _, err := conn.PgConn().CopyFrom(ctx, r, "COPY message FROM STDIN (FORMAT binary)"); err != nil {
		b.Fatal(err)
	}
	for _, sql := range []string{"VACUUM FREEZE message", "CHECKPOINT"} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			b.Fatal(err)
		}
	}
}

// messages writes rows: embeddings of length 1 around 64 directions, as models make them, and text.
func messages(w io.Writer, count int) error {
	random := rand.New(rand.NewPCG(1, 2))
	var latent [64][dimensions]float64
	for i := range latent {
		for j := range latent[i] {
			latent[i][j] = random.NormFloat64()
		}
	}
	words := []string{"二次方程式", "の", "解き方", "を", "教えて", "ください", "judgement", "は", "プラス", "です", "か", "数学", "英語"}
	buffer := append([]byte("PGCOPY\n\xff\r\n\x00"), make([]byte, 8)...)
	for id := range count {
		text := []byte(nil)
		for range 40 {
			text = append(text, words[random.IntN(len(words))]...)
		}
		buffer = binary.BigEndian.AppendUint16(buffer, 3)
		buffer = binary.BigEndian.AppendUint32(buffer, 8)
		buffer = binary.BigEndian.AppendUint64(buffer, uint64(id))
		buffer = binary.BigEndian.AppendUint32(buffer, uint32(len(text)))
		buffer = append(buffer, text...)
		buffer = binary.BigEndian.AppendUint32(buffer, 4+4*dimensions)
		buffer = binary.BigEndian.AppendUint16(buffer, dimensions)
		buffer = binary.BigEndian.AppendUint16(buffer, 0)
		a, c := &latent[random.IntN(64)], &latent[random.IntN(64)]
		for j := range dimensions {
			noise := float64(random.Uint32())/math.MaxUint32 - 0.5
			buffer = binary.BigEndian.AppendUint32(buffer, math.Float32bits(float32((a[j]+c[j]/2+noise)/50)))
		}
		if len(buffer) > 1<<20 {
			if _, err := w.Write(buffer); err != nil {
				return err
			}
			buffer = buffer[:0]
		}
	}
	_, err := w.Write(binary.BigEndian.AppendUint16(buffer, math.MaxUint16))
	return err
}

// size returns the bytes of the files below a folder, without a cluster's log.
func size(b *testing.B, dir string) int64 {
	b.Helper()
	var total int64
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if e.Name() == "pg_wal" {
				return filepath.SkipDir
			}
			return nil
		}
		info, err := e.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return total
}

func megabytes(n int64) string { return fmt.Sprintf("%d MB", n/1_000_000) }
