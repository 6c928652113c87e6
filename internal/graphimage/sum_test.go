package graphimage_test

import (
	"errors"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/shugo-data/shugo/internal/graphimage"
)

// tama returns the digest of a node that each test changes in one way.
func tama(t *testing.T, gid string, version int64, change func(*graphimage.Image)) graphimage.Sum {
	t.Helper()
	i := graphimage.Image{Kind: graphimage.Node, Labels: []string{"Animal", "Cat"}, Properties: map[string]any{"name": "Tama", "age": int64(3)}}
	change(&i)
	b, err := graphimage.Append(nil, i)
	if err != nil {
		t.Fatal(err)
	}
	return graphimage.SumOfNode(gid, version, b)
}

// knows returns the digest of a relationship that each test changes in one way.
func knows(t *testing.T, gid string, version int64, from, to graphimage.Print, change func(*graphimage.Image)) graphimage.Sum {
	t.Helper()
	i := graphimage.Image{Kind: graphimage.Relationship, Type: "KNOWS", From: graphimage.End{ID: 1}, To: graphimage.End{ID: 2},
		Properties: map[string]any{"since": int64(2024)}}
	change(&i)
	b, err := graphimage.Append(nil, i)
	if err != nil {
		t.Fatal(err)
	}
	s, err := graphimage.SumOfRelationship(gid, version, b, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func same(*graphimage.Image) {}

func TestSumTellsApart(t *testing.T) {
	t.Parallel()
	type image = graphimage.Image
	sums := map[graphimage.Sum]string{}
	for name, s := range map[string]graphimage.Sum{
		"node":                   tama(t, "", 0, same),
		"its stable id":          tama(t, "a", 0, same),
		"its version":            tama(t, "a", 1, same),
		"a label":                tama(t, "", 0, func(i *image) { i.Labels[1] = "cat" }),
		"a label less":           tama(t, "", 0, func(i *image) { i.Labels = i.Labels[:1] }),
		"labels joined":          tama(t, "", 0, func(i *image) { i.Labels = []string{"AnimalCat"} }),
		"a value":                tama(t, "", 0, func(i *image) { i.Properties["name"] = "tama" }),
		"a type":                 tama(t, "", 0, func(i *image) { i.Properties["age"] = 3.0 }),
		"a name":                 tama(t, "", 0, func(i *image) { delete(i.Properties, "age"); i.Properties["Age"] = int64(3) }),
		"a property less":        tama(t, "", 0, func(i *image) { delete(i.Properties, "age") }),
		"values exchanged":       tama(t, "", 0, func(i *image) { i.Properties["age"], i.Properties["name"] = "Tama", int64(3) }),
		"relationship":           knows(t, "", 0, 1, 2, same),
		"stable id of it":        knows(t, "a", 0, 1, 2, same),
		"version of it":          knows(t, "a", 1, 1, 2, same),
		"type of it":             knows(t, "", 0, 1, 2, func(i *image) { i.Type = "LIKES" }),
		"value of it":            knows(t, "", 0, 1, 2, func(i *image) { i.Properties["since"] = int64(2025) }),
		"where it begins":        knows(t, "", 0, 3, 2, same),
		"where it ends":          knows(t, "", 0, 1, 3, same),
		"the other way":          knows(t, "", 0, 2, 1, same),
		"nowhere, as if deleted": {},
	} {
		if other, is := sums[s]; is {
			t.Errorf("with %q the digest is that with %q", name, other)
		}
		sums[s] = name
	}
}

// TestSumOfRelationshipIsOfPrints changes how its ends are named: the server's ids are others after a restore.
func TestSumOfRelationshipIsOfPrints(t *testing.T) {
	t.Parallel()
	want := knows(t, "k", 3, 1, 2, same)
	for name, change := range map[string]func(*graphimage.Image){
		"other ids":  func(i *graphimage.Image) { i.From.ID, i.To.ID = -1<<63, 1<<40 },
		"stable ids": func(i *graphimage.Image) { i.From, i.To = graphimage.End{GID: "a"}, graphimage.End{GID: "b"} },
		"one of each": func(i *graphimage.Image) {
			i.From = graphimage.End{GID: "a long one, that is longer than an id of the server"}
		},
	} {
		if got := knows(t, "k", 3, 1, 2, change); got != want {
			t.Errorf("%s: digest %v, want %v", name, got, want)
		}
	}
	if s, err := graphimage.SumOfRelationship("k", 3, []byte{1, 'T', 0}, 1, 2); !errors.Is(err, graphimage.ErrImage) {
		t.Errorf("half a head: %v, error %v, want %v", s, err, graphimage.ErrImage)
	}
}

func TestSumOfSet(t *testing.T) {
	t.Parallel()
	sums := make([]graphimage.Sum, 1000)
	var total graphimage.Sum
	for i := range sums {
		sums[i] = graphimage.SumOfNode(strconv.Itoa(i), int64(i), []byte{0, 0})
		total = total.Add(sums[i])
	}
	rand.Shuffle(len(sums), func(i, j int) { sums[i], sums[j] = sums[j], sums[i] })
	var other, rest graphimage.Sum
	for i, s := range sums {
		if other = other.Add(s); i >= 500 {
			rest = rest.Add(s)
		}
	}
	if other != total {
		t.Errorf("in another order the digest is %v, want %v", other, total)
	}
	for _, s := range sums[:500] {
		if less := total.Sub(s); less.Add(s) != total || less == total {
			t.Errorf("without %v the digest is %v", s, less)
		}
		total = total.Sub(s)
	}
	if total != rest {
		t.Errorf("without half of it the digest is %v, want that of the other half %v", total, rest)
	}
	if twice := rest.Add(sums[0]).Add(sums[0]); twice == rest || twice == rest.Add(sums[0]) {
		t.Error("the digest does not tell how often a node is there")
	}
}

func TestPrint(t *testing.T) {
	t.Parallel()
	if a, again, b := graphimage.PrintOf("a"), graphimage.PrintOf("a"), graphimage.PrintOf("b"); a != again || a == b || a == 0 {
		t.Errorf("prints %x, %x and %x", a, again, b)
	}
	for s, want := range map[graphimage.Sum]graphimage.Print{{}: 1, {0, 7}: 1, {1, 0}: 1, {1 << 63, 7}: 1 << 63} {
		if got := s.Print(); got != want {
			t.Errorf("print of %v: %x, want %x", s, got, want)
		}
	}
	if alike := tama(t, "", 0, same); alike.Print() != tama(t, "", 0, same).Print() || alike.Print() == tama(t, "", 1, same).Print() {
		t.Error("a print is not of its node")
	}
}

func TestSumString(t *testing.T) {
	t.Parallel()
	const want = "000000000000000aff00000000000001"
	if got := (graphimage.Sum{10, 0xff00_0000_0000_0001}).String(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestFormat keeps what is in backups readable: an image and its digests never change.
func TestFormat(t *testing.T) {
	t.Parallel()
	const node, relationship = "28b77700ade28bfc4c48232724804612", "10dde140e674ee7865a173aeb22f4b63"
	if got := tama(t, "cat-1", 7, same).String(); got != node {
		t.Errorf("the digest of a node is %s, want %s", got, node)
	}
	if got := knows(t, "k-1", 7, graphimage.PrintOf("a"), 2, same).String(); got != relationship {
		t.Errorf("the digest of a relationship is %s, want %s", got, relationship)
	}
}
