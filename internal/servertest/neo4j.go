package servertest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/internal/child"
)

// Graph is a Neo4j server of one test's own, which the test may stop and start.
type Graph struct {
	// URL is its address; User and Password are its credentials.
	URL, User, Password string

	java, lib, home string
	port            int
	server          *exec.Cmd
}

// NewGraph starts a Neo4j server from the set-up that internal/devstack keeps in its cache. It is removed at the test's end.
func NewGraph(t testing.TB) *Graph {
	t.Helper()
	setup := graphSetup(t)
	java, err := exec.LookPath("java")
	if err != nil {
		t.Fatalf("no java on PATH, though a server runs: %v", err)
	}
	password, err := os.ReadFile(filepath.Join(setup, "password"))
	if err != nil {
		t.Fatal(err)
	}
	work, err := os.MkdirTemp("", "shugo-graph-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(work) })
	g := &Graph{User: "neo4j", Password: string(password), java: java, lib: filepath.Join(setup, "lib"), home: filepath.Join(work, "home")}
	if err := os.CopyFS(g.home, os.DirFS(filepath.Join(setup, "home"))); err != nil {
		t.Fatal(err)
	}
	if g.port, err = child.FreePort(); err != nil {
		t.Fatal(err)
	}
	g.URL = fmt.Sprintf("bolt://127.0.0.1:%d", g.port)
	text, err := os.ReadFile(filepath.Join(g.home, "conf", "neo4j.conf"))
	if err != nil {
		t.Fatal(err)
	}
	conf := strings.ReplaceAll(string(text), "127.0.0.1:0", "127.0.0.1:"+strconv.Itoa(g.port))
	if err := os.WriteFile(filepath.Join(g.home, "conf", "neo4j.conf"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Kill(t) })
	g.Start(t)
	return g
}

// graphSetup returns the folder of devstack's newest set-up of Neo4j.
func graphSetup(t testing.TB) string {
	t.Helper()
	Neo4j(t) // skips where no server is wanted
	dir := os.Getenv("SHUGO_DEVSTACK_DIR")
	if dir == "" {
		if cache, err := os.UserCacheDir(); err == nil {
			dir = filepath.Join(cache, "shugo", "devstack")
		}
	}
	found, err := filepath.Glob(filepath.Join(dir, "neo4j-*", "complete.json"))
	if err == nil && len(found) > 0 {
		slices.Sort(found)
		return filepath.Dir(found[len(found)-1])
	}
	const text = "the server of SHUGO_NEO4J_URL was not set up by internal/devstack on this machine: no other can be started from its files"
	if os.Getenv("SHUGO_REQUIRE_SERVERS") == "1" {
		t.Fatal(text)
	}
	t.Skip(text)
	return ""
}

// Home returns the server's folder.
func (g *Graph) Home() string { return g.home }

// Admin returns the command line of neo4j-admin, and the variables that it needs.
func (g *Graph) Admin() (command, environment []string) {
	return append(append([]string{g.java}, g.flags()...), "org.neo4j.cli.AdminTool"),
		[]string{"NEO4J_HOME=" + g.home, "NEO4J_CONF=" + filepath.Join(g.home, "conf")}
}

func (g *Graph) flags() []string {
	var flags []string
	for _, inner := range []string{"java.nio", "java.io", "sun.nio.ch", "java.util.concurrent"} {
		flags = append(flags, "--add-opens=java.base/"+inner+"=ALL-UNNAMED")
	}
	return append(flags, "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", filepath.Join(g.lib, "*"))
}

// Start starts the server and waits until it takes connections.
func (g *Graph) Start(t testing.TB) {
	t.Helper()
	output := &bytes.Buffer{}
	g.server = exec.Command(g.java, append(g.flags(), "org.neo4j.server.CommunityEntryPoint", "--home-dir="+g.home,
		"--config-dir="+filepath.Join(g.home, "conf"))...)
	g.server.Dir, g.server.Stdout, g.server.Stderr = g.home, output, output
	g.server.SysProcAttr = child.Attributes(nil)
	if err := g.server.Start(); err != nil {
		t.Fatal(err)
	}
	driver := g.Driver(t)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := driver.VerifyConnectivity(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the graph server does not start: %v\n%s", err, tail(output.String()))
		case <-ticker.C:
		}
	}
}

// Driver connects to the server until the test's end.
func (g *Graph) Driver(t testing.TB) neo4j.DriverWithContext {
	t.Helper()
	driver, err := neo4j.NewDriverWithContext(g.URL, neo4j.BasicAuth(g.User, g.Password, ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = driver.Close(context.Background()) })
	return driver
}

// Stop ends the server in good order.
func (g *Graph) Stop(t testing.TB) {
	t.Helper()
	g.end(t, syscall.SIGTERM)
}

// Kill ends the server as a loss of power does.
func (g *Graph) Kill(t testing.TB) {
	t.Helper()
	g.end(t, syscall.SIGKILL)
}

func (g *Graph) end(t testing.TB, signal syscall.Signal) {
	t.Helper()
	if g.server == nil {
		return
	}
	if err := g.server.Process.Signal(signal); err != nil {
		t.Errorf("ending the graph server: %v", err)
	}
	_ = g.server.Wait()
	g.server = nil
}
