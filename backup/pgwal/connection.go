package pgwal

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// oldest is the first version of the server that is supported, as server_version_num has it.
const oldest = 140000

// server is what a server says of itself over the replication protocol.
type server struct {
	system      string // system identifier
	timeline    uint32
	version     int // server_version_num
	text        string
	segmentSize uint64
	checksums   bool   // of data pages
	mode        string // of the data directory, octal
}

// connect opens a connection in the mode of physical replication.
func connect(ctx context.Context, url string) (*pgconn.PgConn, error) {
	config, err := pgconn.ParseConfig(url)
	if err != nil {
		return nil, pgerror.Wrap("pgwal: read the address of the server", err)
	}
	config.RuntimeParams["replication"] = "true"
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, pgerror.Wrap("pgwal: connect for replication", err)
	}
	return conn, nil
}

// disconnect ends a connection, also one that is amid an answer.
func disconnect(conn *pgconn.PgConn) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = conn.Close(ctx) // what is lost with it has been reported
}

// identify asks a server who it is.
func identify(ctx context.Context, conn *pgconn.PgConn) (server, error) {
	row, err := first(ctx, conn, "IDENTIFY_SYSTEM")
	if err != nil {
		return server{}, err
	}
	if len(row) < 2 {
		return server{}, fmt.Errorf("pgwal: IDENTIFY_SYSTEM: %d columns, expected at least 2", len(row))
	}
	s := server{system: row[0]}
	timeline, err := strconv.ParseUint(row[1], 10, 32)
	if err != nil {
		return server{}, fmt.Errorf("pgwal: IDENTIFY_SYSTEM: a timeline of %d bytes that is no number", len(row[1]))
	}
	s.timeline = uint32(timeline)
	shown := map[string]string{}
	for _, name := range []string{"server_version_num", "server_version", "wal_segment_size", "data_checksums", "data_directory_mode"} {
		row, err := first(ctx, conn, "SHOW "+name)
		if err != nil {
			return server{}, err
		}
		shown[name] = row[0]
	}
	s.text, s.mode, s.checksums = shown["server_version"], shown["data_directory_mode"], shown["data_checksums"] == "on"
	if s.version, err = strconv.Atoi(shown["server_version_num"]); err != nil {
		return server{}, fmt.Errorf("pgwal: server_version_num has %d bytes that are no number", len(shown["server_version_num"]))
	}
	if s.version < oldest {
		return server{}, fmt.Errorf("pgwal: PostgreSQL %s, expected 14 or later: %w", s.text, backup.ErrVersion)
	}
	s.segmentSize, err = parseSize(shown["wal_segment_size"])
	return s, err
}

// first runs a command and returns the first row of its answer.
func first(ctx context.Context, conn *pgconn.PgConn, command string) ([]string, error) {
	results, err := conn.Exec(ctx, command).ReadAll()
	if err != nil {
		return nil, pgerror.Wrap("pgwal: "+command, err)
	}
	if len(results) == 0 || len(results[0].Rows) == 0 {
		return nil, fmt.Errorf("pgwal: %s: no row", command)
	}
	var row []string
	for _, column := range results[0].Rows[0] {
		row = append(row, string(column))
	}
	return row, nil
}

// parseSize reads a size as SHOW prints it, such as 16MB.
func parseSize(text string) (uint64, error) {
	digits := len(text)
	for i, r := range text {
		if r < '0' || r > '9' {
			digits = i
			break
		}
	}
	n, err := strconv.ParseUint(text[:digits], 10, 40)
	shift, known := map[string]int{"B": 0, "": 0, "kB": 10, "MB": 20, "GB": 30}[text[digits:]]
	if err != nil || !known {
		return 0, fmt.Errorf("pgwal: a size of %d bytes that cannot be read, expected one such as 16MB", len(text))
	}
	return n << shift, checkSegmentSize(n << shift)
}

// checkSegmentSize holds a size to what PostgreSQL allows: a power of two from 1 MiB to 1 GiB.
func checkSegmentSize(n uint64) error {
	if n < 1<<20 || n > 1<<30 || n&(n-1) != 0 {
		return fmt.Errorf("pgwal: WAL segments of %d bytes, expected a power of two from 1 MiB to 1 GiB", n)
	}
	return nil
}
