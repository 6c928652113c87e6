package pgsource_test

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/pgsource"
	"github.com/shugo-data/shugo/internal/servertest"
)

// A pooler gives out numbers of processes of its own, by which it is known.
func TestPooler(t *testing.T) {
	t.Parallel()
	address := servertest.Proxy(t, servertest.Database(t), relay)
	var repository backuptest.Repository
	s := source(t, pgsource.Config{URL: address})
	if _, err := repository.Write(t.Context(), s.Name(), s.Backup); err == nil || !strings.Contains(err.Error(), "pooler") {
		t.Errorf("backup: %v", err)
	}
	r := backedUp(t, &repository, pgsource.Config{URL: made(t, "CREATE TABLE a (b int)")})
	if err := database(t, pgsource.DatabaseConfig{URL: address}).Restore(t.Context(), r, backup.Goal{}); err == nil || !strings.Contains(err.Error(), "pooler") {
		t.Errorf("restore: %v", err)
	}
}

// relay is a proxy that changes the number of the process in what the server says first.
func relay(client net.Conn, address string) {
	server, err := net.Dial("tcp", address)
	if err != nil {
		client.Close()
		return
	}
	go func() {
		io.Copy(server, client)
		server.Close()
	}()
	defer client.Close()
	for {
		var head [5]byte
		if _, err := io.ReadFull(server, head[:]); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(head[1:])-4)
		if _, err := io.ReadFull(server, body); err != nil {
			return
		}
		if head[0] == 'K' {
			body[3] ^= 1
		}
		if _, err := client.Write(append(head[:], body...)); err != nil {
			return
		}
	}
}

// Rows that policies hide from the role are an error, and not left out.
func TestHiddenRows(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes a cluster of its own")
	}
	cluster := servertest.NewCluster(t)
	execute(t, cluster.URL, `CREATE ROLE reader LOGIN; GRANT pg_read_all_data TO reader;
CREATE TABLE secret (id int); INSERT INTO secret VALUES (1); ALTER TABLE secret ENABLE ROW LEVEL SECURITY; CREATE POLICY none ON secret USING (false)`)
	var repository backuptest.Repository
	s := source(t, pgsource.Config{URL: strings.Replace(cluster.URL, "shugo@", "reader@", 1)})
	_, err := repository.Write(t.Context(), s.Name(), s.Backup)
	if err == nil || !strings.Contains(err.Error(), "42501") {
		t.Fatalf("%v", err)
	}
	execute(t, cluster.URL, "ALTER ROLE reader BYPASSRLS")
	r := backedUp(t, &repository, pgsource.Config{URL: strings.Replace(cluster.URL, "shugo@", "reader@", 1)})
	if r.Snapshot().Cut.LSN == 0 {
		t.Error("a role that may only read has no cut")
	}
}

// Roles that the server does not have are a matter for whoever restores.
func TestMissingRoles(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes a cluster of its own")
	}
	cluster := servertest.NewCluster(t)
	execute(t, cluster.URL, "CREATE ROLE shugo_test_missing; CREATE TABLE a (b int); GRANT SELECT ON a TO shugo_test_missing")
	var repository backuptest.Repository
	r := backedUp(t, &repository, pgsource.Config{URL: cluster.URL})
	address := servertest.Database(t)
	refused := database(t, pgsource.DatabaseConfig{URL: address})
	if err := refused.Restore(t.Context(), r, backup.Goal{}); !errors.Is(err, pgsource.ErrRoles) {
		t.Errorf("%v", err)
	}
	skipped := database(t, pgsource.DatabaseConfig{URL: address, MissingRoles: pgsource.SkipMissing})
	if err := skipped.Restore(t.Context(), r, backup.Goal{}); err != nil {
		t.Errorf("%v", err)
	}
}
