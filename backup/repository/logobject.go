package repository

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// logHeader is the first frame of an object of a log.
type logHeader struct {
	Log      string        `json:"log"`
	Sequence uint64        `json:"sequence"`
	Previous string        `json:"previous,omitempty"` // salt of the object before, in hexadecimal digits
	Start    uint64        `json:"start"`              // of the first entry
	End      uint64        `json:"end"`                // of the last entry
	Time     time.Time     `json:"time"`               // of the last entry
	Size     int64         `json:"size"`               // bytes of the entries of this object
	Total    int64         `json:"total"`              // bytes of the entries of this object and of all before
	Gaps     []backup.Span `json:"gaps,omitempty"`     // the last of those before the end of this object
}

const (
	// mostGaps is how many gaps a header tells of.
	mostGaps = 1024
	// headerRead is how much is read of an object to have its header, mostly.
	headerRead = 4 << 10
	// entryHead is Start, End and Time of an entry: 8 bytes each.
	entryHead = 24
)

// logObject is an object of a log.
type logObject struct {
	logHeader
	salt    string // its own
	bytes   []byte // as it is put
	entries []backup.Entry
}

// next returns the object that continues the log.
func (l *log) next(entries []backup.Entry) (*logObject, error) {
	first, last := entries[0], entries[len(entries)-1]
	h := logHeader{Log: l.name, Sequence: l.last.Sequence + 1, Previous: l.last.salt, Start: first.Start, End: last.End,
		Time: last.Time.UTC(), Gaps: l.last.Gaps}
	end, any := l.last.End, l.last.Sequence > 0
	for _, e := range entries {
		h.Size += int64(len(e.Data))
		if any && e.Start > end {
			h.Gaps = append(h.Gaps[:len(h.Gaps):len(h.Gaps)], backup.Span{From: end, To: e.Start})
		}
		end, any = e.End, true
	}
	h.Gaps = h.Gaps[max(0, len(h.Gaps)-mostGaps):]
	h.Total = l.last.Total + h.Size
	text, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	name := logName(l.name, h.Sequence)
	room := headerSize + prefixSize + len(text) + tagSize + int(h.Size) + int(h.Size)/256 +
		len(entries)*(prefixSize+entryHead+tagSize+1024)
	s, err := l.r.keys.begin(make([]byte, 0, l.r.code.capacity(room)), name, l.r.code)
	if err != nil {
		return nil, err
	}
	s.open()
	s.buf = append(s.buf, text...)
	s.close(false)
	compressor, err := newCompressor(1)
	if err != nil {
		return nil, err
	}
	defer compressor.close()
	scratch := make([]byte, 0, 2*probeSize)
	for i, e := range entries {
		s.open()
		s.buf = binary.BigEndian.AppendUint64(s.buf, e.Start)
		s.buf = binary.BigEndian.AppendUint64(s.buf, e.End)
		s.buf = binary.BigEndian.AppendUint64(s.buf, uint64(nanoseconds(e.Time)))
		s.buf = compressor.encode(scratch, s.buf, e.Data, false)
		s.close(i == len(entries)-1)
	}
	o := &logObject{logHeader: h, salt: fmt.Sprintf("%x", s.salt())}
	o.bytes, err = s.finish()
	return o, err
}

// read returns an object of the log with its entries, from the first place that has it intact.
func (l *log) read(ctx context.Context, sequence uint64) (*logObject, error) {
	var o *logObject
	err := l.r.places.candidates(ctx, logName(l.name, sequence), func(_ int, data []byte) (err error) {
		o, err = l.r.decodeLog(l.name, sequence, data)
		return err
	})
	return o, err
}

// decodeLog authenticates and reads an object of a log.
func (r *Repository) decodeLog(name string, sequence uint64, data []byte) (*logObject, error) {
	frames, err := openAll(r.keys, logName(name, sequence), append([]byte(nil), data...))
	if err != nil {
		return nil, err
	}
	if len(frames) < 2 {
		return nil, fmt.Errorf("%d frames, expected 2 or more", len(frames))
	}
	o := &logObject{bytes: data, salt: salted(data)}
	if o.logHeader, err = decodeLogHeader(frames[0], name, sequence); err != nil {
		return nil, err
	}
	decoder, err := newDecoder()
	if err != nil {
		return nil, err
	}
	defer decoder.Close()
	for _, text := range frames[1:] {
		if len(text) < entryHead {
			return nil, errors.New("an entry without its positions")
		}
		e := backup.Entry{Start: binary.BigEndian.Uint64(text), End: binary.BigEndian.Uint64(text[8:]),
			Time: instant(int64(binary.BigEndian.Uint64(text[16:])))}
		if e.Data, err = decode(decoder, text[entryHead:]); err != nil {
			return nil, err
		}
		o.entries = append(o.entries, e)
	}
	if first, last := o.entries[0], o.entries[len(o.entries)-1]; first.Start != o.Start || last.End != o.End || !ordered(o.entries) {
		return nil, errors.New("entries that are not those of the header")
	}
	return o, nil
}

// noTime stands for the zero time.
const noTime = math.MinInt64

func nanoseconds(t time.Time) int64 {
	if t.IsZero() {
		return noTime
	}
	return t.UnixNano()
}

func instant(n int64) time.Time {
	if n == noTime {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

// salted returns the salt of an object, in whatever form it is kept.
func salted(data []byte) string {
	if w, ok := tableOf(data); ok {
		if object, _, err := mend(data); err == nil && w.size >= headerSize {
			return saltOf(object)
		}
	}
	return saltOf(unwrap(data))
}

func decodeLogHeader(text []byte, name string, sequence uint64) (logHeader, error) {
	var h logHeader
	if err := json.Unmarshal(text, &h); err != nil {
		return h, fmt.Errorf("the header of an object of a log: %w", err)
	}
	if h.Log != name || h.Sequence != sequence || h.End <= h.Start {
		return h, errors.New("the header of another object of a log")
	}
	return h, nil
}

// header reads the header of an object of the log alone, where that can be.
func (l *log) header(ctx context.Context, sequence uint64) (logHeader, error) {
	if l.mu.TryLock() {
		last := l.last.logHeader
		l.mu.Unlock()
		if last.Sequence == sequence {
			return last, nil
		}
	}
	name, front := logName(l.name, sequence), int64(l.r.code.front())
	for _, place := range l.r.places.all {
		text, err := place.Target.Get(ctx, name, front, headerRead)
		if err != nil || len(text) < headerSize || string(text[:len(magic)]) != magic {
			continue
		}
		sealed, _, err := cut(text[headerSize:])
		if err != nil { // a long one, or a damaged one
			continue
		}
		plain, err := l.r.keys.frame(text[len(magic):headerSize], name, 0, false, sealed)
		if err != nil {
			continue
		}
		return decodeLogHeader(plain, l.name, sequence)
	}
	o, err := l.read(ctx, sequence)
	if err != nil {
		return logHeader{}, err
	}
	return o.logHeader, nil
}
