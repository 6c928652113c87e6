package walsink

import (
	"time"

	"github.com/shugo-data/shugo/internal/leaf"
)

// Status is how a Sink stands.
type Status struct {
	Origin    string    // of the directory: 32 hexadecimal digits, made once
	Recorded  int64     // entries on the disk since the directory was made
	Shipped   int64     // entries shipped since then, as far as is known
	Entries   int64     // entries on the disk that wait to be shipped
	Bytes     int64     // bytes that wait to be shipped, with those that are being written
	Oldest    time.Time // when the oldest entry that waits was decided; zero: none waits
	ShipError error     // of the last try to ship; nil when it succeeded
	ShipTried time.Time // when that try failed
	Broken    error     // why the sink takes nothing more; nil: it does
	Free      int64     // bytes that the file system has for us; -1: it does not say
	Cut       int64     // bytes of an unfinished group that New has cut away: of events that nobody was told are on record
}

// Status returns how the sink stands. It reads one entry from the disk.
func (s *Sink) Status() Status {
	s.mu.Lock()
	now := Status{
		Origin: s.origin.String(), Recorded: int64(s.durable), Shipped: int64(s.shipped), Entries: int64(s.durable - s.shipped),
		Bytes: s.waiting, ShipError: s.failure, Broken: s.broken, Cut: s.cut,
	}
	if s.failure != nil {
		now.ShipTried = s.failed
	}
	s.mu.Unlock()
	now.Free = free(s.config.Dir)
	if now.Entries > 0 {
		now.Oldest = s.oldest()
	}
	return now
}

// oldest returns the time of the oldest entry that waits; zero when it was shipped meanwhile.
func (s *Sink) oldest() time.Time {
	in, at, ok := s.place()
	if !ok {
		return time.Time{}
	}
	data, err := readPart(in.path, at, min(in.size-at, frameHead+maxPayload), nil)
	if err != nil {
		return time.Time{}
	}
	f, err := decodeFrame(data, s.seed)
	if err != nil {
		return time.Time{}
	}
	e, err := leaf.Unmarshal(f.payload)
	if err != nil {
		return time.Time{}
	}
	fields, err := leaf.Decode(e.Leaf)
	if err != nil {
		return time.Time{}
	}
	return fields.Time
}
