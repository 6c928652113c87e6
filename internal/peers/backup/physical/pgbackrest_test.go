package physical

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
	p.give(b, repository)
	p.run(b, "stanza-create", "--no-online")
	return p
}

// give gives a folder to the account that the program runs as.
func (p *pgBackRest) give(b *testing.B, folder string) {
	b.Helper()
	if p.as == nil {
		return
	}
	if err := os.Chown(folder, int(p.as.Uid), int(p.as.Gid)); err != nil {
		b.Fatal(err)
	}
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
		"--no-archive-check", "--repo1-retention-full=1")
}

// restore restores the last backup into an empty directory.
func (p *pgBackRest) restore(b *testing.B, into string) {
	b.Helper()
	var options []string
	for _, option := range p.options {
		if !strings.HasPrefix(option, "--pg1-") {
			options = append(options, option)
		}
	}
	other := &pgBackRest{program: p.program, as: p.as, options: append(options, "--pg1-path="+into)}
	other.run(b, "restore", "--process-max=2", "--type=none")
}
