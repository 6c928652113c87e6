package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/internal/servertest"
)

// The drill itself ends with an error where something is not back; here its account is compared with what it should tell.
func TestDrill(t *testing.T) {
	t.Parallel()
	servertest.Programs(t)
	servertest.GraphPrograms(t)
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"-json"}, os.Getenv, &out, &errs); code != 0 {
		t.Fatalf("exit code %d: %s\n%s", code, &errs, &out)
	}
	var steps []step
	if err := json.Unmarshal(out.Bytes(), &steps); err != nil {
		t.Fatal(err)
	}
	want := []struct {
		says, not string
	}{
		{"NOT A BACKUP", "proven"}, {"the signature is right", "NOT A BACKUP"}, {"and was mended", ""}, {"messages are deleted", ""},
		{"messages since the mistake", ""}, {"one learner's", ""}, {"learners write 20 messages more", ""}, {"2 files are what they were", ""},
		{"2 of 3 whole", "NOT A BACKUP"},
	}
	if len(steps) != len(want) {
		t.Fatalf("%d steps, expected %d:\n%s", len(steps), len(want), &out)
	}
	for i, w := range want {
		text := strings.Join(steps[i].Lines, "\n")
		if !strings.Contains(text, w.says) || w.not != "" && strings.Contains(text, w.not) {
			t.Errorf("%s: expected %q and not %q in\n%s", steps[i].Title, w.says, w.not, text)
		}
	}
}

func TestBadUse(t *testing.T) {
	t.Parallel()
	const how = "go run ./internal/devstack go run ./examples/drill (usage: drill [-json])\n"
	for name, test := range map[string]struct {
		args []string
		set  map[string]string // variables
		code int
		want string
	}{
		"no server":          {code: 2, want: "drill: SHUGO_POSTGRES_URL is not set: " + how},
		"no graph server":    {set: map[string]string{"SHUGO_POSTGRES_URL": "set"}, code: 2, want: "drill: SHUGO_NEO4J_URL is not set: " + how},
		"argument":           {args: []string{"now"}, code: 2, want: "drill: unexpected argument \"now\" (usage: drill [-json])\n"},
		"help is no mistake": {args: []string{"-h"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			code := run(t.Context(), test.args, func(name string) string { return test.set[name] }, &out, &errs)
			if diff := cmp.Diff(test.want, errs.String()); code != test.code || diff != "" {
				t.Errorf("exit code %d, expected %d (-want +got):\n%s", code, test.code, diff)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ofSQL, ofGraph []string
		want           references
	}{
		"the same":             {[]string{"a", "b"}, []string{"b", "a"}, references{held: 2}},
		"no node":              {[]string{"a", "b"}, []string{"a"}, references{held: 1, dangling: 1}},
		"no row":               {[]string{"a"}, []string{"a", "b"}, references{held: 1, orphans: 1}},
		"past the journal":     {[]string{"a"}, []string{"a", ""}, references{held: 1, orphans: 1}},
		"a node twice":         {[]string{"a"}, []string{"a", "a"}, references{held: 1, orphans: 1}},
		"another in its place": {[]string{"a"}, []string{"b"}, references{dangling: 1, orphans: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := compare(test.ofSQL, test.ofGraph); got != test.want {
				t.Errorf("%+v, expected %+v", got, test.want)
			}
		})
	}
}
