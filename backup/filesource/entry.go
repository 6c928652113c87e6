package filesource

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io/fs"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shugo-data/shugo/backup"
)

const (
	treeItem = "tree"
	version  = 1
)

// kind is what is at a path.
type kind string

const (
	regular   kind = "file"
	directory kind = "directory"
	symlink   kind = "symlink"
)

// header is the first line of a tree.
type header struct {
	Version    int       `json:"version"`
	Owners     bool      `json:"owners,omitempty"`
	Attributes bool      `json:"attributes,omitempty"`
	Skipped    []Skipped `json:"skipped,omitempty"` // the first of them
}

// Skipped is what a backup left out, since it is no file, directory or symbolic link.
type Skipped struct {
	Path string `json:"path"` // in the snapshot; bytes that are not UTF-8 are replaced
	Kind string `json:"kind"` // such as "socket"
}

// entry is what is known of a path.
type entry struct {
	Path   string            `json:"path,omitempty"` // slash-separated: name of the root, and what is below it
	Raw    []byte            `json:"raw,omitempty"`  // instead, for one that is not UTF-8
	Kind   kind              `json:"kind"`
	Mode   fs.FileMode       `json:"mode"` // permissions, set-user-ID, set-group-ID, sticky
	Time   time.Time         `json:"time"` // of the last change of content
	UID    int               `json:"uid,omitempty"`
	GID    int               `json:"gid,omitempty"`
	Attrs  map[string][]byte `json:"attrs,omitempty"`
	Target []byte            `json:"target,omitempty"` // of a symbolic link
	Link   []byte            `json:"link,omitempty"`   // path of the first name of the same file

	Size    int64    `json:"size,omitempty"`
	Digest  []byte   `json:"digest,omitempty"`  // SHA-256 of the content, holes included
	Item    string   `json:"item,omitempty"`    // with the content; empty: there is no data
	Offset  int64    `json:"offset,omitempty"`  // in the item, of a file in a group
	Extents []extent `json:"extents,omitempty"` // with data; nil: all of it

	Identity identity `json:"identity,omitzero"` // by which it is known again
}

// extent is a part of a file.
type extent struct {
	Offset int64 `json:"o"`
	Length int64 `json:"n"`
}

// identity is what changes whenever a file does. The zero value is like no other.
type identity struct {
	Device uint64 `json:"d,omitempty"`
	Inode  uint64 `json:"i,omitempty"`
	Change int64  `json:"c,omitempty"` // time of the last change of content or description, in nanoseconds since 1970
	Young  bool   `json:"y,omitempty"` // changed so shortly before it was read that a later change may show the same time
}

// known reports whether the file is the one that an earlier entry describes, content included.
func (e entry) known(before entry) bool {
	return before.Kind == regular && e.Size == before.Size && e.Time.Equal(before.Time) && !before.Identity.Young &&
		e.Identity.Inode != 0 && e.Identity == before.Identity
}

// path returns the path, whatever its bytes.
func (e entry) path() string {
	if e.Raw != nil {
		return string(e.Raw)
	}
	return e.Path
}

// setPath keeps a path exactly.
func (e *entry) setPath(p string) {
	if utf8.ValidString(p) {
		e.Path = p
		return
	}
	e.Raw = []byte(p)
}

// data returns the number of bytes that are stored.
func (e entry) data() int64 {
	if e.Extents == nil {
		return e.Size
	}
	n := int64(0)
	for _, x := range e.Extents {
		n += x.Length
	}
	return n
}

// writeTree writes the item "tree". A chunk ends after a path with a certain hash, so that those of an unchanged part are stored once.
func writeTree(ctx context.Context, w backup.Writer, h header, entries []entry) error {
	item, err := w.Create(ctx, treeItem, "tree")
	if err != nil {
		return err
	}
	line, err := json.Marshal(h)
	if err != nil {
		return err
	}
	text := append(line, '\n')
	flush := func() error {
		chunk := backup.Chunk{Data: text}
		text = nil
		return item.Append(ctx, chunk)
	}
	for _, e := range entries {
		if line, err = json.Marshal(e); err != nil {
			return err
		}
		if len(line) > backup.MaxChunk/2 {
			return fmt.Errorf("filesource: the description of %q has %d bytes, expected at most %d", e.path(), len(line), backup.MaxChunk/2)
		}
		text = append(append(text, line...), '\n')
		if pathHash(e.path())%1024 == 0 || len(text) > backup.MaxChunk/4 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if len(text) > 0 {
		if err := flush(); err != nil {
			return err
		}
	}
	return item.Commit(ctx, nil)
}

// pathHash is FNV-1a, with the finish of MurmurHash3 since its low bits are looked at.
func pathHash(text string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(text)) //nolint:errcheck // a hash takes all
	x := h.Sum64()
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	return x ^ x>>33
}

// readTree reads the item "tree".
func readTree(ctx context.Context, r backup.Reader) (header, []entry, error) {
	var h header
	var entries []entry
	items := r.Items()
	i := slices.IndexFunc(items, func(i backup.Item) bool { return i.Name == treeItem })
	if i < 0 {
		return h, nil, damaged("no such item", nil)
	}
	for n := range items[i].Chunks {
		text, err := r.Chunk(ctx, treeItem, n)
		if err != nil {
			return h, nil, err
		}
		for number, line := range bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")) {
			if n == 0 && number == 0 {
				if err := json.Unmarshal(line, &h); err != nil {
					return h, nil, damaged("its header is no JSON", err)
				}
				if h.Version != version {
					return h, nil, fmt.Errorf("filesource: tree of version %d, expected %d: %w", h.Version, version, backup.ErrVersion)
				}
				continue
			}
			var e entry
			if err := json.Unmarshal(line, &e); err != nil {
				return h, nil, damaged(fmt.Sprintf("entry %d is no JSON", len(entries)), err)
			}
			entries = append(entries, e)
		}
	}
	if h.Version == 0 {
		return h, nil, damaged("it is empty", nil)
	}
	return h, entries, nil
}

// damaged says what is wrong with a tree.
func damaged(text string, err error) error {
	return &backup.CorruptError{Object: treeItem, Text: text, Err: err}
}

// checkTree refuses entries that a Source does not write: a path that leaves the directory, that is below something that is no
// directory, or that is there twice; content that is not in the snapshot, or not where it is said to be.
func checkTree(entries []entry, items []backup.Item) error {
	sizes := map[string]int64{}
	for _, i := range items {
		sizes[i.Name] = i.Size
	}
	kinds := map[string]kind{"": directory}
	for n, e := range entries {
		p := e.path()
		wrong := func(text string) error { return damaged(fmt.Sprintf("entry %d, %q: %s", n, p, text), nil) }
		if !local(p) {
			return wrong("not a path below the directory")
		}
		parent, _, _ := cutLast(p)
		if kinds[parent] != directory {
			return wrong("its parent is no directory that comes before it")
		}
		if kinds[p] != "" {
			return wrong("it is there twice")
		}
		kinds[p] = e.Kind
		if e.Link != nil && (e.Kind != regular || kinds[string(e.Link)] != regular || string(e.Link) == p) {
			return wrong("the first name of the same file is not before it")
		}
		if text := e.check(sizes); text != "" {
			return wrong(text)
		}
	}
	return nil
}

// check says what is wrong with an entry alone.
func (e entry) check(sizes map[string]int64) string {
	switch e.Kind {
	case directory, symlink:
		if e.Item != "" || e.Kind == symlink && (len(e.Target) == 0 || bytes.IndexByte(e.Target, 0) >= 0) {
			return "it has content, or a target that is none"
		}
		return ""
	case regular:
	default:
		return "it is of no kind that is known"
	}
	if e.Link != nil {
		return ""
	}
	end := int64(0)
	for _, x := range e.Extents {
		if x.Offset < end || x.Length <= 0 || x.Offset > e.Size || x.Length > e.Size-x.Offset {
			return "its parts overlap, or are beyond its end"
		}
		end = x.Offset + x.Length
	}
	size, found := sizes[e.Item]
	switch data := e.data(); {
	case e.Size < 0 || e.Offset < 0 || len(e.Digest) != sha256.Size:
		return "it has no size, place or digest"
	case data == 0 && e.Item == "":
		return ""
	case !found || data == 0 || e.grouped() && (e.Offset > size || data > size-e.Offset || e.Extents != nil) || !e.grouped() && (data != size || e.Offset != 0):
		return "its content is not in the snapshot"
	}
	return ""
}

// grouped reports whether the content is in an item with that of others.
func (e entry) grouped() bool { return strings.HasPrefix(e.Item, "group/") }

// local reports whether a path stays below a directory, on every system that has slashes.
func local(p string) bool {
	for segment := range strings.SplitSeq(p, "/") {
		if segment == "" || segment == "." || segment == ".." || strings.IndexByte(segment, 0) >= 0 {
			return false
		}
	}
	return true
}

// cutLast splits a path before its last segment.
func cutLast(p string) (parent, name string, below bool) {
	i := strings.LastIndexByte(p, '/')
	if i < 0 {
		return "", p, false
	}
	return p[:i], p[i+1:], true
}

// when returns the time that a restore brings back: none of a symbolic link.
func (e entry) when() time.Time {
	if e.Kind == symlink {
		return time.Time{}
	}
	return e.Time
}
