package japanese

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

//go:embed linter.js
var linter string

//go:embed pipeline.py
var pipeline string

//go:embed scores.py
var scores string

// side is a peer in a process of its own.
type side struct {
	name     string
	variable string // names what runs it; empty: nothing needs to
	install  string // how to come by that
	// command returns the arguments of the process, and its working directory, from the value of the variable.
	command func(value string) (arguments []string, folder string)
}

// textlint finds, in each text, a number of things per rule.
func textlint() side {
	return side{"textlint", "SHUGO_TEXTLINT", "`./node.sh DIR`, then SHUGO_TEXTLINT=DIR", func(value string) ([]string, string) {
		return []string{"node", "--eval", linter}, value
	}}
}

// ginza cuts each text into a number of tokens, and parses it.
func ginza() side {
	return side{"ginza", "SHUGO_GINZA", "`./venv.sh ginza DIR`, then SHUGO_GINZA=DIR/bin/python", func(value string) ([]string, string) {
		return []string{value, "-W", "ignore", "-c", pipeline}, ""
	}}
}

// jreadability gives each text a score.
func jreadability() side {
	return side{"jreadability", "SHUGO_JREADABILITY", "`./venv.sh jreadability DIR`, then SHUGO_JREADABILITY=DIR/bin/python",
		func(value string) ([]string, string) { return []string{value, "-c", scores}, "" }}
}

// input is a text that a side is given.
type input struct {
	Text string `json:"text"`
	Warm bool   `json:"warm,omitempty"` // the clock does not run
}

// answer is what a side says.
type answer[Result any] struct {
	Start   spent    `json:"start"`   // until the first text was done, which loads the dictionary
	Work    spent    `json:"work"`    // for all texts but the warm ones
	Memory  float64  `json:"memory"`  // bytes, resident, at the peak
	Results []Result `json:"results"` // one per text that is not warm
}

// spent is time, in seconds.
type spent struct {
	CPU  float64 `json:"cpu"` // of all threads
	Wall float64 `json:"wall"`
}

// ask runs a side on one CPU. It skips where the side is not installed.
func ask[Result any](tb testing.TB, s side, texts []input) answer[Result] {
	tb.Helper()
	value := os.Getenv(s.variable)
	if value == "" && s.variable != "" {
		tb.Skipf("%s is not set: %s", s.variable, s.install)
	}
	arguments, folder := s.command(value)
	arguments = append(pinned(), arguments...)
	command := exec.CommandContext(context.Background(), arguments[0], arguments[1:]...)
	command.Dir = folder
	command.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1")
	var lines, said bytes.Buffer
	encoder := json.NewEncoder(&lines)
	for _, text := range texts {
		if err := encoder.Encode(text); err != nil {
			tb.Fatal(err)
		}
	}
	command.Stdin, command.Stderr = &lines, &said
	output, err := command.Output()
	if err != nil {
		tb.Fatalf("%s: %v: %s", s.name, err, said.Bytes())
	}
	var a answer[Result]
	if err := json.Unmarshal(output, &a); err != nil {
		tb.Fatalf("%s: %v", s.name, err)
	}
	return a
}

// pinned is how a command begins that is to run on the first CPU that this process may use; nothing where taskset is missing.
func pinned() []string {
	taskset, err := exec.LookPath("taskset")
	if err != nil {
		return nil
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return nil
	}
	_, allowed, found := strings.Cut(string(status), "Cpus_allowed_list:")
	if !found {
		return nil
	}
	allowed = strings.TrimSpace(allowed)
	first := allowed[:len(allowed)-len(strings.TrimLeft(allowed, "0123456789"))]
	return []string{taskset, "-c", first}
}
