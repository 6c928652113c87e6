package pgwal

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// Tablespace is a tablespace other than those within the data directory.
type Tablespace struct {
	OID      string `json:"oid"`      // its name below pg_tblspc
	Location string `json:"location"` // on the server that was backed up
}

// archive is one of the streams within a base backup.
type archive struct {
	manifest   bool        // it is the manifest: text
	tablespace *Tablespace // what the tar archive holds; nil: the data directory
}

// baseStream reads the answer to BASE_BACKUP: a sequence of archives. From version 15 on they come in one CopyOut, whose
// messages are tagged (protocol chapter "Streaming Replication Protocol" of PostgreSQL's manual); before, each has one of its
// own, in the order of the list of tablespaces.
type baseStream struct {
	conn        *pgconn.PgConn
	tagged      bool
	start, stop position
	size        int64 // bytes, as the server guesses
	tablespaces []Tablespace

	order   []*Tablespace // of version 14: the archives to come
	pending *archive      // begun, but not yet returned by next
	rest    []byte        // of the message at hand
	open    bool          // an archive is at hand
	ended   bool          // no archive follows
}

// startBase sends the command and reads up to the first archive.
func startBase(conn *pgconn.PgConn, command string, tagged bool) (*baseStream, error) {
	s := &baseStream{conn: conn, tagged: tagged}
	conn.Frontend().SendQuery(&pgproto3.Query{String: command})
	if err := conn.Frontend().Flush(); err != nil {
		return nil, pgerror.Wrap("pgwal: BASE_BACKUP", err)
	}
	sets, err := s.rows(2)
	if err != nil {
		return nil, err
	}
	if s.start, err = parsePosition(sets[0]); err != nil {
		return nil, err
	}
	for _, row := range sets[1] {
		if err := s.addTablespace(row); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// addTablespace takes a row of the list: oid, location, size in KiB. The row without an oid is the data directory.
func (s *baseStream) addTablespace(row [][]byte) error {
	if len(row) != 3 {
		return fmt.Errorf("pgwal: BASE_BACKUP: a tablespace of %d columns, expected 3", len(row))
	}
	if size, err := strconv.ParseInt(string(row[2]), 10, 53); err == nil {
		s.size += size << 10
	}
	if row[0] == nil {
		s.order = append(s.order, nil)
		return nil
	}
	t := Tablespace{OID: string(row[0]), Location: string(row[1])}
	if err := checkOID(t.OID); err != nil {
		return err
	}
	s.tablespaces = append(s.tablespaces, t)
	s.order = append(s.order, &t)
	return nil
}

func checkOID(text string) error {
	if n, err := strconv.ParseUint(text, 10, 32); err != nil || strconv.FormatUint(n, 10) != text {
		return fmt.Errorf("pgwal: a tablespace named by %d bytes that are no number", len(text))
	}
	return nil
}

// receive returns the next message that matters.
func (s *baseStream) receive() (pgproto3.BackendMessage, error) {
	for {
		m, err := s.conn.Frontend().Receive()
		switch m := m.(type) {
		case *pgproto3.ErrorResponse:
			return nil, baseError(pgconn.ErrorResponseToPgError(m))
		case *pgproto3.NoticeResponse, *pgproto3.ParameterStatus:
		default:
			return m, pgerror.Wrap("pgwal: BASE_BACKUP", err)
		}
	}
}

// baseError gives an error of the server its class.
func baseError(err error) error {
	switch pgerror.State(err) {
	case "XX001": // data_corrupted: the checksum of a page is wrong
		return pgerror.WrapAs("pgwal: BASE_BACKUP: a page of the cluster has a wrong checksum", backup.ErrCorrupt, err)
	case "53100": // disk_full
		return pgerror.WrapAs("pgwal: BASE_BACKUP", backup.ErrFull, err)
	}
	return pgerror.Wrap("pgwal: BASE_BACKUP", err)
}

// rows reads a number of result sets.
func (s *baseStream) rows(count int) ([][][][]byte, error) {
	sets := make([][][][]byte, 1, count)
	for {
		m, err := s.receive()
		if err != nil {
			return nil, err
		}
		switch m := m.(type) {
		case *pgproto3.RowDescription:
		case *pgproto3.DataRow:
			row := make([][]byte, len(m.Values))
			for i, v := range m.Values {
				if v != nil {
					row[i] = append([]byte{}, v...)
				}
			}
			sets[len(sets)-1] = append(sets[len(sets)-1], row)
		case *pgproto3.CommandComplete:
			if len(sets) == count {
				return sets, nil
			}
			sets = append(sets, nil)
		default:
			return nil, unexpected(m)
		}
	}
}

func unexpected(m pgproto3.BackendMessage) error {
	return fmt.Errorf("pgwal: BASE_BACKUP: the server sent %T, which is not expected here", m)
}

func parsePosition(rows [][][]byte) (position, error) {
	if len(rows) != 1 || len(rows[0]) < 2 {
		return position{}, fmt.Errorf("pgwal: BASE_BACKUP: %d rows of positions, expected 1", len(rows))
	}
	lsn, err := backup.ParseLSN(string(rows[0][0]))
	if err != nil {
		return position{}, err
	}
	timeline, err := strconv.ParseUint(string(rows[0][1]), 10, 32)
	if err != nil {
		return position{}, fmt.Errorf("pgwal: BASE_BACKUP: a timeline of %d bytes that is no number", len(rows[0][1]))
	}
	return position{lsn: lsn, timeline: uint32(timeline)}, nil
}

// next goes to the next archive, and returns io.EOF after the last. What was not read of the one at hand is skipped.
func (s *baseStream) next() (archive, error) {
	for s.pending == nil && !s.ended {
		if err := s.advance(); err != nil {
			return archive{}, err
		}
		s.rest = nil
	}
	if s.pending == nil {
		return archive{}, io.EOF
	}
	a := *s.pending
	s.pending, s.open = nil, true
	return a, nil
}

// Read reads of the archive at hand.
func (s *baseStream) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		if !s.open {
			return 0, io.EOF
		}
		if err := s.advance(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// advance takes the next message.
func (s *baseStream) advance() error {
	m, err := s.receive()
	if err != nil {
		return err
	}
	switch m := m.(type) {
	case *pgproto3.CopyOutResponse:
		if !s.tagged {
			return s.beginUntagged()
		}
		return nil
	case *pgproto3.CopyDone:
		s.open = false
		if s.tagged {
			s.ended = true
			return s.finish()
		}
		return nil
	case *pgproto3.CopyData:
		if !s.tagged {
			s.rest = m.Data
			return nil
		}
		return s.take(m.Data)
	case *pgproto3.RowDescription: // of version 14: the archives are over
		if s.tagged {
			return unexpected(m)
		}
		s.ended, s.open = true, false
		return s.finish()
	}
	return unexpected(m)
}

// beginUntagged begins the archive that is due in version 14; after all tablespaces it is the manifest.
func (s *baseStream) beginUntagged() error {
	if len(s.order) == 0 {
		s.pending = &archive{manifest: true}
		return nil
	}
	s.pending = &archive{tablespace: s.order[0]}
	s.order = s.order[1:]
	return nil
}

// take reads a tagged message: n begins an archive, m the manifest, d is data, p progress.
func (s *baseStream) take(data []byte) error {
	if len(data) == 0 {
		return fmt.Errorf("pgwal: BASE_BACKUP: an empty message")
	}
	switch data[0] {
	case 'd':
		s.rest = data[1:]
	case 'p':
	case 'm':
		s.open, s.pending = false, &archive{manifest: true}
	case 'n':
		s.open = false
		return s.begin(data[1:])
	default:
		return fmt.Errorf("pgwal: BASE_BACKUP: a message with tag %#x, expected n, m, d or p", data[0])
	}
	return nil
}

// begin reads the names of a tagged archive: of its file, and of the tablespace's location.
func (s *baseStream) begin(data []byte) error {
	name, rest, found := strings.Cut(string(data), "\x00")
	_, _, closed := strings.Cut(rest, "\x00")
	oid, tar := strings.CutSuffix(name, ".tar")
	if !found || !closed || !tar {
		return fmt.Errorf("pgwal: BASE_BACKUP: an archive named by %d bytes, expected two strings, the first a name of a tar file", len(data))
	}
	if oid == "base" {
		s.pending = &archive{}
		return nil
	}
	for i := range s.tablespaces {
		if s.tablespaces[i].OID == oid {
			s.pending = &archive{tablespace: &s.tablespaces[i]}
			return nil
		}
	}
	return fmt.Errorf("pgwal: BASE_BACKUP: an archive of a tablespace that was not announced")
}

// finish reads the position at which the backup ended, and the end of the answer.
func (s *baseStream) finish() error {
	sets, err := s.rows(1)
	if err != nil {
		return err
	}
	if s.stop, err = parsePosition(sets[0]); err != nil {
		return err
	}
	for {
		m, err := s.receive()
		if err != nil {
			return err
		}
		switch m.(type) {
		case *pgproto3.CommandComplete:
		case *pgproto3.ReadyForQuery:
			return nil
		default:
			return unexpected(m)
		}
	}
}
