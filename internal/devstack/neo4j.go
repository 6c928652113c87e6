//go:build linux || darwin

package main

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

const neo4jVersion = "5.26.20"

// pom names the artifacts that make a server, the admin tool and the offline checks.
//
//go:embed pom.xml
var pom string

// javaFlags open what the server reaches into (java 17 closes it by default).
func javaFlags() []string {
	var flags []string
	for _, inner := range []string{"java.nio", "java.io", "sun.nio.ch", "java.util.concurrent"} {
		module := "java.base/" + inner
		flags = append(flags, "--add-opens="+module+"=ALL-UNNAMED")
	}
	return append(flags, "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
}

// neo4jSetup is the server's libraries and a home that has its password.
func neo4jSetup(at site, java string) setup {
	return setup{
		name:  "neo4j-" + neo4jVersion + "-v2",
		space: jarSpace,
		make: func(ctx context.Context, dir string) error {
			if err := findMaven(ctx); err != nil {
				return err
			}
			if err := downloadNeo4j(ctx, at, dir); err != nil {
				return err
			}
			return makeHome(ctx, at, java, dir)
		},
	}
}

func downloadNeo4j(ctx context.Context, at site, dir string) (err error) {
	finish := step("downloading Neo4j Community %s, about 130 MB", neo4jVersion)
	defer func() { finish(err) }()
	if err := os.WriteFile(filepath.Join(dir, "pom.xml"), []byte(pom), 0o644); err != nil {
		return err
	}
	// -U: what could not be reached yesterday is asked for again today.
	return tool{dir: dir}.run(ctx, at.reaper, "mvn", "-q", "-B", "-U", "dependency:copy-dependencies",
		"-DoutputDirectory="+filepath.Join(dir, "lib"))
}

// makeHome makes the home folder that every run copies.
func makeHome(ctx context.Context, at site, java, dir string) (err error) {
	finish := step("preparing a Neo4j %s home", neo4jVersion)
	defer func() { finish(err) }()
	password := rand.Text()
	home := filepath.Join(dir, "home")
	conf := filepath.Join(home, "conf")
	if err := os.MkdirAll(conf, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(conf, "neo4j.conf"), []byte(configuration(0)), 0o644); err != nil {
		return err
	}
	in := tool{dir: home, environment: []string{"NEO4J_HOME=" + home, "NEO4J_CONF=" + conf}}
	args := append(javaFlags(), "-cp", filepath.Join(dir, "lib", "*"), "org.neo4j.cli.AdminTool",
		"dbms", "set-initial-password", password)
	if err := in.run(ctx, at.reaper, java, args...); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "password"), []byte(password), 0o600)
}

func configuration(port int) string {
	address := "127.0.0.1:" + strconv.Itoa(port)
	return "server.bolt.listen_address=" + address + "\n" +
		"server.bolt.advertised_address=" + address + "\n" +
		"server.http.enabled=false\n" +
		"server.https.enabled=false\n" +
		"dbms.usage_report.enabled=false\n" +
		"server.memory.pagecache.size=64m\n" +
		"server.memory.heap.max_size=512m\n"
}

// startNeo4j starts a copy of the prepared home and returns its variables. When it does not start because the set-up was
// damaged, it is made again, once.
func startNeo4j(ctx context.Context, at site) (*server, []string, error) {
	java, err := findJava(ctx)
	if err != nil {
		return nil, nil, err
	}
	prepared := neo4jSetup(at, java)
	s, variables, err := tryNeo4j(ctx, at, prepared, java)
	var failed *startError
	if errors.As(err, &failed) && prepared.condemn(filepath.Join(at.cache, prepared.name)) {
		s.stop()
		return tryNeo4j(ctx, at, prepared, java)
	}
	return s, variables, err
}

func tryNeo4j(ctx context.Context, at site, prepared setup, java string) (*server, []string, error) {
	dir, err := prepared.prepare(ctx, at.cache)
	if err != nil {
		return nil, nil, fmt.Errorf("Neo4j: %w", err)
	}
	password, err := os.ReadFile(filepath.Join(dir, "password"))
	if err != nil {
		return nil, nil, fmt.Errorf("Neo4j: %w", err)
	}
	s, port, err := onFreePort(freePort, func(port int) (*server, error) {
		home := filepath.Join(at.run, "neo4j-"+strconv.Itoa(port))
		if err := copyTree(filepath.Join(dir, "home"), home, nil); err != nil {
			return nil, fmt.Errorf("copying the Neo4j home: %w", err)
		}
		conf := filepath.Join(home, "conf")
		if err := os.WriteFile(filepath.Join(conf, "neo4j.conf"), []byte(configuration(port)), 0o600); err != nil {
			return nil, err
		}
		args := append(javaFlags(), "-cp", filepath.Join(dir, "lib", "*"), "org.neo4j.server.CommunityEntryPoint",
			"--home-dir="+home, "--config-dir="+conf)
		cmd := exec.Command(java, args...)
		cmd.Dir = home
		s := &server{
			name: "Neo4j", out: home + ".out", log: filepath.Join(home, "logs", "neo4j.log"), quit: syscall.SIGKILL, cmd: cmd,
		}
		return s, s.start(ctx, at.reaper, nil, "Started.")
	})
	address := "bolt://127.0.0.1:" + strconv.Itoa(port)
	return s, []string{neo4jURL + "=" + address, neo4jUser + "=neo4j", neo4jPassword + "=" + string(password)}, err
}
