package replication

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shugo-data/shugo/internal/pgerror"
)

// maxMessage is the size of the largest message that is taken from a server, in bytes; it sends at most 128 KiB of log, and
// 32 KiB of a file, at once.
const maxMessage = 16 << 20

// Conn is a connection for replication. It does one thing at a time.
type Conn struct {
	pg *pgconn.PgConn
}

// Connect connects with the addresses and settings of config, which it does not change. The connection is one for physical
// replication: the server knows its role by the attribute REPLICATION and its pg_hba.conf by the word "replication".
func Connect(ctx context.Context, config *pgconn.Config) (*Conn, error) {
	config = config.Copy()
	config.RuntimeParams["replication"] = "true"
	// What the server may be asked on such a connection has no target_session_attrs: callers choose by Recovery.
	config.ValidateConnect = nil
	pg, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return nil, pgerror.Wrap("replication: connect", err)
	}
	pg.Frontend().SetMaxBodyLen(maxMessage)
	return &Conn{pg: pg}, nil
}

// Close ends the connection, at the latest when ctx ends.
func (c *Conn) Close(ctx context.Context) error {
	return pgerror.Wrap("replication: close", c.pg.Close(ctx))
}

// PgConn returns the connection below, for commands that this package does not know.
func (c *Conn) PgConn() *pgconn.PgConn { return c.pg }

// Version returns the server's major version, such as 15, or 0 if it does not tell.
func (c *Conn) Version() int { return majorVersion(c.pg.ParameterStatus("server_version")) }

// majorVersion reads "15.20 (Debian 15.20-0+deb12u1)" and "18beta1".
func majorVersion(text string) int {
	digits := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if digits >= 0 {
		text = text[:digits]
	}
	major, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return major
}

// Recovery reports whether the server is a standby.
func (c *Conn) Recovery() bool { return c.pg.ParameterStatus("in_hot_standby") == "on" }

// Show returns a setting, such as "16MB" of wal_segment_size. The name is a plain word.
func (c *Conn) Show(ctx context.Context, name string) (string, error) {
	row, err := c.row(ctx, "SHOW "+name, 1)
	if err != nil {
		return "", err
	}
	return string(row[0]), nil
}

// row runs a command that answers with one row, and returns its fields: nil is NULL.
func (c *Conn) row(ctx context.Context, command string, fields int) ([][]byte, error) {
	word, _, _ := strings.Cut(command, " ")
	results, err := c.pg.Exec(ctx, command).ReadAll()
	if err != nil {
		return nil, pgerror.Wrap("replication: "+word, err)
	}
	if len(results) != 1 || len(results[0].Rows) != 1 || len(results[0].Rows[0]) < fields {
		return nil, fmt.Errorf("%w: %s did not answer with one row of at least %d fields", ErrProtocol, word, fields)
	}
	return results[0].Rows[0], nil
}
