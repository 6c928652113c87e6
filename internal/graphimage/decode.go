package graphimage

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j/dbtype"
)

// ErrImage says that bytes are no image, or one of a later format.
var ErrImage = errors.New("not an image of an entity")

// ErrZone says that a property is a time in a zone which this machine does not know. With time/tzdata in the program, or that
// of a newer release, it can be read.
var ErrZone = errors.New("time zone unknown to this machine")

// decoder reads images, in the one form that Append writes. After an error it reads nothing.
type decoder struct {
	rest []byte
	bad  bool
	why  error // where it is more than ErrImage
	of   *Decoder
}

func (d *decoder) fail() { d.bad, d.rest = true, nil }

// err returns what was wrong, or nil.
func (d *decoder) err() error {
	if d.bad && d.why == nil {
		return ErrImage
	}
	return d.why
}

func (d *decoder) byte() byte {
	if len(d.rest) == 0 {
		d.fail()
		return 0
	}
	b := d.rest[0]
	d.rest = d.rest[1:]
	return b
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 || n > 1 && d.rest[n-1] == 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

func (d *decoder) varint() int64 {
	v := d.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// count reads how many there are of something that takes at least size bytes each: never more than there can be.
func (d *decoder) count(size int) int {
	n := d.uvarint()
	if n > uint64(len(d.rest)/size) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) bytes() []byte {
	n := d.count(1)
	b := d.rest[:n:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) string() string { return string(d.bytes()) }

func (d *decoder) float() float64 {
	if len(d.rest) < 8 {
		d.fail()
		return 0
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(d.rest))
	d.rest = d.rest[8:]
	return v
}

// value reads a value in the form that the driver takes and gives.
func (d *decoder) value() any {
	switch tag := d.byte(); tag {
	case tagFalse, tagTrue:
		return tag == tagTrue
	case tagInteger:
		return d.varint()
	case tagFloat:
		return d.float()
	case tagString:
		return d.string()
	case tagBytes:
		return append([]byte{}, d.bytes()...)
	case tagList:
		return d.list()
	case tagFloats:
		return d.floats()
	case tagDuration:
		return dbtype.Duration{Months: d.varint(), Days: d.varint(), Seconds: d.varint(), Nanos: d.int()}
	case tagPoint2D:
		return dbtype.Point2D{SpatialRefId: d.reference(), X: d.float(), Y: d.float()}
	case tagPoint3D:
		return dbtype.Point3D{SpatialRefId: d.reference(), X: d.float(), Y: d.float(), Z: d.float()}
	default:
		return d.temporal(tag)
	}
}

func (d *decoder) list() any {
	list := make([]any, d.count(1))
	for i := range list {
		list[i] = d.value()
		switch list[i].(type) {
		case []any, []byte, nil:
			d.fail()
			return nil
		}
	}
	if floats(list) {
		d.fail()
	}
	return list
}

func (d *decoder) floats() any {
	list := make([]float64, d.count(8))
	for i := range list {
		list[i] = math.Float64frombits(binary.LittleEndian.Uint64(d.rest[8*i:]))
	}
	d.rest = d.rest[8*len(list):]
	if len(list) == 0 {
		d.fail()
	}
	return list
}

func (d *decoder) int() int {
	v := d.varint()
	if v != int64(int(v)) {
		d.fail()
		return 0
	}
	return int(v)
}

func (d *decoder) reference() uint32 {
	v := d.uvarint()
	if v > math.MaxUint32 {
		d.fail()
		return 0
	}
	return uint32(v)
}

func (d *decoder) temporal(tag byte) any {
	switch tag {
	case tagDate:
		days := d.varint()
		if days > math.MaxInt64/secondsOfDay || days < math.MinInt64/secondsOfDay {
			d.fail()
		}
		return dbtype.Date(time.Unix(days*secondsOfDay, 0).UTC())
	case tagTime:
		nanoseconds, offset := d.nanoseconds(secondsOfDay), d.int()
		return dbtype.Time(day(nanoseconds, time.FixedZone(offsetZone, offset)))
	case tagLocalTime:
		return dbtype.LocalTime(day(d.nanoseconds(secondsOfDay), time.UTC))
	case tagOffsetTime:
		t, offset := d.instant(), d.int()
		return t.In(time.FixedZone(offsetZone, offset))
	case tagZonedTime:
		return d.zoned()
	case tagLocalDateTime:
		return dbtype.LocalDateTime(d.instant().UTC())
	}
	d.fail()
	return nil
}

func (d *decoder) zoned() any {
	t, name := d.instant(), d.string()
	if d.bad || ofMachine(name) {
		d.fail()
		return nil
	}
	zone, err := d.of.zone(name)
	if err != nil {
		d.fail()
		d.why = ErrZone
		return nil
	}
	return t.In(zone)
}

func (d *decoder) instant() time.Time {
	return time.Unix(d.varint(), d.nanoseconds(1))
}

// nanoseconds reads how many there are since the beginning of so many seconds.
func (d *decoder) nanoseconds(seconds int64) int64 {
	v := d.varint()
	if v < 0 || v >= seconds*int64(time.Second) {
		d.fail()
		return 0
	}
	return v
}

// day returns a time of day.
func day(nanoseconds int64, zone *time.Location) time.Time {
	return time.Date(0, 1, 1, 0, 0, int(nanoseconds/int64(time.Second)), int(nanoseconds%int64(time.Second)), zone)
}
