package japanese

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/japanese/unidic"
)

// ours returns the rules that the library has: a set of rules that comes to it is added to this list.
func ours() []japanese.Rule {
	return slices.Concat(
		japanese.EncodingRules(),
		japanese.CharacterRules(japanese.KanjiLimit{}),
		japanese.GrammarRules(),
		japanese.StyleRules(),
		japanese.RegisterRules(),
		japanese.KeigoRules(),
		japanese.WordRules(),
		japanese.FuriganaRules(),
	)
}

// work is what the library does with a text, by the name of the side.
type work func(context.Context, *unidic.Analyzer, string) (any, error)

func works() map[string]work {
	rules := ours() // once: some make tables
	return map[string]work{
		"check": func(ctx context.Context, analyzer *unidic.Analyzer, text string) (any, error) {
			return check(ctx, analyzer, rules, text)
		},
		"readability": readability,
	}
}

// check counts the findings of rules, by rule.
func check(ctx context.Context, analyzer *unidic.Analyzer, rules []japanese.Rule, text string) (any, error) {
	d, err := japanese.NewDocument(ctx, text, japanese.Config{Analyzer: analyzer})
	if err != nil {
		return nil, err
	}
	report, err := japanese.Check(ctx, d, rules)
	if err != nil {
		return nil, err
	}
	if len(report.Skipped) > 0 {
		return nil, fmt.Errorf("%d rules were skipped", len(report.Skipped))
	}
	counts := map[string]int{}
	for _, finding := range report.Findings {
		counts[finding.Rule]++
	}
	return counts, nil
}

// readability scores a text.
func readability(ctx context.Context, analyzer *unidic.Analyzer, text string) (any, error) {
	d, err := japanese.NewDocument(ctx, text, japanese.Config{Analyzer: analyzer})
	if err != nil {
		return nil, err
	}
	r, err := japanese.MeasureReadability(ctx, d, japanese.ReadabilityConfig{})
	return r.Score, err
}

// doing names, in the environment of a process, the work that it is to do as a side.
const doing = "SHUGO_PEERS_WORK"

// library is the library in a process of its own, like the peers.
func library(name string) side {
	return side{"shugo-" + name, "", "", func(string) ([]string, string) {
		return []string{"env", doing + "=" + name, "GOMAXPROCS=1", os.Args[0]}, ""
	}}
}

// TestMain makes a side of the process where it was started as one.
func TestMain(m *testing.M) {
	name := os.Getenv(doing)
	if name == "" {
		m.Run()
		return
	}
	if err := serve(works()[name], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve does what the programs of the peers do: see linter.js.
func serve(do work, from io.Reader, to io.Writer) error {
	if do == nil {
		return errors.New("unknown work")
	}
	ctx, began := context.Background(), time.Now()
	analyzer, err := unidic.Load(ctx, unidic.Config{})
	if err != nil {
		return err
	}
	if _, err := do(ctx, analyzer, "本です。"); err != nil {
		return err
	}
	a := answer[any]{Start: clock(began)}
	var warm, measured []string
	for decoder := json.NewDecoder(bufio.NewReader(from)); ; {
		var line input
		if err := decoder.Decode(&line); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		if line.Warm {
			warm = append(warm, line.Text)
		} else {
			measured = append(measured, line.Text)
		}
	}
	var before spent
	for i, text := range slices.Concat(warm, measured) {
		if i == len(warm) {
			before = clock(began)
		}
		result, err := do(ctx, analyzer, text)
		if err != nil {
			return err
		}
		if i >= len(warm) {
			a.Results = append(a.Results, result)
		}
	}
	after := clock(began)
	a.Work = spent{after.CPU - before.CPU, after.Wall - before.Wall}
	if a.Memory, err = peak(); err != nil {
		return err
	}
	return json.NewEncoder(to).Encode(a)
}

// clock returns the CPU time of the process, and how long ago it began.
func clock(began time.Time) spent {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return spent{} // it cannot: the arguments are right
	}
	return spent{time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds(), time.Since(began).Seconds()}
}

// peak returns the most bytes that were resident. Unlike Maxrss, VmHWM does not begin with the memory of the process that started this
// one.
func peak() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	match := regexp.MustCompile(`(?m)^VmHWM:\s+(\d+)`).FindSubmatch(status)
	if match == nil {
		return 0, errors.New("/proc/self/status has no VmHWM")
	}
	kilobytes, err := strconv.ParseFloat(string(match[1]), 64)
	return kilobytes * 1024, err
}
