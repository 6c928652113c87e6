package main

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/examples/tutor/internal/day"
	"github.com/shugo-data/shugo/internal/servertest"
)

// nowhere is an environment that names no server.
func nowhere(string) string { return "" }

// runTutor runs the program and returns what it printed.
func runTutor(t *testing.T, get func(string) string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e strings.Builder
	code = run(t.Context(), args, get, &o, &e)
	return code, o.String(), e.String()
}

func TestDayInProcess(t *testing.T) {
	t.Parallel()
	code, out, errs := runTutor(t, nowhere)
	if code != 0 || errs != "" {
		t.Fatalf("exit code %d, %s", code, errs)
	}
	for _, want := range []string{
		"refused: not_owner", "refused: no_consent", "refused: purpose", "refused: check", "refused: denied", "refused: no_caller",
		"masked: content, content_embedding, user_id", "masked: email", "learner ＊＊＊＊", "10 calls refused", "9 calls allowed",
		"28 records all", "ra_nuki (high)", "double_respect (high)", "mixed_register", "mojibake (high)", "simplified_chinese (high)",
		"contradicted (",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the account does not say %q", want)
		}
	}
	if strings.Contains(out, "marta") || strings.Contains(out, "@example") {
		t.Error("the account shows an address")
	}
}

func TestDayAsJSON(t *testing.T) {
	t.Parallel()
	code, out, errs := runTutor(t, nowhere, "-json")
	if code != 0 {
		t.Fatalf("exit code %d, %s", code, errs)
	}
	var account day.Account
	if err := json.Unmarshal([]byte(out), &account); err != nil {
		t.Fatal(err)
	}
	if len(account.Steps) != 19 || account.Version != day.Manifest().Version() || len(account.Found) != 8 {
		t.Errorf("%d steps under %s, %d searches", len(account.Steps), account.Version, len(account.Found))
	}
}

// TestBothPlacesTellTheSame plays the day on the servers and in the process; only the first line and the evidence may differ. Afterwards
// the servers are as they were.
func TestBothPlacesTellTheSame(t *testing.T) {
	t.Parallel()
	address := servertest.Database(t)
	graph, user, password := servertest.Neo4j(t)
	environment := map[string]string{
		"SHUGO_POSTGRES_URL": address, "SHUGO_NEO4J_URL": graph, "SHUGO_NEO4J_USER": user, "SHUGO_NEO4J_PASSWORD": password,
	}
	code, onServers, errs := runTutor(t, func(name string) string { return environment[name] })
	if code != 0 {
		t.Fatalf("exit code %d, %s", code, errs)
	}
	_, inProcess, _ := runTutor(t, nowhere)
	_, onServers, _ = strings.Cut(onServers, "\n")
	_, inProcess, _ = strings.Cut(inProcess, "\n")
	onServers, evidence, _ := strings.Cut(onServers, "\nEvidence\n")
	inProcess, none, _ := strings.Cut(inProcess, "\nEvidence\n")
	if strings.Count(evidence, "  holds: ") != 8 || strings.Count(evidence, "\nQuality of ") != 10 || strings.Contains(evidence, "DOES NOT HOLD") || !strings.Contains(none, "not assessed") {
		t.Errorf("evidence on servers:\n%s\nin the process:\n%s", evidence, none)
	}
	if diff := cmp.Diff(inProcess, onServers); diff != "" {
		t.Errorf("in the process (-) and on servers (+):\n%s", diff)
	}
	var schemas int
	sql := `SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'tutor\_%'`
	if err := servertest.Pool(t, address, 1).QueryRow(t.Context(), sql).Scan(&schemas); err != nil || schemas != 0 {
		t.Errorf("%d schemas left behind, %v", schemas, err)
	}
	run := regexp.MustCompile(`tutor_[a-z0-9]+`).FindString(evidence) // the reports of the graph name it
	if run == "" {
		t.Fatal("the account does not name its run")
	}
	if n := nodesLeft(t, graph, user, password, run); n != 0 {
		t.Errorf("%d nodes left behind", n)
	}
}

// nodesLeft counts the nodes of a run: other tests may use the server at the same time.
func nodesLeft(t *testing.T, address, user, password, run string) int64 {
	t.Helper()
	ctx := context.Background()
	driver, err := neo4j.NewDriverWithContext(address, neo4j.BasicAuth(user, password, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer driver.Close(ctx)
	result, err := neo4j.ExecuteQuery(ctx, driver, `MATCH (n) WHERE n.run = $run RETURN count(n) AS n`, map[string]any{"run": run},
		neo4j.EagerResultTransformer)
	if err != nil {
		t.Fatal(err)
	}
	n, _, err := neo4j.GetRecordValue[int64](result.Records[0], "n")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestBadUse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args []string
		env  map[string]string
		code int
		want string
	}{
		"unknown flag":       {args: []string{"-xml"}, code: 2, want: "tutor: flag provided but not defined: -xml (usage: tutor [-json])\n"},
		"argument":           {args: []string{"today"}, code: 2, want: "tutor: unexpected argument \"today\" (usage: tutor [-json])\n"},
		"half the servers":   {env: map[string]string{"SHUGO_POSTGRES_URL": "postgres://x"}, code: 2, want: "tutor: SHUGO_NEO4J_URL is not set, but other servers are named: want all four variables, or none\n"},
		"help is no mistake": {args: []string{"-h"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, _, errs := runTutor(t, func(name string) string { return test.env[name] }, test.args...)
			if code != test.code || errs != test.want {
				t.Errorf("exit code %d, %q; want %d, %q", code, errs, test.code, test.want)
			}
		})
	}
}
