package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/internal/servertest"
)

// What the account claims is found in it: backups that are none before they are proven, and everything back.
func TestDrill(t *testing.T) {
	t.Parallel()
	servertest.Programs(t)
	address := servertest.Postgres(t)
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"-json"}, func(string) string { return address }, &out, &errs); code != 0 {
		t.Fatalf("exit code %d: %s\n%s", code, &errs, &out)
	}
	var steps []step
	if err := json.Unmarshal(out.Bytes(), &steps); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"NOT A BACKUP", "proven", "messages are gone", "it is gone", "messages", "messages are there, and the search", "the prompt says: です・ます体で"} {
		if i >= len(steps) || !strings.Contains(strings.Join(steps[i].Lines, "\n"), want) {
			t.Errorf("step %d does not say %q: %+v", i, want, steps)
		}
	}
	if proven := strings.Join(steps[1].Lines, "\n"); strings.Contains(proven, "NOT A BACKUP") {
		t.Errorf("after the drills:\n%s", proven)
	}
}

func TestBadUse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no server":          {code: 2, want: "drill: SHUGO_POSTGRES_URL is not set: go run ./internal/devstack -pg-only go run ./examples/drill (usage: drill [-json])\n"},
		"argument":           {args: []string{"now"}, code: 2, want: "drill: unexpected argument \"now\" (usage: drill [-json])\n"},
		"help is no mistake": {args: []string{"-h"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			code := run(t.Context(), test.args, func(string) string { return "" }, &out, &errs)
			if diff := cmp.Diff(test.want, errs.String()); code != test.code || diff != "" {
				t.Errorf("exit code %d, expected %d (-want +got):\n%s", code, test.code, diff)
			}
		})
	}
}
