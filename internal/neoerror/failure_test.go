package neoerror_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/internal/neoerror"
	"github.com/shugo-data/shugo/internal/servertest"
)

const secret = "mika@example.com"

// refusal returns an error of the server that quotes a value.
func refusal(code string) *neo4j.Neo4jError { return &neo4j.Neo4jError{Code: code, Msg: secret} }

// shown returns everything that may be printed of an error.
func shown(t *testing.T, err error) map[string]string {
	t.Helper()
	texts := map[string]string{"Error": err.Error()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%20v"} {
		texts[verb] = fmt.Sprintf(verb, err)
		texts["wrapped "+verb] = fmt.Sprintf(verb, fmt.Errorf("around: %w", err))
		texts["joined "+verb] = fmt.Sprintf(verb, errors.Join(err, io.EOF))
		texts["in a struct "+verb] = fmt.Sprintf(verb, struct{ Err error }{err})
	}
	b, err := json.Marshal(err)
	if err != nil {
		t.Fatal(err)
	}
	texts["JSON"] = string(b)
	return texts
}

func TestFailure(t *testing.T) {
	t.Parallel()
	unique := refusal("Neo.ClientError.Schema.ConstraintValidationFailed")
	lost := &neo4j.ConnectivityError{Inner: errors.New(secret)}
	inner := neoerror.Wrap("inner", unique)
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"of the server":         {unique, "neosource: read: Neo.ClientError.Schema.ConstraintValidationFailed"},
		"of the server, around": {fmt.Errorf(secret+": %w", unique), "neosource: read: Neo.ClientError.Schema.ConstraintValidationFailed"},
		"of the network":        {lost, "neosource: read: server cannot be reached"},
		"canceled":              {fmt.Errorf(secret+": %w", context.Canceled), "neosource: read: context canceled"},
		"too late":              {fmt.Errorf(secret+": %w", context.DeadlineExceeded), "neosource: read: context deadline exceeded"},
		"of anybody":            {errors.New(secret), "neosource: read: *errors.errorString"},
		"a failure":             {inner, "inner: Neo.ClientError.Schema.ConstraintValidationFailed"},
		"a failure, around":     {fmt.Errorf("error %v occurred after previous error %w", unique, inner), "inner: Neo.ClientError.Schema.ConstraintValidationFailed"},
		"failures, joined":      {errors.Join(unique, inner), "inner: Neo.ClientError.Schema.ConstraintValidationFailed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := neoerror.Wrap("neosource: read", test.err)
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
				if diff := cmp.Diff(test.want, fmt.Sprintf(verb, got)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", verb, diff)
				}
			}
			for how, text := range shown(t, got) {
				if strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) {
					t.Errorf("%s shows what the server said: %s", how, text)
				}
			}
			if !errors.Is(got, test.err) {
				t.Error("the cause is not found")
			}
			if f := (*neoerror.Failure)(nil); !errors.As(got, &f) || f.Code != neoerror.Code(test.err) {
				t.Errorf("failure %#v is not found, or its code is not %q", f, neoerror.Code(test.err))
			}
			if again := neoerror.Wrap("other", got); again != got {
				t.Errorf("a failure was wrapped again: %v", again)
			}
		})
	}
	if err := neoerror.Wrap("neosource: read", nil); err != nil {
		t.Errorf("no error became %v", err)
	}
}

func TestClasses(t *testing.T) {
	t.Parallel()
	type classes struct {
		Code          string
		Passing, Lost bool
	}
	for name, test := range map[string]struct {
		err  error
		want classes
	}{
		"nothing":  {nil, classes{}},
		"anything": {io.EOF, classes{}},
		"lost":     {&neo4j.ConnectivityError{Inner: io.EOF}, classes{Lost: true}},
		"deadlock": {refusal("Neo.TransientError.Transaction.DeadlockDetected"),
			classes{Code: "Neo.TransientError.Transaction.DeadlockDetected", Passing: true}},
		"memory": {refusal("Neo.TransientError.General.MemoryPoolOutOfMemoryError"),
			classes{Code: "Neo.TransientError.General.MemoryPoolOutOfMemoryError", Passing: true}},
		"deleted meanwhile": {refusal("Neo.ClientError.Statement.EntityNotFound"),
			classes{Code: "Neo.ClientError.Statement.EntityNotFound", Passing: true}},
		"locks are gone": {refusal("Neo.ClientError.Transaction.LockClientStopped"),
			classes{Code: "Neo.ClientError.Transaction.LockClientStopped", Passing: true}},
		"locks are gone, as older servers say it": {refusal("Neo.TransientError.Transaction.LockClientStopped"),
			classes{Code: "Neo.ClientError.Transaction.LockClientStopped", Passing: true}},
		"terminated": {refusal("Neo.TransientError.Transaction.Terminated"), classes{Code: "Neo.ClientError.Transaction.Terminated"}},
		"unique": {refusal("Neo.ClientError.Schema.ConstraintValidationFailed"),
			classes{Code: "Neo.ClientError.Schema.ConstraintValidationFailed"}},
		"syntax": {refusal("Neo.ClientError.Statement.SyntaxError"), classes{Code: "Neo.ClientError.Statement.SyntaxError"}},
		"broken": {refusal("Neo.DatabaseError.General.UnknownError"), classes{Code: "Neo.DatabaseError.General.UnknownError"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			around := error(nil)
			if test.err != nil {
				unseen := test.err
				if refused, is := unseen.(*neo4j.Neo4jError); is {
					unseen = refusal(refused.Code) // the driver renames codes when they are looked at
				}
				around = fmt.Errorf("around: %w", neoerror.Wrap("read", unseen))
			}
			for _, err := range []error{test.err, around} {
				got := classes{Passing: neoerror.Passing(err), Lost: neoerror.Lost(err), Code: neoerror.Code(err)}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("%v (-want +got):\n%s", err, diff)
				}
			}
		})
	}
}

// TestFailureOfServer violates a constraint, which the server explains with the value that is there already.
func TestFailureOfServer(t *testing.T) {
	t.Parallel()
	url, user, password := servertest.Neo4j(t)
	driver, err := neo4j.NewDriverWithContext(url, neo4j.BasicAuth(user, password, ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { driver.Close(context.Background()) })
	run := func(ctx context.Context, cypher string) error {
		_, err := neo4j.ExecuteQuery(ctx, driver, cypher, map[string]any{"email": secret}, neo4j.EagerResultTransformer)
		return err
	}
	label := "Error" + rand.Text()
	t.Cleanup(func() {
		for _, cypher := range []string{`DROP CONSTRAINT ` + label, `MATCH (n:` + label + `) DELETE n`} {
			if err := run(context.Background(), cypher); err != nil {
				t.Error(neoerror.Wrap("clean up", err))
			}
		}
	})
	for _, cypher := range []string{
		`CREATE CONSTRAINT ` + label + ` FOR (n:` + label + `) REQUIRE n.email IS UNIQUE`,
		`CREATE (:` + label + ` {email: $email})`,
	} {
		if err := run(t.Context(), cypher); err != nil {
			t.Fatal(err)
		}
	}
	err = run(t.Context(), `CREATE (:`+label+` {email: $email})`)
	if err == nil || !strings.Contains(err.Error(), secret) {
		t.Fatalf("the server did not quote the value, so there is nothing to hide: %v", err)
	}
	failure := neoerror.Wrap("journal: put nodes", fmt.Errorf("%s: %w", label, err))
	const want = "journal: put nodes: Neo.ClientError.Schema.ConstraintValidationFailed"
	if diff := cmp.Diff(want, failure.Error()); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	for how, text := range shown(t, failure) {
		if strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) {
			t.Errorf("%s shows what the server said: %s", how, text)
		}
	}
	if refused := (*neo4j.Neo4jError)(nil); !errors.As(failure, &refused) || !strings.Contains(refused.Msg, secret) {
		t.Error("the cause is not found")
	}
	if neoerror.Passing(failure) || neoerror.Lost(failure) {
		t.Errorf("%v is taken for a failure that passes, or of the network", failure)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if failure := neoerror.Wrap("read", run(ctx, `RETURN 1`)); !errors.Is(failure, context.Canceled) || failure.Error() != "read: context canceled" {
		t.Errorf("a context that was ended makes %v", failure)
	}
}

func TestLostServer(t *testing.T) {
	t.Parallel()
	driver, err := neo4j.NewDriverWithContext("bolt://127.0.0.1:1", neo4j.BasicAuth("neo4j", secret, ""))
	if err != nil {
		t.Fatal(err)
	}
	defer driver.Close(t.Context())
	failure := neoerror.Wrap("neosource: connect", driver.VerifyConnectivity(t.Context()))
	const want = "neosource: connect: server cannot be reached"
	if !neoerror.Lost(failure) || failure.Error() != want {
		t.Errorf("failure %v, want %s", failure, want)
	}
}
