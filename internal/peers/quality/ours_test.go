package quality

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/pgquality"
)

// ours is the library's planner: what the catalog proves is not read, one pass decides the rest, and a key without an index takes a
// statement of its own if the pass could not show it to be unique. It names no failing rows, as the verdicts it is compared with.
type ours struct {
	rowsOnly bool        // the row checks alone: what the pass costs without the two unique keys
	again    *assessment // the same assessor as before, as a host has it that asks every hour; nil: a new one each time
}

// assessment is an assessor that is asked again and again, each time by a connection of its own.
type assessment struct {
	assessor *pgquality.Assessor
	conn     *pgx.Conn
}

// BeginTx implements pgquality.Beginner.
func (a *assessment) BeginTx(ctx context.Context, options pgx.TxOptions) (pgx.Tx, error) {
	return a.conn.BeginTx(ctx, options)
}

// newOurs returns the side of a host that asks again and again. What the first assessment found of a key, the later ones know.
func newOurs(tb testing.TB) ours {
	tb.Helper()
	a := &assessment{}
	var err error
	if a.assessor, err = pgquality.New(pgquality.Config{Database: a}); err != nil {
		tb.Fatal(err)
	}
	return ours{again: a}
}

func (o ours) name() string {
	switch {
	case o.rowsOnly:
		return "shugo-pass"
	case o.again == nil:
		return "shugo-first"
	}
	return "shugo"
}

func (o ours) run(ctx context.Context, url string) (report, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return report{}, err
	}
	sent := &counter{}
	config.Tracer = sent
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return report{}, err
	}
	defer conn.Close(ctx)
	once := o.again
	if once == nil {
		once = &assessment{}
		if once.assessor, err = pgquality.New(pgquality.Config{Database: once}); err != nil {
			return report{}, err
		}
	}
	once.conn = conn
	found, err := once.assessor.Assess(ctx, o.suite())
	if err != nil {
		return report{}, err
	}
	r := report{outcomes: map[string]outcome{}, statements: sent.statements}
	for _, result := range found.Results {
		if result.Verdict == quality.NotAssessed {
			return report{}, fmt.Errorf("%s: %s", result.Check, result.Reason)
		}
		unexpected := result.Unexpected
		x := outcome{Success: result.Verdict == quality.Pass, Unexpected: &unexpected}
		if observed, err := strconv.ParseFloat(strings.TrimSuffix(result.Observed, " rows"), 64); err == nil {
			x.Observed = &observed
		}
		r.outcomes[result.Check] = x
	}
	return r, nil
}

// counter counts statements that the client sends.
type counter struct{ statements int }

// TraceQueryStart implements pgx.QueryTracer.
func (c *counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.statements++
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (c *counter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// suite is the 21 checks in the library's words.
func (o ours) suite() quality.Suite {
	tests := map[string]quality.Test{
		"content present": quality.NotNull{Field: "content"}, "content_hash present": quality.NotNull{Field: "content_hash"},
		"conversation_id present": quality.NotNull{Field: "conversation_id"}, "user_id present": quality.NotNull{Field: "user_id"},
		"created_at present": quality.NotNull{Field: "created_at"},
		"content not empty":  quality.Length{Field: "content", Min: 1}, "content not long": quality.Length{Field: "content", Max: 200},
		"content_hash format":   quality.Match{Field: "content_hash", Pattern: `^[0-9a-f]{32}$`},
		"role known":            quality.In{Field: "role", Values: quality.Texts("user", "assistant", "system")},
		"language known":        quality.In{Field: "language", Values: quality.Texts("ja", "en", "zh", "ko")},
		"jlpt_level known":      quality.In{Field: "jlpt_level", Values: quality.Texts("N1", "N2", "N3", "N4", "N5")},
		"sequence range":        quality.Range{Field: "sequence", Min: 1, Max: 10_000},
		"tokens range":          quality.Range{Field: "tokens", Min: 0, Max: 8192},
		"score range":           quality.Range{Field: "score", Min: 0, Max: 1},
		"updated after created": quality.Compare{A: "updated_at", Is: quality.GreaterEqual, B: "created_at"},
		"rows":                  quality.RowCount{Min: 10_000, Max: 100_000_000},
		"tokens mean":           quality.Statistic{Of: quality.Mean, Field: "tokens", Min: 100, Max: 500},
		"latency_ms deviation":  quality.Statistic{Of: quality.Deviation, Field: "latency_ms", Min: 1, Max: 1000},
		"latency_ms maximum":    quality.Statistic{Of: quality.Maximum, Field: "latency_ms", Min: 1, Max: 30_000},
		"external_id unique":    quality.Unique{Fields: []string{"external_id"}}, "id unique": quality.Unique{Fields: []string{"id"}},
	}
	suite := quality.Suite{Dataset: "conversation_messages", Example: -1}
	checks := allChecks()
	if o.rowsOnly {
		checks = rowChecks()
	}
	for _, c := range checks {
		suite.Checks = append(suite.Checks, quality.Check{Name: c.name, Test: tests[c.name], Threshold: quality.Threshold{Fail: 1}, Reveal: true})
	}
	return suite
}
