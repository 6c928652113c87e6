package graphimage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j/dbtype"
)

// The tags of values. A number that is out of this list is of a later format.
const (
	tagFalse         = 1
	tagTrue          = 2
	tagInteger       = 3  // zigzag varint
	tagFloat         = 4  // its 64 bits, little-endian, so that every NaN and -0 stay what they are
	tagString        = 5  // length, bytes
	tagBytes         = 6  // length, bytes
	tagList          = 7  // count, values
	tagFloats        = 8  // count, 64 bits each: a list of nothing but floats
	tagDate          = 9  // days since 1970-01-01
	tagTime          = 10 // nanoseconds of the day, offset in seconds
	tagLocalTime     = 11 // nanoseconds of the day
	tagOffsetTime    = 12 // seconds since 1970-01-01 UTC, nanoseconds, offset in seconds
	tagZonedTime     = 13 // seconds since 1970-01-01 UTC, nanoseconds, name of the zone
	tagLocalDateTime = 14 // seconds since 1970-01-01 on the clock, nanoseconds
	tagDuration      = 15 // months, days, seconds, nanoseconds
	tagPoint2D       = 16 // reference system, x, y
	tagPoint3D       = 17 // reference system, x, y, z
)

const secondsOfDay = 24 * 60 * 60

// offsetZone is what the driver calls the zone of a time that has an offset alone.
const offsetZone = "Offset"

// TypeError says that a value is of a type that no property has.
type TypeError struct {
	Property string // its name
	Type     string // the Go type that was found
}

// Error names the property and the type.
func (e *TypeError) Error() string {
	return fmt.Sprintf("property %q: found %s, expected a type of Neo4j's properties", e.Property, e.Type)
}

// ErrLocal says that the driver may have changed a LocalDateTime: it reads one as a time in the zone of this machine, where
// the hour by which clocks are put forward does not exist, and moves what was in it beside it.
var ErrLocal = errors.New("a LocalDateTime beside an hour that this machine's time zone leaves out, which the driver may have moved: " +
	"run with TZ=UTC")

// appendValue appends a value as the driver returns it, or Decode. What else a host may give to the driver for it, such as an int32 or a
// []string, comes back as one of these.
func appendValue(b []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case string:
		return appendString(append(b, tagString), v), nil
	case int64:
		return binary.AppendVarint(append(b, tagInteger), v), nil
	case float64:
		return appendFloat(append(b, tagFloat), v), nil
	case bool:
		if v {
			return append(b, tagTrue), nil
		}
		return append(b, tagFalse), nil
	case []byte:
		return append(binary.AppendUvarint(append(b, tagBytes), uint64(len(v))), v...), nil
	case []any:
		return appendList(b, v)
	case []float64:
		return appendFloats(b, v), nil
	case dbtype.Duration:
		b = binary.AppendVarint(append(b, tagDuration), v.Months)
		b = binary.AppendVarint(binary.AppendVarint(b, v.Days), v.Seconds)
		return binary.AppendVarint(b, int64(v.Nanos)), nil
	case dbtype.Point2D:
		b = binary.AppendUvarint(append(b, tagPoint2D), uint64(v.SpatialRefId))
		return appendFloat(appendFloat(b, v.X), v.Y), nil
	case dbtype.Point3D:
		b = binary.AppendUvarint(append(b, tagPoint3D), uint64(v.SpatialRefId))
		return appendFloat(appendFloat(appendFloat(b, v.X), v.Y), v.Z), nil
	}
	return appendTemporal(b, value)
}

func appendTemporal(b []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case dbtype.Date:
		seconds := clock(time.Time(v))
		days := seconds / secondsOfDay
		if seconds%secondsOfDay < 0 {
			days--
		}
		return binary.AppendVarint(append(b, tagDate), days), nil
	case dbtype.LocalDateTime:
		if moved(time.Time(v)) {
			return nil, ErrLocal
		}
		return appendInstant(append(b, tagLocalDateTime), clock(time.Time(v)), time.Time(v)), nil
	case dbtype.LocalTime:
		return binary.AppendVarint(append(b, tagLocalTime), ofDay(time.Time(v))), nil
	case dbtype.Time:
		_, offset := time.Time(v).Zone()
		return binary.AppendVarint(binary.AppendVarint(append(b, tagTime), ofDay(time.Time(v))), int64(offset)), nil
	case time.Time:
		name, offset := v.Zone()
		if name == offsetZone {
			return binary.AppendVarint(appendInstant(append(b, tagOffsetTime), v.Unix(), v), int64(offset)), nil
		}
		zone := v.Location().String()
		if ofMachine(zone) {
			return nil, &TypeError{Type: "time.Time in the zone of the machine"}
		}
		return appendString(appendInstant(append(b, tagZonedTime), v.Unix(), v), zone), nil
	case *dbtype.InvalidValue: // the driver returns it for nothing else
		return nil, ErrZone
	}
	return nil, &TypeError{Type: fmt.Sprintf("%T", value)}
}

// appendList appends a list, in the short form where it has floats alone.
func appendList(b []byte, list []any) ([]byte, error) {
	if floats(list) {
		b = binary.AppendUvarint(append(b, tagFloats), uint64(len(list)))
		for _, v := range list {
			b = appendFloat(b, v.(float64))
		}
		return b, nil
	}
	b = binary.AppendUvarint(append(b, tagList), uint64(len(list)))
	for _, v := range list {
		switch v.(type) {
		case []any, []byte:
			return nil, &TypeError{Type: fmt.Sprintf("%T in a list", v)}
		}
		var err error
		if b, err = appendValue(b, v); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func appendFloats(b []byte, list []float64) []byte {
	if len(list) == 0 {
		return append(b, tagList, 0)
	}
	b = binary.AppendUvarint(append(b, tagFloats), uint64(len(list)))
	for _, v := range list {
		b = appendFloat(b, v)
	}
	return b
}

// floats reports whether a list has something, and floats alone.
func floats(list []any) bool {
	for _, v := range list {
		if _, is := v.(float64); !is {
			return false
		}
	}
	return len(list) > 0
}

func appendString(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

func appendFloat(b []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
}

func appendInstant(b []byte, seconds int64, t time.Time) []byte {
	return binary.AppendVarint(binary.AppendVarint(b, seconds), int64(t.Nanosecond()))
}

// clock returns the seconds since 1970-01-01 that a clock on the wall shows.
func clock(t time.Time) int64 {
	_, offset := t.Zone()
	return t.Unix() + int64(offset)
}

// ofMachine reports whether the name of a zone means another on each machine, or none.
func ofMachine(zone string) bool { return zone == "" || zone == "Local" || zone[0] == '/' }

// moved reports whether the driver may have moved a time on the clock, out of an hour that its zone leaves out.
func moved(t time.Time) bool {
	start, end := t.ZoneBounds()
	return beside(t, start) || beside(t, end)
}

// beside reports whether t is where time.Date puts what it is given in the hour, if any, that a change of the zone leaves out:
// it says only that this is before or after it.
func beside(t, change time.Time) bool {
	_, before := change.Add(-1).Zone()
	_, after := change.Zone()
	gap, since := time.Duration(after-before)*time.Second, t.Sub(change)
	return -gap <= since && since < gap
}

// ofDay returns the nanoseconds of the day that a clock on the wall shows.
func ofDay(t time.Time) int64 {
	hour, minute, second := t.Clock()
	return int64(hour*3600+minute*60+second)*int64(time.Second) + int64(t.Nanosecond())
}
