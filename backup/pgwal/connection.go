package pgwal

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgerror"
	"github.com/shugo-data/shugo/internal/replication"
)

// oldest is the first version of the server that is supported, as server_version_num has it.
const oldest = 140000

// origin is what a server says of itself and its cluster.
type origin struct {
	replication.System
	version     int    // server_version_num
	text        string // server_version
	segmentSize uint64
	checksums   bool   // of data pages
	mode        string // of the data directory, octal
}

// dial opens a connection for replication.
func dial(ctx context.Context, connection string) (*replication.Conn, error) {
	config, err := pgconn.ParseConfig(connection)
	if err != nil {
		return nil, pgerror.Wrap("pgwal: read the connection string", err)
	}
	return replication.Connect(ctx, config)
}

// hangUp ends a connection, also one that is amid an answer: the server gives up what it was doing.
func hangUp(conn *replication.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = conn.Close(ctx) // whatever was lost with it has been reported
}

// identify asks a server who it is.
func identify(ctx context.Context, conn *replication.Conn) (origin, error) {
	var o origin
	var err error
	if o.System, err = conn.System(ctx); err != nil {
		return origin{}, err
	}
	if o.segmentSize, err = conn.SegmentSize(ctx); err != nil {
		return origin{}, err
	}
	shown := map[string]string{}
	for _, name := range []string{"server_version_num", "server_version", "data_checksums", "data_directory_mode"} {
		if shown[name], err = conn.Show(ctx, name); err != nil {
			return origin{}, err
		}
	}
	o.text, o.mode, o.checksums = shown["server_version"], shown["data_directory_mode"], shown["data_checksums"] == "on"
	if o.version, err = strconv.Atoi(shown["server_version_num"]); err != nil {
		return origin{}, fmt.Errorf("pgwal: server_version_num has %d bytes that are no number", len(shown["server_version_num"]))
	}
	if o.version < oldest {
		return origin{}, fmt.Errorf("pgwal: PostgreSQL %s, expected 14 or later: %w", o.text, backup.ErrVersion)
	}
	return o, nil
}

// hold has the server keep its log from the last checkpoint's start on as long as the connection lasts. Where no slot is free the
// server keeps what it would keep anyway, which may be enough.
func hold(ctx context.Context, conn *replication.Conn) error {
	command := fmt.Sprintf("CREATE_REPLICATION_SLOT shugo_base_%d TEMPORARY PHYSICAL RESERVE_WAL", conn.PgConn().PID())
	_, err := conn.PgConn().Exec(ctx, command).ReadAll()
	switch pgerror.State(err) {
	case "53400", replication.StatePrerequisite: // configuration_limit_exceeded: all are in use; there are none
		return nil
	}
	return pgerror.Wrap("pgwal: CREATE_REPLICATION_SLOT", err)
}

// clock asks the server for its time, which it tells those who stream its log.
func clock(ctx context.Context, conn *replication.Conn) (time.Time, error) {
	now, err := conn.System(ctx) // what the server wrote before it may have removed: no slot holds it
	if err != nil {
		return time.Time{}, err
	}
	stream, err := conn.Start(ctx, "", now.Timeline, now.LSN)
	if err != nil {
		return time.Time{}, err
	}
	if err := stream.Send(ctx, replication.Status{Write: now.LSN, Time: time.Now(), Reply: true}); err != nil {
		return time.Time{}, err
	}
	message, err := stream.Receive(ctx)
	return message.Time, err
}

// checkSegmentSize holds a size to what PostgreSQL allows: a power of two from 1 MiB to 1 GiB.
func checkSegmentSize(n uint64) error {
	if n < 1<<20 || n > 1<<30 || n&(n-1) != 0 {
		return fmt.Errorf("pgwal: segments of %d bytes, expected a power of two from 1 MiB to 1 GiB", n)
	}
	return nil
}
