//go:build linux || darwin

package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadEnvironment(t *testing.T) {
	t.Parallel()
	const bolt = "bolt://127.0.0.1:7687"
	tests := map[string]struct {
		env  map[string]string
		want given
		fail string // name of the variable that the error has to begin with
	}{
		"nothing":         {},
		"postgres":        {env: map[string]string{postgresURL: "postgres://u:secret@h:5432/d"}, want: given{postgres: true}},
		"long scheme":     {env: map[string]string{postgresURL: "postgresql://h/d"}, want: given{postgres: true}},
		"a socket":        {env: map[string]string{postgresURL: "postgres:///d?host=/tmp"}, want: given{postgres: true}},
		"neo4j":           {env: map[string]string{neo4jURL: bolt, neo4jUser: "u", neo4jPassword: "secret"}, want: given{neo4j: true}},
		"password alone":  {env: map[string]string{neo4jPassword: "secret"}},
		"no password":     {env: map[string]string{neo4jURL: bolt, neo4jUser: "u"}, fail: neo4jPassword},
		"no user":         {env: map[string]string{neo4jURL: bolt, neo4jPassword: "secret"}, fail: neo4jUser},
		"wrong scheme":    {env: map[string]string{postgresURL: "mysql://u:secret@h/d"}, fail: postgresURL},
		"key and value":   {env: map[string]string{postgresURL: "host=h password=secret"}, fail: postgresURL},
		"no host":         {env: map[string]string{postgresURL: "postgres://:secret@/d"}, fail: postgresURL},
		"port too high":   {env: map[string]string{postgresURL: "postgres://u:secret@h:65536/d"}, fail: postgresURL},
		"port of letters": {env: map[string]string{postgresURL: "postgres://u:secret@h:secret/d"}, fail: postgresURL},
		"control sign":    {env: map[string]string{postgresURL: "postgres://u:secret@h/\x00"}, fail: postgresURL},
		"http":            {env: map[string]string{neo4jURL: "http://u:secret@h:7474"}, fail: neo4jURL},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := readEnvironment(func(name string) string { return test.env[name] })
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(given{})); diff != "" {
				t.Error(diff)
			}
			var exit *exitError
			switch {
			case test.fail == "" && err != nil, test.fail != "" && (!errors.As(err, &exit) || exit.code != 2):
				t.Errorf("got %v, want an error with exit code 2: %t", err, test.fail != "")
			case test.fail != "" && (!strings.Contains(text(err), test.fail) || strings.Contains(text(err), "secret")):
				t.Errorf("%q: want %s in it, and no secret", err, test.fail)
			}
		})
	}
}

func TestExports(t *testing.T) {
	t.Parallel()
	get := func(name string) string {
		return map[string]string{postgresURL: "postgres://u:it's@h/d", neo4jUser: "old"}[name]
	}
	got := exports(get, []string{neo4jURL + "=bolt://127.0.0.1:1", neo4jUser + "=neo4j", neo4jPassword + "=a=b"})
	want := "export SHUGO_POSTGRES_URL='postgres://u:it'\\''s@h/d'\n" +
		"export SHUGO_NEO4J_URL='bolt://127.0.0.1:1'\n" +
		"export SHUGO_NEO4J_USER='neo4j'\n" +
		"export SHUGO_NEO4J_PASSWORD='a=b'\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
