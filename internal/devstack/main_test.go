//go:build linux || darwin

package main

import (
	"errors"
	"flag"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseOptions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		want options
		fail string
	}{
		"command":          {args: []string{"go", "test"}, want: options{command: []string{"go", "test"}}},
		"command's flags":  {args: []string{"go", "-print"}, want: options{command: []string{"go", "-print"}}},
		"after two dashes": {args: []string{"--", "-odd"}, want: options{command: []string{"-odd"}}},
		"no neo4j":         {args: []string{"-no-neo4j", "x"}, want: options{noNeo4j: true, command: []string{"x"}}},
		"its synonym":      {args: []string{"--pg-only", "x"}, want: options{noNeo4j: true, command: []string{"x"}}},
		"durable":          {args: []string{"-durable", "x"}, want: options{durable: true, command: []string{"x"}}},
		"print":            {args: []string{"-print"}, want: options{print: true, command: []string{}}},
		"nothing":          {fail: "no command: want one, or -print"},
		"flags alone":      {args: []string{"-no-neo4j"}, fail: "no command: want one, or -print"},
		"print a command":  {args: []string{"-print", "ls"}, fail: `-print takes no command, found "ls"`},
		"unknown flag":     {args: []string{"-fast", "x"}, fail: "flag provided but not defined: -fast"},
		"bad value":        {args: []string{"-print=maybe"}, fail: `invalid boolean value "maybe" for -print: parse error`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parseOptions(test.args)
			if diff := cmp.Diff(test.fail, text(err)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(options{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseOptionsHelp(t *testing.T) {
	t.Parallel()
	if _, err := parseOptions([]string{"-h"}); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("got %v, want flag.ErrHelp", err)
	}
}

func TestOneLine(t *testing.T) {
	t.Parallel()
	if got, want := oneLine("a: b\n1\n2\n"), "a: b\n  1\n  2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := oneLine(" a "), "a"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// text returns an error's text, or nothing.
func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
