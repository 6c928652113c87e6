// Package neoserver makes Neo4j servers of one's own, from the set-up that internal/devstack keeps in its cache: for tests and
// examples that stop, kill, destroy and restore servers.
package neoserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/internal/child"
)

// User is the name of the account that every server has.
const User = "neo4j"

// Server is a Neo4j server with an empty database, which listens on a free loopback port. It is used by one goroutine.
type Server struct {
	setup    setup
	work     string // a folder of its own
	port     int
	password string
	process  *exec.Cmd     // nil: none runs
	ended    chan struct{} // closed when it has
}

// New makes a server and starts it. Close removes what it made. An error is ErrElsewhere where there is no set-up.
func New(ctx context.Context) (*Server, error) {
	found, err := find()
	if err != nil {
		return nil, err
	}
	s := &Server{setup: found}
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	for attempt := 0; ; attempt++ {
		if err = s.listen(); err == nil {
			err = s.Start(ctx)
		}
		if err == nil {
			return s, nil
		}
		// Somebody else may have taken the port meanwhile.
		text, _ := os.ReadFile(s.log())
		if attempt == 3 || !strings.Contains(string(text), "already in use") {
			return nil, errors.Join(err, s.Close())
		}
		if err := errors.Join(s.Kill(), os.Remove(s.log())); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
}

// prepare makes the server's folder, as it is before the first start.
func (s *Server) prepare() error {
	password, err := os.ReadFile(filepath.Join(s.setup.dir, "password"))
	if err != nil {
		return err
	}
	s.password = string(password)
	if s.work, err = os.MkdirTemp("", "shugo-graph-"); err != nil {
		return err
	}
	return os.CopyFS(s.Home(), os.DirFS(filepath.Join(s.setup.dir, "home")))
}

// listen gives the server another port.
func (s *Server) listen() error {
	port, err := child.FreePort()
	if err != nil {
		return err
	}
	path := filepath.Join(s.Home(), "conf", "neo4j.conf")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	was := s.port // of the set-up 0, which no server can be reached at
	s.port = port
	return os.WriteFile(path, []byte(strings.ReplaceAll(string(text), address(was)+"\n", address(port)+"\n")), 0o600)
}

func address(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }

// URL is the address of the server.
func (s *Server) URL() string { return "bolt://" + address(s.port) }

// Password is that of User.
func (s *Server) Password() string { return s.password }

// Home returns the server's folder.
func (s *Server) Home() string { return filepath.Join(s.work, "home") }

// Driver connects to the server. The caller closes it.
func (s *Server) Driver() (neo4j.DriverWithContext, error) {
	return neo4j.NewDriverWithContext(s.URL(), neo4j.BasicAuth(User, s.password, ""))
}

// Admin returns the command line of neo4j-admin, and the variables that it needs.
func (s *Server) Admin() (command, environment []string) {
	return append(append([]string{s.setup.java}, s.setup.flags()...), "org.neo4j.cli.AdminTool"),
		[]string{"NEO4J_HOME=" + s.Home(), "NEO4J_CONF=" + filepath.Join(s.Home(), "conf")}
}

// Start starts the server and waits until it takes connections, for two minutes at most.
func (s *Server) Start(ctx context.Context) error {
	log, err := os.OpenFile(s.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	// The server outlives the context: it is stopped, not abandoned.
	cmd := exec.Command(s.setup.java, append(s.setup.flags(), "org.neo4j.server.CommunityEntryPoint", "--home-dir="+s.Home(),
		"--config-dir="+filepath.Join(s.Home(), "conf"))...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.Home(), log, log
	cmd.SysProcAttr = child.Deaf()
	if err := cmd.Start(); err != nil {
		return err
	}
	s.process, s.ended = cmd, make(chan struct{})
	go func(ended chan struct{}) {
		_ = cmd.Wait() // it ends with an exit code that says how
		close(ended)
	}(s.ended)
	return s.await(ctx)
}

// await returns when the server takes connections, or has ended.
func (s *Server) await(ctx context.Context) error {
	driver, err := s.Driver()
	if err != nil {
		return err
	}
	defer driver.Close(context.WithoutCancel(ctx))
	within, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for driver.VerifyConnectivity(within) != nil {
		select {
		case <-ticker.C:
		case <-s.ended:
			return s.failure("it ended")
		case <-within.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return s.failure("it takes no connections")
		}
	}
	return nil
}

// failure says that the server does not start, with the end of what it wrote.
func (s *Server) failure(why string) error {
	text, _ := os.ReadFile(s.log())
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return fmt.Errorf("neoserver: the server does not start: %s: %s", why, strings.Join(lines[max(0, len(lines)-20):], "\n"))
}

// Stop ends the server in good order.
func (s *Server) Stop() error { return s.end(syscall.SIGTERM) }

// Kill ends the server as a loss of power does.
func (s *Server) Kill() error { return s.end(syscall.SIGKILL) }

func (s *Server) end(signal syscall.Signal) error {
	if s.process == nil {
		return nil
	}
	if err := s.process.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("neoserver: ending the server: %w", err)
	}
	<-s.ended
	s.process = nil
	return nil
}

// Destroy kills the server and removes its folder.
func (s *Server) Destroy() error { return errors.Join(s.Kill(), os.RemoveAll(s.Home())) }

// Close ends the server and removes all that New made.
func (s *Server) Close() error {
	err := s.Kill()
	if s.work == "" {
		return err
	}
	return errors.Join(err, os.RemoveAll(s.work))
}

func (s *Server) log() string { return filepath.Join(s.work, "log") }
