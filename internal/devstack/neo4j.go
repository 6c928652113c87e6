//go:build unix

package main

import (
	"context"
	"crypto/rand"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

const (
	neo4jVersion = "5.26.20"
	oldestJava   = 17
)

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

// findJava returns a java that is new enough, and installs one if there is none and it may.
func findJava(ctx context.Context) (string, error) {
	if java, ok := installedJava(); ok {
		return java, nil
	}
	if err := install(ctx, fmt.Sprintf("Java %d or newer", oldestJava), "openjdk-17-jre-headless"); err != nil {
		return "", fmt.Errorf("%w; or use -no-neo4j", err)
	}
	if java, ok := installedJava(); ok {
		return java, nil
	}
	return "", fmt.Errorf("java is installed, but none of version %d or newer is on PATH: set JAVA_HOME, or use -no-neo4j", oldestJava)
}

func installedJava() (string, bool) {
	candidates := []string{filepath.Join(os.Getenv("JAVA_HOME"), "bin", "java")}
	if java, err := exec.LookPath("java"); err == nil {
		candidates = append(candidates, java)
	}
	found, _ := filepath.Glob("/usr/lib/jvm/*/bin/java") // the pattern is well formed
	for _, java := range append(candidates, found...) {
		output, err := exec.Command(java, "-version").CombinedOutput()
		if err != nil {
			continue
		}
		if major, known := majorVersion(string(output)); known && major >= oldestJava {
			return java, true
		}
	}
	return "", false
}

// prepareNeo4j returns the folder with the server's libraries and a home that has its password.
func prepareNeo4j(ctx context.Context, root string) (java, dir, password string, err error) {
	java, err = findJava(ctx)
	if err != nil {
		return "", "", "", err
	}
	dir, err = prepared(ctx, root, "neo4j-"+neo4jVersion+"-v1", func(ctx context.Context, dir string) error {
		if err := downloadNeo4j(ctx, dir); err != nil {
			return err
		}
		defer step("preparing a Neo4j %s home", neo4jVersion)()
		return makeHome(ctx, java, dir)
	})
	if err != nil {
		return "", "", "", fmt.Errorf("Neo4j: %w", err)
	}
	secret, err := os.ReadFile(filepath.Join(dir, "password"))
	return java, dir, string(secret), err
}

func downloadNeo4j(ctx context.Context, dir string) error {
	if _, err := exec.LookPath("mvn"); err != nil {
		if err := install(ctx, "Maven", "maven"); err != nil {
			return fmt.Errorf("%w; or use -no-neo4j", err)
		}
	}
	defer step("downloading Neo4j Community %s, about 130 MB", neo4jVersion)()
	if err := os.WriteFile(filepath.Join(dir, "pom.xml"), []byte(pom), 0o644); err != nil {
		return err
	}
	return tool(ctx, nil, dir, "", nil, "mvn", "-q", "-B", "dependency:copy-dependencies",
		"-DoutputDirectory="+filepath.Join(dir, "lib"))
}

// makeHome makes the home folder that every run copies.
func makeHome(ctx context.Context, java, dir string) error {
	password := rand.Text()
	home := filepath.Join(dir, "home")
	if err := os.MkdirAll(filepath.Join(home, "conf"), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(home, "conf", "neo4j.conf"), []byte(configuration(0)), 0o644); err != nil {
		return err
	}
	environment := []string{"NEO4J_HOME=" + home, "NEO4J_CONF=" + filepath.Join(home, "conf")}
	args := append(javaFlags(), "-cp", filepath.Join(dir, "lib", "*"), "org.neo4j.cli.AdminTool",
		"dbms", "set-initial-password", password)
	if err := tool(ctx, nil, home, "", environment, java, args...); err != nil {
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

// startNeo4j starts a copy of the home and returns its address and password.
func startNeo4j(ctx context.Context, r *reaper, root, run string) (s *server, address, password string, err error) {
	java, dir, password, err := prepareNeo4j(ctx, root)
	if err != nil {
		return nil, "", "", err
	}
	s, port, err := onFreePort(func(port int) (*server, error) {
		home := filepath.Join(run, "neo4j-"+strconv.Itoa(port))
		if err := copyTree(filepath.Join(dir, "home"), home, nil); err != nil {
			return nil, fmt.Errorf("copying the Neo4j home: %w", err)
		}
		if err := os.WriteFile(filepath.Join(home, "conf", "neo4j.conf"), []byte(configuration(port)), 0o600); err != nil {
			return nil, err
		}
		args := append(javaFlags(), "-cp", filepath.Join(dir, "lib", "*"), "org.neo4j.server.CommunityEntryPoint",
			"--home-dir="+home, "--config-dir="+filepath.Join(home, "conf"))
		cmd := exec.Command(java, args...)
		cmd.Dir = home
		s := &server{
			name: "Neo4j", out: home + ".out", log: filepath.Join(home, "logs", "neo4j.log"), quit: syscall.SIGKILL, cmd: cmd,
		}
		return s, s.start(ctx, r, nil, "Started.")
	})
	return s, "bolt://127.0.0.1:" + strconv.Itoa(port), password, err
}
