package quality

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"
)

//go:embed gx.py
var program string

// expectations are Great Expectations in a process of its own.
type expectations struct {
	python string
	format string // the result format: BOOLEAN_ONLY or SUMMARY
}

// newExpectations finds the python that has Great Expectations, or skips.
func newExpectations(tb testing.TB, format string) expectations {
	tb.Helper()
	python := os.Getenv("SHUGO_GX")
	if python == "" {
		tb.Skip("SHUGO_GX is not set: `./venv.sh DIR`, then SHUGO_GX=DIR/bin/python")
	}
	return expectations{python, format}
}

func (e expectations) name() string { return "gx-" + e.format }

func (e expectations) run(ctx context.Context, url string) (report, error) {
	type asked struct {
		Name        string    `json:"name"`
		Expectation string    `json:"expectation"`
		Arguments   arguments `json:"kwargs"`
	}
	var checks []asked
	for _, c := range allChecks() {
		checks = append(checks, asked{c.name, c.expectation, c.arguments})
	}
	input, err := json.Marshal(map[string]any{"table": "conversation_messages", "format": e.format, "checks": checks})
	if err != nil {
		return report{}, err
	}
	command := exec.CommandContext(ctx, e.python, "-W", "ignore", "-c", program)
	command.Env = append(os.Environ(), "DATABASE_URL="+url)
	command.Stdin = bytes.NewReader(input)
	var said bytes.Buffer
	command.Stderr = &said
	output, err := command.Output()
	if err != nil {
		return report{}, fmt.Errorf("great expectations: %w: %s", err, said.Bytes())
	}
	var answer struct {
		Outcomes   map[string]outcome `json:"outcomes"`
		Statements int                `json:"statements"`
		Client     float64            `json:"client_seconds"`
	}
	if err := json.Unmarshal(output, &answer); err != nil {
		return report{}, fmt.Errorf("great expectations: %w", err)
	}
	return report{outcomes: answer.Outcomes, statements: answer.Statements,
		client: time.Duration(answer.Client * float64(time.Second))}, nil
}
