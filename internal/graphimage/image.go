package graphimage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Kind is what an entity of a graph is.
type Kind int16

// The kinds of entity, as they are stored.
const (
	Node         Kind = 1
	Relationship Kind = 2
)

// String returns a word for people.
func (k Kind) String() string {
	if k == Node {
		return "node"
	}
	return "relationship"
}

// End is a node that a relationship begins or ends at.
type End struct {
	GID string // its stable id; empty: it has none
	ID  int64  // the server's own id, where there is no other
}

// Image is what an entity consists of, but for its stable id and version.
type Image struct {
	Kind       Kind           // of the entity
	Labels     []string       // of a node, in the order of their bytes
	Type       string         // of a relationship
	From, To   End            // of a relationship
	Properties map[string]any // in the types of the driver
}

// AppendHead appends what never changes about an entity: of a relationship its type and its ends, of a node nothing.
func AppendHead(b []byte, i Image) []byte {
	if i.Kind != Relationship {
		return b
	}
	return appendEnd(appendEnd(appendString(b, i.Type), i.From), i.To)
}

func appendEnd(b []byte, e End) []byte {
	if e.GID != "" {
		return appendString(append(b, 1), e.GID)
	}
	return binary.AppendVarint(append(b, 0), e.ID)
}

// Append appends an image: its head, the labels of a node in the order of their bytes, and the properties but those that
// are left out, in the order of their names' bytes. Equal images have equal bytes. A property whose value is of no type that
// the driver returns for one is a *TypeError; a time that the driver could not read, or may have changed, is ErrZone or ErrLocal.
func Append(b []byte, i Image, leaveOut ...string) ([]byte, error) {
	b = AppendHead(b, i)
	if i.Kind == Node {
		b = appendLabels(b, i.Labels)
	}
	return appendProperties(b, i.Properties, leaveOut)
}

func appendLabels(b []byte, labels []string) []byte {
	var space [16]string
	if !slices.IsSorted(labels) {
		labels = append(space[:0], labels...)
		slices.Sort(labels)
	}
	b = binary.AppendUvarint(b, uint64(len(labels)))
	for _, label := range labels {
		b = appendString(b, label)
	}
	return b
}

func appendProperties(b []byte, properties map[string]any, leaveOut []string) ([]byte, error) {
	var space [16]string
	names := space[:0]
	for name := range properties {
		if !slices.Contains(leaveOut, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	b = binary.AppendUvarint(b, uint64(len(names)))
	for _, name := range names {
		var err error
		if b, err = appendValue(appendString(b, name), properties[name]); err != nil {
			if wrong := (*TypeError)(nil); errors.As(err, &wrong) {
				wrong.Property = name
				return nil, err
			}
			return nil, fmt.Errorf("property %q: %w", name, err)
		}
	}
	return b, nil
}

// Decode reads an image of a kind, and nothing after it. The properties are such that the driver writes them back as they
// were: in the types that it returns, but a list of floats, which is a []float64 and not a []any since the driver writes that
// faster. An error is ErrImage or ErrZone.
func Decode(kind Kind, b []byte) (Image, error) { return new(Decoder).Decode(kind, b) }

// Decoder decodes one image after the other, and keeps the time zones that it has loaded: that takes longer than all else of an
// image. The zero value is ready; it is not for concurrent use.
type Decoder struct {
	zones map[string]*time.Location
}

// Decode is the function of that name.
func (of *Decoder) Decode(kind Kind, b []byte) (Image, error) {
	d := decoder{rest: b, of: of}
	i := Image{Kind: kind}
	switch kind {
	case Node:
		i.Labels = d.labels()
	case Relationship:
		i.Type, i.From, i.To = d.string(), d.end(), d.end()
	default:
		d.fail()
	}
	i.Properties = d.properties()
	if len(d.rest) > 0 {
		d.fail()
	}
	if err := d.err(); err != nil {
		return Image{}, err
	}
	return i, nil
}

func (of *Decoder) zone(name string) (*time.Location, error) {
	if zone, is := of.zones[name]; is {
		return zone, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	if of.zones == nil {
		of.zones = map[string]*time.Location{}
	}
	of.zones[name] = zone
	return zone, nil
}

// DecodeLabels reads the labels of an image of a node.
func DecodeLabels(b []byte) ([]string, error) {
	d := decoder{rest: b}
	labels := d.labels()
	return labels, d.err()
}

// DecodeHead reads the head of an image of a relationship.
func DecodeHead(b []byte) (Image, error) {
	d := decoder{rest: b}
	i := Image{Kind: Relationship, Type: d.string(), From: d.end(), To: d.end()}
	if d.bad {
		return Image{}, ErrImage
	}
	return i, nil
}

func (d *decoder) end() End {
	switch d.byte() {
	case 0:
		return End{ID: d.varint()}
	case 1:
		if gid := d.string(); gid != "" {
			return End{GID: gid}
		}
	}
	d.fail()
	return End{}
}

func (d *decoder) labels() []string {
	labels := make([]string, d.count(1))
	for i := range labels {
		labels[i] = d.string()
		if d.bad || i > 0 && labels[i-1] >= labels[i] {
			d.fail()
			return nil
		}
	}
	return labels
}

func (d *decoder) properties() map[string]any {
	n := d.count(2)
	properties := make(map[string]any, min(n, 64)) // a count that lies costs nothing
	last := ""
	for i := range n {
		name := d.string()
		if i > 0 && name <= last {
			d.fail()
		}
		properties[name], last = d.value(), name
		if d.bad {
			if d.why != nil {
				d.why = fmt.Errorf("property %q: %w", name, d.why)
			}
			return nil
		}
	}
	return properties
}
