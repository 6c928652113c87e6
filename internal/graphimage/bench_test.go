package graphimage_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"github.com/neo4j/neo4j-go-driver/v5/neo4j/dbtype"

	"github.com/shugo-data/shugo/internal/graphimage"
)

// benched returns nodes as the driver returns them.
func benched(b *testing.B) map[string]graphimage.Image {
	properties := func(more string, v any) map[string]any {
		p := map[string]any{"gid": "6f1c7a52-8f0e-4a57-9d0e-0b8c2d1e9a31", "name": "たま", "age": int64(3), "likes": "warm places and fish"}
		if more != "" {
			p[more] = v
		}
		return p
	}
	embedding := make([]any, 1536)
	for i := range embedding {
		embedding[i] = 1 / float64(i+1)
	}
	now := time.Date(2024, 3, 31, 2, 30, 0, 0, time.UTC)
	images := map[string]graphimage.Image{}
	for name, p := range map[string]map[string]any{
		"typical":       properties("", nil),
		"embedding":     properties("embedding", embedding),
		"zoned":         properties("met", now.In(zone(b, "Asia/Tokyo"))),
		"localDateTime": properties("met", dbtype.LocalDateTime(time.Date(2024, 5, 1, 2, 30, 0, 0, time.Local))),
	} {
		images[name] = graphimage.Image{Kind: graphimage.Node, Labels: []string{"Animal", "Cat", "Entity", "Pet"}, Properties: p}
	}
	return images
}

func BenchmarkAppend(b *testing.B) {
	for name, image := range benched(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var space []byte
			for b.Loop() {
				var err error
				if space, err = graphimage.Append(space[:0], image, "version"); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(len(space)))
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for name, image := range benched(b) {
		bytes, err := graphimage.Append(nil, image)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bytes)))
			for b.Loop() {
				if _, err := graphimage.Decode(graphimage.Node, bytes); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/kept", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bytes)))
			var d graphimage.Decoder
			for b.Loop() {
				if _, err := d.Decode(graphimage.Node, bytes); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRecords(b *testing.B) {
	var bytes []byte
	for i := range 1000 {
		bytes = graphimage.AppendRecord(bytes, graphimage.Record{Kind: graphimage.Node, GID: fmt.Sprint("cat-", i), Version: int64(i), Image: make([]byte, 100)})
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(bytes)))
	for b.Loop() {
		for _, err := range graphimage.Records(bytes) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkSum(b *testing.B) {
	for name, size := range map[string]int{"typical": 100, "embedding": 12 << 10} {
		image := make([]byte, size)
		image[0] = 1
		b.Run("node/"+name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(size))
			for b.Loop() {
				graphimage.SumOfNode("6f1c7a52-8f0e-4a57-9d0e-0b8c2d1e9a31", 7, image)
			}
		})
		b.Run("relationship/"+name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(size))
			for b.Loop() {
				if _, err := graphimage.SumOfRelationship("6f1c7a52-8f0e-4a57-9d0e-0b8c2d1e9a31", 7, image, 1, 2); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkExport reads nodes through the driver, and makes records and digests of them: each operation is one node.
func BenchmarkExport(b *testing.B) {
	const count = 1000
	g := newGraph(b)
	for name, image := range benched(b) {
		g.run(b, `UNWIND range(1, $count) AS i CREATE (n:`+g.label+`) SET n = $p, n.class = $class`,
			map[string]any{"count": count, "p": image.Properties, "class": name})
		for _, whole := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/records=%v", name, whole), func(b *testing.B) {
				b.ReportAllocs()
				for n := 0; n < b.N; n += count {
					g.export(b, name, whole)
				}
			})
		}
	}
}

// export reads the nodes of a class in one stream.
func (g graph) export(b *testing.B, class string, whole bool) {
	session := g.driver.NewSession(b.Context(), neo4j.SessionConfig{})
	defer session.Close(b.Context())
	result, err := session.Run(b.Context(), `MATCH (n:`+g.label+` {class: $class}) RETURN n`, map[string]any{"class": class})
	if err != nil {
		b.Fatal(err)
	}
	var image, records []byte
	var total graphimage.Sum
	for result.Next(b.Context()) {
		n := result.Record().Values[0].(neo4j.Node)
		if !whole {
			continue
		}
		i := graphimage.Image{Kind: graphimage.Node, Labels: n.Labels, Properties: n.Props}
		if image, err = graphimage.Append(image[:0], i, "gid"); err != nil {
			b.Fatal(err)
		}
		gid := n.Props["gid"].(string)
		total = total.Add(graphimage.SumOfNode(gid, 1, image))
		if len(records) > 1<<20 {
			records = records[:0]
		}
		records = graphimage.AppendRecord(records, graphimage.Record{Kind: graphimage.Node, GID: gid, Version: 1, Image: image})
	}
	if err := result.Err(); err != nil {
		b.Fatal(err)
	}
}
