package servertest

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/internal/neoserver"
)

// Graph is a Neo4j server of one test's own, which the test may stop and start.
type Graph struct {
	// URL is its address; User and Password are its credentials.
	URL, User, Password string

	at *neoserver.Server
}

// NewGraph starts a Neo4j server from the set-up that internal/devstack keeps in its cache. It is removed at the test's end.
func NewGraph(t testing.TB) *Graph {
	t.Helper()
	GraphPrograms(t)
	at, err := neoserver.New(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := at.Close(); err != nil {
			t.Error(err)
		}
	})
	return &Graph{URL: at.URL(), User: neoserver.User, Password: at.Password(), at: at}
}

// GraphPrograms skips a test where no Neo4j server can be started on this machine.
func GraphPrograms(t testing.TB) {
	t.Helper()
	Neo4j(t) // skips where no server is wanted
	err := neoserver.Check()
	if errors.Is(err, neoserver.ErrElsewhere) && os.Getenv("SHUGO_REQUIRE_SERVERS") != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Home returns the server's folder.
func (g *Graph) Home() string { return g.at.Home() }

// Admin returns the command line of neo4j-admin, and the variables that it needs.
func (g *Graph) Admin() (command, environment []string) { return g.at.Admin() }

// Start starts the server and waits until it takes connections.
func (g *Graph) Start(t testing.TB) {
	t.Helper()
	if err := g.at.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// Driver connects to the server until the test's end.
func (g *Graph) Driver(t testing.TB) neo4j.DriverWithContext {
	t.Helper()
	driver, err := g.at.Driver()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = driver.Close(context.Background()) })
	return driver
}

// Stop ends the server in good order.
func (g *Graph) Stop(t testing.TB) {
	t.Helper()
	if err := g.at.Stop(); err != nil {
		t.Error(err)
	}
}

// Kill ends the server as a loss of power does.
func (g *Graph) Kill(t testing.TB) {
	t.Helper()
	if err := g.at.Kill(); err != nil {
		t.Error(err)
	}
}
