package pgwal

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
)

// written returns a snapshot of items, by name: their kind and meta, and one chunk each.
func written(t testing.TB, items map[string][2]string) backup.Reader {
	t.Helper()
	var repository backuptest.Repository
	snapshot, err := repository.Write(context.Background(), "cluster", func(ctx context.Context, w backup.Writer) (backup.Cut, error) {
		for name, item := range items {
			to, err := w.Create(ctx, name, item[0])
			if err != nil {
				return backup.Cut{}, err
			}
			if err := to.Append(ctx, backup.Chunk{Data: []byte("0123456789")}); err != nil {
				return backup.Cut{}, err
			}
			if err := to.Commit(ctx, []byte(item[1])); err != nil {
				return backup.Cut{}, err
			}
		}
		return backup.Cut{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := repository.Open(context.Background(), snapshot.ID)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func sampleBase() Base {
	return Base{Format: formatVersion, System: "7012345678901234567", Version: 150020, Timeline: 1, Start: 0x2000028, StopTimeline: 1, Stop: 0x2000100,
		SegmentSize: 16 << 20, Mode: "0700", IncludesWAL: true}
}

func encoded(t testing.TB, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestReadBase refuses what contradicts itself.
func TestReadBase(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*Base)
		want   error
	}{
		"sound":              {func(*Base) {}, nil},
		"later format":       {func(b *Base) { b.Format++ }, backup.ErrVersion},
		"no system":          {func(b *Base) { b.System = "" }, backup.ErrCorrupt},
		"ends before it":     {func(b *Base) { b.Stop = b.Start - 1 }, backup.ErrCorrupt},
		"earlier timeline":   {func(b *Base) { b.StopTimeline = 0 }, backup.ErrCorrupt},
		"size of a segment":  {func(b *Base) { b.SegmentSize = 3 << 20 }, backup.ErrCorrupt},
		"hostile tablespace": {func(b *Base) { b.Tablespaces = []Tablespace{{"../a", "/a"}} }, backup.ErrCorrupt},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := sampleBase()
			test.change(&b)
			_, err := ReadBase(written(t, map[string][2]string{manifestItem: {"manifest", encoded(t, b)}}))
			if !errors.Is(err, test.want) {
				t.Errorf("error %v, expected %v", err, test.want)
			}
		})
	}
}

// TestRestoreHostile lets nothing out of the directory, whatever a snapshot says.
func TestRestoreHostile(t *testing.T) {
	t.Parallel()
	file := func(m packed) [2]string { return [2]string{itemKindPack, encoded(t, []packed{m})} }
	control := file(packed{member: member{Path: controlFile, Mode: 0o600, Size: 5, Kind: kindFile}})
	for name, item := range map[string][2]string{
		"parent":            file(packed{member: member{Path: "../a", Size: 1, Kind: kindFile}}),
		"absolute":          file(packed{member: member{Path: "/a", Size: 1, Kind: kindFile}}),
		"folder":            file(packed{member: member{Path: "a/../..", Kind: kindDir}}),
		"link":              file(packed{member: member{Path: "base", Kind: kindLink, Link: "/etc"}}),
		"link of none":      file(packed{member: member{Path: "pg_tblspc/16400", Kind: kindLink, Link: "/etc"}}),
		"no kind":           file(packed{member: member{Path: "a"}}),
		"chunk that is not": file(packed{member: member{Path: "a", Size: 1, Kind: kindFile}, Chunk: 1}),
		"behind the chunk":  file(packed{member: member{Path: "a", Size: 5, Kind: kindFile}, Offset: 6}),
		"immense":           file(packed{member: member{Path: "a", Size: 1<<63 - 1, Kind: kindFile}, Offset: 1}),
		"before the chunk":  file(packed{member: member{Path: "a", Size: 5, Kind: kindFile}, Offset: -1}),
		"large mode":        file(packed{member: member{Path: "a", Mode: 0o4755, Size: 5, Kind: kindFile}}),
		"no list":           {itemKindPack, "{"},
		"another size":      {itemKindFile, encoded(t, member{Path: "a", Mode: 0o600, Size: 11, Kind: kindFile})},
		"large folder":      {itemKindFile, encoded(t, member{Path: "a", Mode: 0o600, Size: 10, Kind: kindDir})},
		"nothing":           {"other", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			items := map[string][2]string{manifestItem: {"manifest", encoded(t, sampleBase())}, "files/0": control, "files/1": item}
			if name == "nothing" {
				delete(items, "files/0")
			}
			parent := t.TempDir()
			d, err := NewDirectory(DirectoryConfig{Path: filepath.Join(parent, "in", "data")})
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Restore(context.Background(), written(t, items), backup.Goal{}); !errors.Is(err, backup.ErrCorrupt) {
				t.Errorf("error %v, expected ErrCorrupt", err)
			}
			if found, err := filepath.Glob(filepath.Join(parent, "*")); len(found) != 1 || err != nil {
				t.Errorf("%d entries, %v", len(found), err)
			}
			if exists(filepath.Join(parent, "in", "data")) {
				t.Error("the directory is left")
			}
		})
	}
}

// FuzzMembers reads anything: what it lets in stays below the data directory, and within its item.
func FuzzMembers(f *testing.F) {
	f.Add(`[{"Path":"a","Mode":384,"Size":1,"Kind":"file"}]`, true)
	f.Add(`{"Path":"a","Size":10,"Kind":"file"}`, false)
	f.Fuzz(func(t *testing.T, meta string, pack bool) {
		item := backup.Item{Kind: itemKindFile, Meta: []byte(meta), Chunks: 1, Size: 10}
		if pack {
			item.Kind = itemKindPack
		}
		all, err := members(item)
		if err != nil {
			return
		}
		for _, m := range all {
			if strings.HasPrefix(m.Path, "/") || strings.Contains("/"+m.Path+"/", "/../") || m.Size < 0 || m.Offset < 0 || m.Size > 0 && m.Chunk > 0 && m.Kind == kindFile {
				t.Fatalf("let in %+v", m)
			}
		}
	})
}

// FuzzRoute follows any history: it ends, and the legs are without holes.
func FuzzRoute(f *testing.F) {
	f.Add("1\t0/3000000\tno recovery target\n", uint32(2))
	f.Add("1\t0/3000000\n2\t0/5000000\n", uint32(7))
	f.Fuzz(func(t *testing.T, text string, timeline uint32) {
		b := sampleBase()
		legs, err := histories{timeline: []byte(text)}.route(b, timeline)
		if err != nil {
			return
		}
		if legs[0].from > b.Start || legs[len(legs)-1].to != noEnd {
			t.Fatalf("legs %v", legs)
		}
		for i, l := range legs[1:] {
			if l.from != legs[i].to || l.from > l.to {
				t.Fatalf("legs %v", legs)
			}
		}
	})
}
