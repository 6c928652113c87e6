package replication

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/pgerror"
)

// EndOfTimeline is the error with which a stream ends when its timeline does: the server's log goes on in another.
type EndOfTimeline struct {
	Next uint32     // timeline that follows in the server's history; it need not be the next number
	LSN  backup.LSN // at which it begins
}

// Error says where the log goes on.
func (e *EndOfTimeline) Error() string {
	return fmt.Sprintf("replication: the timeline ends: %d begins at %s", e.Next, e.LSN)
}

// Stream is a log on its way. Receive is called by one goroutine, Send by any.
type Stream struct {
	conn *Conn

	mu sync.Mutex // of what is sent
}

// Start has the server send its log of a timeline from a position on, which may be any (START_REPLICATION PHYSICAL). An empty
// slot is none. An error is *EndOfTimeline where the timeline ended before. While the stream lasts, the connection does
// nothing else.
func (c *Conn) Start(ctx context.Context, slot string, timeline uint32, from backup.LSN) (*Stream, error) {
	command := fmt.Sprintf("START_REPLICATION PHYSICAL %s TIMELINE %d", from, timeline)
	if slot != "" {
		command = fmt.Sprintf("START_REPLICATION SLOT %s PHYSICAL %s TIMELINE %d", pgx.Identifier{slot}.Sanitize(), from, timeline)
	}
	s := &Stream{conn: c}
	if err := s.send(ctx, &pgproto3.Query{String: command}); err != nil {
		return nil, err
	}
	for {
		message, err := c.pg.ReceiveMessage(ctx)
		if err != nil {
			return nil, pgerror.Wrap("replication: START_REPLICATION", err)
		}
		switch message := message.(type) {
		case *pgproto3.CopyBothResponse:
			return s, nil
		case *pgproto3.RowDescription:
			return nil, s.next(ctx)
		case *pgproto3.ErrorResponse:
			return nil, s.refused(ctx, message)
		case *pgproto3.NoticeResponse, *pgproto3.ParameterStatus:
		default:
			return nil, fmt.Errorf("%w: %T in answer to START_REPLICATION", ErrProtocol, message)
		}
	}
}

// Receive waits for the next message. The error is *EndOfTimeline when the timeline ended and all of it was received: the
// connection may start another stream then. After any other error the connection is only to be closed, except after the
// end of ctx, when it may be called again.
func (s *Stream) Receive(ctx context.Context) (Message, error) {
	for {
		message, err := s.conn.pg.ReceiveMessage(ctx)
		if err != nil {
			return Message{}, pgerror.Wrap("replication: receive", err)
		}
		switch message := message.(type) {
		case *pgproto3.CopyData:
			return ParseMessage(message.Data)
		case *pgproto3.CopyDone:
			// A server that is lost now may have answered before.
			_ = s.send(ctx, &pgproto3.CopyDone{})
			return Message{}, s.next(ctx)
		case *pgproto3.ErrorResponse:
			return Message{}, pgerror.Wrap("replication: receive", pgconn.ErrorResponseToPgError(message))
		case *pgproto3.NoticeResponse, *pgproto3.ParameterStatus:
		default:
			return Message{}, fmt.Errorf("%w: %T in a stream", ErrProtocol, message)
		}
	}
}

// Send reports what was received.
func (s *Stream) Send(ctx context.Context, status Status) error {
	return s.send(ctx, &pgproto3.CopyData{Data: appendStatus(make([]byte, 0, 34), status)})
}

// send writes a message at once, as long as ctx lasts.
func (s *Stream) send(ctx context.Context, message pgproto3.FrontendMessage) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return pgerror.Wrap("replication: send", err)
	}
	// Not through the connection's own buffer: when the server is lost while a message is received, the driver writes to it.
	text, err := message.Encode(nil)
	if err != nil {
		return pgerror.Wrap("replication: send", err)
	}
	conn := s.conn.pg.Conn()
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		conn.SetWriteDeadline(time.Unix(1, 0))
		close(ended)
	})
	_, err = conn.Write(text)
	if !stop() {
		<-ended
		conn.SetWriteDeadline(time.Time{})
		if err != nil {
			err = ctx.Err()
		}
	}
	return pgerror.Wrap("replication: send", err)
}

// next reads the row with which the server says where its log goes on, and all that follows until it is ready.
func (s *Stream) next(ctx context.Context) error {
	var end *EndOfTimeline
	var failure error
	for {
		message, err := s.conn.pg.ReceiveMessage(ctx)
		if err != nil {
			return pgerror.Wrap("replication: end of a timeline", err)
		}
		switch message := message.(type) {
		case *pgproto3.DataRow:
			if end, err = parseEnd(message.Values); err != nil {
				return err
			}
		case *pgproto3.ErrorResponse:
			failure = pgerror.Wrap("replication: end of a timeline", pgconn.ErrorResponseToPgError(message))
		case *pgproto3.ReadyForQuery:
			switch {
			case failure != nil:
				return failure
			case end == nil:
				return fmt.Errorf("%w: the end of a stream without the next timeline", ErrProtocol)
			}
			return end
		}
	}
}

// parseEnd reads the fields next_tli and next_tli_startpos.
func parseEnd(fields [][]byte) (*EndOfTimeline, error) {
	if len(fields) != 2 {
		return nil, fmt.Errorf("%w: the end of a timeline has %d fields, expected 2", ErrProtocol, len(fields))
	}
	next, err1 := strconv.ParseUint(string(fields[0]), 10, 32)
	lsn, err2 := backup.ParseLSN(string(fields[1]))
	if err1 != nil || err2 != nil || next == 0 {
		return nil, fmt.Errorf("%w: the end of a timeline is no timeline and position", ErrProtocol)
	}
	return &EndOfTimeline{Next: uint32(next), LSN: lsn}, nil
}

// refused returns the error of a command, when the server is ready for the next.
func (s *Stream) refused(ctx context.Context, message *pgproto3.ErrorResponse) error {
	cause := pgconn.ErrorResponseToPgError(message)
	for {
		message, err := s.conn.pg.ReceiveMessage(ctx)
		if err != nil {
			return pgerror.Wrap("replication: START_REPLICATION", cause)
		}
		if _, ready := message.(*pgproto3.ReadyForQuery); ready {
			return pgerror.Wrap("replication: START_REPLICATION", cause)
		}
	}
}
