package neoserver

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// ErrElsewhere says that no server can be started on this machine, and what to run.
var ErrElsewhere = errors.New("neoserver: no Neo4j server was set up on this machine: `go run ./internal/devstack go version` does that once")

// setup is what internal/devstack made: the server's libraries, a home that has its password, and the java that runs them.
type setup struct{ dir, java string }

// Check returns nil where New can start a server, and ErrElsewhere where there is no set-up.
func Check() error {
	_, err := find()
	return err
}

// find returns the newest set-up in the cache of internal/devstack.
func find() (setup, error) {
	dir := os.Getenv("SHUGO_DEVSTACK_DIR")
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return setup{}, fmt.Errorf("%w (no cache folder: %w)", ErrElsewhere, err)
		}
		dir = filepath.Join(cache, "shugo", "devstack")
	}
	complete, err := filepath.Glob(filepath.Join(dir, "neo4j-*", "complete.json"))
	if err != nil || len(complete) == 0 {
		return setup{}, ErrElsewhere
	}
	java, err := findJava()
	return setup{dir: filepath.Dir(slices.Max(complete)), java: java}, err
}

// findJava returns the java of JAVA_HOME, or of PATH.
func findJava() (string, error) {
	if home := os.Getenv("JAVA_HOME"); home != "" {
		return exec.LookPath(filepath.Join(home, "bin", "java"))
	}
	java, err := exec.LookPath("java")
	if err != nil {
		return "", fmt.Errorf("neoserver: no java on PATH to run Neo4j with: set JAVA_HOME: %w", err)
	}
	return java, nil
}

// flags open what the server reaches into (java 17 closes it by default).
func (s setup) flags() []string {
	var flags []string
	for _, inner := range []string{"java.nio", "java.io", "sun.nio.ch", "java.util.concurrent"} {
		flags = append(flags, "--add-opens=java.base/"+inner+"=ALL-UNNAMED")
	}
	return append(flags, "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", filepath.Join(s.dir, "lib", "*"))
}
