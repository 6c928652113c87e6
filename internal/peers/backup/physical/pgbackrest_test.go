package physical

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/shugo-data/shugo/internal/servertest"
)

// pgBackRest is the other side: its configuration for one cluster and one repository.
type pgBackRest struct {
	program string
	as      *syscall.Credential
	options []string
}

// newPgBackRest makes a repository. It skips where the program is not installed.
func newPgBackRest(b *testing.B, c *servertest.Cluster, socket, repository string) *pgBackRest {
	b.Helper()
	program := os.Getenv("SHUGO_PGBACKREST")
	if program == "" {
		var err error
		if program, err = exec.LookPath("pgbackrest"); err != nil {
			b.Skip("pgBackRest is not installed: SHUGO_PGBACKREST names the program")
		}
	}
	u, err := url.Parse(c.URL)
	if err != nil {
		b.Fatal(err)
	}
	p := &pgBackRest{program: program, options: []string{
		"--config=/dev/null", "--stanza=bench", "--pg1-path=" + c.Data(), "--pg1-port=" + u.Port(), "--pg1-socket-path=" + socket, "--pg1-user=shugo",
		"--repo1-path=" + repository, "--lock-path=" + repository, "--log-path=" + repository, "--log-level-file=off", "--log-level-console=error",
	}}
	info, err := os.Stat(c.Data())
	if err != nil {
		b.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	if int(owner.Uid) != os.Geteuid() {
		p.as = &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}
	}
	if err := os.Chown(repository, int(owner.Uid), int(owner.Gid)); err != nil {
		b.Fatal(err)
	}
	p.run(b, "stanza-create", "--no-online")
	return p
}

// run runs one of its commands.
func (p *pgBackRest) run(b *testing.B, command string, options ...string) {
	b.Helper()
	cmd := exec.Command(p.program, append(append([]string{command}, p.options...), options...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.as}
	cmd.Dir = filepath.Dir(p.program)
	if output, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("pgbackrest %s: %v\n%s", command, err, output)
	}
}

// backup takes a full backup.
func (p *pgBackRest) backup(b *testing.B) {
	b.Helper()
	p.run(b, "backup", "--type=full", "--process-max=2", "--compress-type=zst", "--compress-level=1", "--start-fast",
		"--no-archive-check", "--repo1-retention-full=9")
}

// restore restores the last backup into an empty directory.
func (p *pgBackRest) restore(b *testing.B, into string) {
	b.Helper()
	cmd := append([]string{}, p.options...)
	for i, option := range cmd {
		if len(option) > 11 && option[:11] == "--pg1-path=" {
			cmd[i] = "--pg1-path=" + into
		}
	}
	other := &pgBackRest{program: p.program, as: p.as, options: cmd}
	other.run(b, "restore", "--process-max=2", "--type=none")
}
