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

// decoder reads images. After an error it reads nothing.
type decoder struct {
	rest []byte
	bad  bool
}

func (d *decoder) fail() { d.bad, d.rest = true, nil }

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
	if n <= 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.rest)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return v
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
		list := make([]any, d.count(8))
		for i := range list {
			list[i] = d.float()
		}
		return list
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
		if len(d.rest) > 0 && (d.rest[0] == tagList || d.rest[0] == tagFloats) {
			d.fail()
			return nil
		}
		list[i] = d.value()
	}
	return list
}

func (d *decoder) int() int {
	v := d.varint()
	if v != int64(int32(v)) {
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
		return dbtype.Date(time.Unix(d.varint()*86400, 0).UTC())
	case tagTime:
		nanoseconds, offset := d.varint(), d.int()
		return dbtype.Time(day(nanoseconds, time.FixedZone(offsetZone, offset)))
	case tagLocalTime:
		return dbtype.LocalTime(day(d.varint(), time.UTC))
	case tagOffsetTime:
		t, offset := d.instant(), d.int()
		return t.In(time.FixedZone(offsetZone, offset))
	case tagZonedTime:
		t := d.instant()
		zone, err := time.LoadLocation(d.string())
		if err != nil {
			d.fail()
			return nil
		}
		return t.In(zone)
	case tagLocalDateTime:
		return dbtype.LocalDateTime(d.instant().UTC())
	}
	d.fail()
	return nil
}

func (d *decoder) instant() time.Time {
	seconds, nanoseconds := d.varint(), d.varint()
	if nanoseconds < 0 || nanoseconds >= int64(time.Second) {
		d.fail()
		return time.Time{}
	}
	return time.Unix(seconds, nanoseconds)
}

// day returns a time of day.
func day(nanoseconds int64, zone *time.Location) time.Time {
	return time.Date(0, 1, 1, 0, 0, int(nanoseconds/int64(time.Second)), int(nanoseconds%int64(time.Second)), zone)
}
