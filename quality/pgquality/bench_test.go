package pgquality_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

// BenchmarkIncremental reports the processor time of the server for a suite on 1,000,000 rows: read in full; read again when nothing has
// changed; and after 1 % was appended. The ratio is that of the full reading to it.
func BenchmarkIncremental(b *testing.B) {
	conn, err := pgx.Connect(b.Context(), servertest.Database(b))
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, sql := range strings.SplitAfter(strings.Replace(wideSQL, "generate_series(1, 20000)", "generate_series(1, 1000000)", 1), ";") {
		statement(b, conn, sql)
	}
	statement(b, conn, pgquality.Observer())
	states := &pgquality.MemoryStates{}
	full := meanOf(b, conn, pgquality.Config{Database: conn}, 0)
	spentOnce(b, conn, pgquality.Config{Database: conn, States: states})
	kept, _ := states.Load(b.Context(), "wide")
	b.Run("unchanged", func(b *testing.B) { again(b, conn, kept, full) })
	statement(b, conn, `INSERT INTO wide (content, hash, role, score, n, a, b) SELECT 'あ', md5(i::text), 'user', 0.5, i, 1, 2 FROM generate_series(1, 10000) i`)
	b.Run("appended", func(b *testing.B) { again(b, conn, kept, full) })
}

// again assesses from the same state each time.
func again(b *testing.B, conn *pgx.Conn, kept []byte, full float64) {
	sum := 0.0
	for b.Loop() {
		states := &pgquality.MemoryStates{}
		if err := states.Save(b.Context(), "wide", kept); err != nil {
			b.Fatal(err)
		}
		sum += spentOnce(b, conn, pgquality.Config{Database: conn, States: states})
	}
	b.ReportMetric(1e3*sum/float64(b.N), "server-ms/op")
	b.ReportMetric(full/(sum/float64(b.N)), "ratio")
}

// meanOf returns the mean of some assessments.
func meanOf(b *testing.B, conn *pgx.Conn, config pgquality.Config, sum float64) float64 {
	const times = 5
	for range times {
		sum += spentOnce(b, conn, config)
	}
	return sum / times
}

// spentOnce returns the seconds for which the server's process was on a processor for one assessment.
func spentOnce(b *testing.B, conn *pgx.Conn, config pgquality.Config) float64 {
	b.Helper()
	before := onProcessor(b, conn)
	report, err := assessWide(config)
	if err != nil || report.Rows < 1_000_000 {
		b.Fatalf("%d rows, %v", report.Rows, err)
	}
	return onProcessor(b, conn) - before
}

func assessWide(config pgquality.Config) (quality.Report, error) {
	assessor, err := pgquality.New(config)
	if err != nil {
		return quality.Report{}, err
	}
	return assessor.Assess(context.Background(), wideSuite("wide"))
}

// onProcessor returns for how many seconds the server's process of a connection was on a processor, as Linux counts it.
func onProcessor(b *testing.B, conn *pgx.Conn) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", conn.PgConn().PID()))
	if err != nil {
		b.Skipf("the server of SHUGO_POSTGRES_URL is not on this machine, or this is not Linux: %v", err)
	}
	n, err := strconv.ParseInt(strings.Fields(string(text))[0], 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return float64(n) / 1e9
}
