package servertest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/shugo-data/shugo/internal/child"
)

// The S3 server of tests: Versity's gateway over a directory. It knows conditional writes and object lock.
const (
	gatewayModule  = "github.com/versity/versitygw"
	gatewayVersion = "v1.8.0"
)

// S3 is a server that speaks the S3 API.
type S3 struct {
	Endpoint       string // host:port, plain HTTP
	Access, Secret string // of the account that owns everything
	Region         string // its own
}

// NewS3 starts an S3 server with an empty directory, which ends with the test. The server is built once, in one to three minutes,
// and kept in the user's cache.
func NewS3(t testing.TB) S3 {
	t.Helper()
	program, err := gateway()
	if err != nil {
		text := fmt.Sprintf("no S3 server: %v", err)
		if os.Getenv("SHUGO_REQUIRE_SERVERS") == "1" {
			t.Fatal(text)
		}
		t.Skip(text)
	}
	port, err := child.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	s := S3{Endpoint: fmt.Sprintf("127.0.0.1:%d", port), Access: "tester", Secret: "secret-of-the-tester", Region: "us-east-1"}
	dir := t.TempDir()
	for _, folder := range []string{"data", "versions", "sidecar"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	var log strings.Builder
	command := exec.Command(program, "--port", s.Endpoint, "--quiet", "posix", "--versioning-dir", filepath.Join(dir, "versions"),
		"--sidecar", filepath.Join(dir, "sidecar"), filepath.Join(dir, "data"))
	command.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+s.Access, "ROOT_SECRET_KEY="+s.Secret, "VGW_REGION="+s.Region)
	command.Stdout, command.Stderr = &log, &log
	command.SysProcAttr = child.Attributes(nil)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		command.Process.Kill()
		command.Wait()
		if t.Failed() {
			t.Logf("S3 server: %s", log.String())
		}
	})
	await(t, s.Endpoint)
	return s
}

// gateway returns the program, and builds it if the cache lacks it.
func gateway() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "shugo", "versitygw-"+gatewayVersion)
	program := filepath.Join(folder, "versitygw")
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	lock, err := os.Create(filepath.Join(folder, "lock"))
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil { // one builds, in all processes; the others wait
		return "", err
	}
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	fmt.Fprintf(os.Stderr, "servertest: building %s %s, once; this takes one to three minutes\n", gatewayModule, gatewayVersion)
	draft, err := os.MkdirTemp(folder, "build")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(draft)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "go", "install", gatewayModule+"/cmd/versitygw@"+gatewayVersion)
	command.Dir = draft
	command.Env = append(os.Environ(), "GOBIN="+draft, "GOFLAGS=-mod=mod", "GOWORK=off")
	if out, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go install: %w: %s", err, out)
	}
	return program, os.Rename(filepath.Join(draft, "versitygw"), program)
}

// await returns when somebody listens at an address.
func await(t testing.TB, address string) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for range 1500 {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return
		}
		<-again.C
	}
	t.Fatalf("nobody listens at %s", address)
}
