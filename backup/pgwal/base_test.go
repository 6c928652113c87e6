package pgwal

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
)

// script answers commands as a server does.
type script struct {
	version string
	base    []pgproto3.BackendMessage // the answer to BASE_BACKUP
	command chan string               // receives that command
}

// serve takes connections until the test ends, and returns the connection string.
func (s *script) serve(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_ = s.session(conn) // it ends when the client has enough
			}()
		}
	}()
	return fmt.Sprintf("postgres://u@%s/?sslmode=disable", listener.Addr())
}

func (s *script) session(conn net.Conn) error {
	server := pgproto3.NewBackend(conn, conn)
	if _, err := server.ReceiveStartupMessage(); err != nil {
		return err
	}
	server.Send(&pgproto3.AuthenticationOk{})
	server.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	for {
		if err := server.Flush(); err != nil {
			return err
		}
		m, err := server.Receive()
		if err != nil {
			return err
		}
		query, ok := m.(*pgproto3.Query)
		if !ok {
			continue
		}
		for _, m := range s.answer(query.String) {
			server.Send(m)
		}
	}
}

func (s *script) answer(query string) []pgproto3.BackendMessage {
	row := func(values ...string) []pgproto3.BackendMessage {
		return append(rowsOf(values), &pgproto3.ReadyForQuery{TxStatus: 'I'})
	}
	word, name, _ := strings.Cut(query, " ")
	switch word {
	case "IDENTIFY_SYSTEM":
		return row("7012345678901234567", "1", "0/2000000", "")
	case "SHOW":
		return row(map[string]string{"server_version_num": s.version, "server_version": s.version, "data_checksums": "on",
			"data_directory_mode": "0700", "wal_segment_size": "16MB"}[name])
	case "BASE_BACKUP":
		if s.command != nil {
			s.command <- query
		}
		return s.base
	case "START_REPLICATION":
		return []pgproto3.BackendMessage{&pgproto3.CopyBothResponse{}, &pgproto3.CopyData{Data: append([]byte("k"), make([]byte, 17)...)}}
	}
	return nil
}

// rowsOf is an answer of one row; an empty text is NULL.
func rowsOf(rows ...[]string) []pgproto3.BackendMessage {
	description := &pgproto3.RowDescription{}
	for range rows[0] {
		description.Fields = append(description.Fields, pgproto3.FieldDescription{Name: []byte("a")})
	}
	all := []pgproto3.BackendMessage{description}
	for _, row := range rows {
		m := &pgproto3.DataRow{}
		for _, value := range row {
			if value == "" {
				m.Values = append(m.Values, nil)
				continue
			}
			m.Values = append(m.Values, []byte(value))
		}
		all = append(all, m)
	}
	return append(all, &pgproto3.CommandComplete{CommandTag: []byte("SELECT")})
}

// beginBase is how an answer to BASE_BACKUP begins.
func beginBase() []pgproto3.BackendMessage {
	return append(rowsOf([]string{"0/2000028", "1"}), rowsOf([]string{"", "", "100"})...)
}

// endBase is how it ends.
func endBase() []pgproto3.BackendMessage {
	return append(rowsOf([]string{"0/2000100", "1"}), &pgproto3.CommandComplete{CommandTag: []byte("BASE_BACKUP")}, &pgproto3.ReadyForQuery{TxStatus: 'I'})
}

func data(parts ...string) []pgproto3.BackendMessage {
	var all []pgproto3.BackendMessage
	for _, p := range parts {
		all = append(all, &pgproto3.CopyData{Data: []byte(p)})
	}
	return all
}

// smallBase is a tar archive of one file, and its manifest.
func smallBase(t testing.TB) (archive, manifest string) {
	t.Helper()
	d, err := newDigest(CRC32C)
	if err != nil {
		t.Fatal(err)
	}
	d.write([]byte("xxx"))
	return smallArchive(t), signed(`{ "PostgreSQL-Backup-Manifest-Version": 1,
"Files": [
{ "Path": "backup_label", "Size": 3, "Last-Modified": "2026-04-01 09:00:00 GMT", "Checksum-Algorithm": "CRC32C", "Checksum": "` + hex.EncodeToString(d.sum()) + `" }
],
"WAL-Ranges": [
{ "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/2000100" }
],
`)
}

// TestBaseProtocol reads the answers of servers before and from version 15, and refuses those that are torn or out of order.
func TestBaseProtocol(t *testing.T) {
	t.Parallel()
	archive, manifest := smallBase(t)
	out, done := []pgproto3.BackendMessage{&pgproto3.CopyOutResponse{}}, []pgproto3.BackendMessage{&pgproto3.CopyDone{}}
	tagged := func(parts ...string) []pgproto3.BackendMessage {
		return concat(beginBase(), out, data(parts...), done, endBase())
	}
	const begin = "nbase.tar\x00\x00"
	for name, test := range map[string]struct {
		version string
		base    []pgproto3.BackendMessage
		want    error
		any     bool // an error of any class
	}{
		"version 15":           {"150020", tagged(begin, "d"+archive[:700], "p\x00\x00\x00\x00\x00\x00\x00\x01", "d"+archive[700:], "m", "d"+manifest[:10], "d"+manifest[10:]), nil, false},
		"version 14":           {"140020", concat(beginBase(), out, data(archive[:100], archive[100:]), done, out, data(manifest), done, endBase()), nil, false},
		"version 13":           {"130020", nil, backup.ErrVersion, false},
		"no manifest":          {"150020", tagged(begin, "d"+archive), backup.ErrCorrupt, false},
		"no manifest, 14":      {"140020", concat(beginBase(), out, data(archive), done, endBase()), backup.ErrCorrupt, false},
		"torn manifest":        {"150020", tagged(begin, "d"+archive, "m", "d"+manifest[:200]), backup.ErrCorrupt, false},
		"torn archive":         {"150020", tagged(begin, "d"+archive[:513], "m", "d"+manifest), backup.ErrCorrupt, false},
		"changed file":         {"150020", tagged(begin, "d"+strings.Replace(archive, "xxx", "xyx", 1), "m", "d"+manifest), backup.ErrCorrupt, false},
		"archive after it":     {"150020", tagged(begin, "d"+archive, "m", "d"+manifest, begin), backup.ErrCorrupt, false},
		"file twice":           {"150020", tagged(begin, "d"+archive, begin, "d"+archive, "m", "d"+manifest), backup.ErrCorrupt, false},
		"empty message":        {"150020", tagged(begin, ""), nil, true},
		"unknown tag":          {"150020", tagged(begin, "q"), nil, true},
		"unknown tablespace":   {"150020", tagged("n16400.tar\x00/a\x00"), nil, true},
		"archive without name": {"150020", tagged("nbase.tar"), nil, true},
		"no position":          {"150020", append(rowsOf([]string{"zz", "1"}), rowsOf([]string{"", "", "1"})...), nil, true},
		"hostile tablespace":   {"150020", append(rowsOf([]string{"0/2000028", "1"}), rowsOf([]string{"../../etc", "/a", "1"})...), nil, true},
		"page checksum":        {"150020", concat(beginBase(), out, data(begin), []pgproto3.BackendMessage{&pgproto3.ErrorResponse{Code: "XX001"}}), backup.ErrCorrupt, false},
		"disk of the server":   {"150020", []pgproto3.BackendMessage{&pgproto3.ErrorResponse{Code: "53100"}}, backup.ErrFull, false},
		"out of order":         {"150020", concat(beginBase(), done, endBase()), nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &script{version: test.version, base: test.base}
			source, err := NewSource(SourceConfig{Connection: s.serve(t)})
			if err != nil {
				t.Fatal(err)
			}
			var repository backuptest.Repository
			snapshot, err := repository.Write(context.Background(), "cluster", source.Backup)
			switch {
			case test.any && err != nil, test.want != nil && errors.Is(err, test.want):
			case test.any, err != nil, test.want != nil:
				t.Fatalf("error %v, expected %v", err, test.want)
			case snapshot.Cut.LSN != 0x2000100 || snapshot.Cut.System != "7012345678901234567":
				t.Errorf("cut %+v", snapshot.Cut)
			}
		})
	}
}

func concat(parts ...[]pgproto3.BackendMessage) []pgproto3.BackendMessage {
	var all []pgproto3.BackendMessage
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// TestBaseCommand gives each version the command that it knows.
func TestBaseCommand(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		version int
		config  SourceConfig
		want    string
	}{
		"15": {150000, SourceConfig{Label: "it's", MaxRate: 1 << 20},
			"BASE_BACKUP (LABEL 'it''s', PROGRESS, CHECKPOINT 'fast', WAL false, WAIT false, MANIFEST 'yes', MANIFEST_CHECKSUMS 'CRC32C', VERIFY_CHECKSUMS true, MAX_RATE 1024)"},
		"17, with all": {170000, SourceConfig{Label: "a", Spread: true, IncludeWAL: true, SkipPages: true, Checksums: SHA256},
			"BASE_BACKUP (LABEL 'a', PROGRESS, CHECKPOINT 'spread', WAL true, WAIT false, MANIFEST 'yes', MANIFEST_CHECKSUMS 'SHA256', VERIFY_CHECKSUMS false)"},
		"14": {140000, SourceConfig{Label: "it's"},
			"BASE_BACKUP LABEL 'it''s' PROGRESS FAST NOWAIT MANIFEST 'yes' MANIFEST_CHECKSUMS 'CRC32C'"},
		"14, with all": {140000, SourceConfig{Label: "a", Spread: true, IncludeWAL: true, SkipPages: true, MaxRate: 64 << 10},
			"BASE_BACKUP LABEL 'a' PROGRESS WAL NOVERIFY_CHECKSUMS MAX_RATE 64 NOWAIT MANIFEST 'yes' MANIFEST_CHECKSUMS 'CRC32C'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.config.Connection = "host=localhost"
			s, err := NewSource(test.config)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.command(test.version); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// FuzzTagged reads any sequence of messages: it ends, and does not panic.
func FuzzTagged(f *testing.F) {
	f.Add([]byte("nbase.tar\x00\x00"), []byte("dabc"), []byte("m"))
	f.Fuzz(func(t *testing.T, a, b, c []byte) {
		s := &baseStream{tagged: true}
		for _, m := range [][]byte{a, b, c} {
			if err := s.take(m); err != nil {
				return
			}
			if s.pending != nil {
				if _, err := s.next(); err != nil && err != io.EOF {
					t.Fatal(err)
				}
			}
		}
	})
}
