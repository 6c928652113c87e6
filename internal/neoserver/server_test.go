package neoserver_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/internal/neoserver"
	"github.com/shugo-data/shugo/internal/servertest"
)

func TestServer(t *testing.T) {
	t.Parallel()
	servertest.GraphPrograms(t)
	s, err := neoserver.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	driver, err := s.Driver()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = driver.Close(context.Background()) })
	ask(t, driver, `CREATE (:Kept)`)
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := driver.VerifyConnectivity(t.Context()); err == nil {
		t.Error("a killed server answers")
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if kept := ask(t, driver, `MATCH (n:Kept) RETURN count(n)`); kept != int64(1) {
		t.Errorf("%v nodes after a crash, expected the one that was committed", kept)
	}
	if err := s.Destroy(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.Home()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder of a destroyed server: %v", err)
	}
}

// ask returns the first value that a statement returns; nil: none.
func ask(t *testing.T, driver neo4j.DriverWithContext, statement string) any {
	t.Helper()
	result, err := neo4j.ExecuteQuery(t.Context(), driver, statement, nil, neo4j.EagerResultTransformer)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Records) == 0 {
		return nil
	}
	return result.Records[0].Values[0]
}

// A start that nobody waits for any more leaves neither a process nor a folder behind.
func TestCancelled(t *testing.T) {
	servertest.GraphPrograms(t)
	t.Setenv("TMPDIR", t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := neoserver.New(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, expected %v", err, context.Canceled)
	}
	left, err := os.ReadDir(os.TempDir())
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestNoSetup(t *testing.T) {
	t.Setenv("SHUGO_DEVSTACK_DIR", t.TempDir())
	if _, err := neoserver.New(t.Context()); !errors.Is(err, neoserver.ErrElsewhere) {
		t.Errorf("%v, expected %v", err, neoserver.ErrElsewhere)
	}
}
