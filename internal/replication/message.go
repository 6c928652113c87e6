package replication

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// Message is what a server sends while it streams: a piece of its log, or a sign of life.
type Message struct {
	Start backup.LSN // of Data
	Data  []byte     // bytes of the log, valid until the next Receive; nil: a sign of life
	End   backup.LSN // up to which the server's log is flushed
	Time  time.Time  // UTC, of the server's clock, when it sent the message
	Reply bool       // the server asks for a status at once
}

// Status is what a client reports of the log that it received: positions after the last byte. The zero position says nothing.
type Status struct {
	Write backup.LSN // received
	Flush backup.LSN // durable: the server may forget what is before it
	Time  time.Time  // of the client's clock
	Reply bool       // ask the server for a sign of life
}

// epoch is the beginning of PostgreSQL's time, 2000-01-01 UTC, in microseconds of Unix.
const epoch = 946_684_800_000_000

// ParseMessage reads the body of a CopyData message of a stream: "XLogData" or "Primary keepalive message" of the manual's
// chapter "Streaming Replication Protocol". Data is shared. An error is ErrProtocol.
func ParseMessage(body []byte) (Message, error) {
	switch {
	case len(body) >= 25 && body[0] == 'w':
		start := binary.BigEndian.Uint64(body[1:])
		data := body[25:]
		if start+uint64(len(data)) < start {
			return Message{}, fmt.Errorf("%w: a piece of the log that ends after the last position", ErrProtocol)
		}
		return Message{Start: backup.LSN(start), End: backup.LSN(binary.BigEndian.Uint64(body[9:])), Time: serverTime(body[17:]), Data: data}, nil
	case len(body) == 18 && body[0] == 'k':
		return Message{End: backup.LSN(binary.BigEndian.Uint64(body[1:])), Time: serverTime(body[9:]), Reply: body[17] != 0}, nil
	case len(body) == 0:
		return Message{}, fmt.Errorf("%w: an empty one", ErrProtocol)
	}
	return Message{}, fmt.Errorf("%w: type %q with %d bytes", ErrProtocol, body[0], len(body))
}

// ServerTime converts PostgreSQL's time, in microseconds since 2000-01-01 UTC.
func ServerTime(micros int64) time.Time { return time.UnixMicro(micros + epoch).UTC() }

// serverTime reads 8 bytes of a server's clock.
func serverTime(b []byte) time.Time { return ServerTime(int64(binary.BigEndian.Uint64(b))) }

// appendStatus appends the body of a "Standby status update".
func appendStatus(b []byte, s Status) []byte {
	b = append(b, 'r')
	b = binary.BigEndian.AppendUint64(b, uint64(s.Write))
	b = binary.BigEndian.AppendUint64(b, uint64(s.Flush))
	b = binary.BigEndian.AppendUint64(b, 0) // applied: nothing
	b = binary.BigEndian.AppendUint64(b, uint64(s.Time.UnixMicro()-epoch))
	if s.Reply {
		return append(b, 1)
	}
	return append(b, 0)
}
