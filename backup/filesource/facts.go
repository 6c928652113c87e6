package filesource

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/backup"
)

// mostFacts is how many files have a fact of their own: a certificate holds all facts twice.
const mostFacts = 1000

// facts describes a tree: one fact for each root, with a digest of the path, kind, permissions, time, content, target and other name
// of all that is in it; and one for each file while there are at most 1,000, else one for each of the first directories of the roots.
func facts(entries []entry) []backup.Fact {
	type sum struct {
		text  hash.Hash
		files int
		bytes int64
	}
	sums := map[string]*sum{}
	var names []string
	add := func(name string, e entry, line []byte) {
		if sums[name] == nil {
			sums[name] = &sum{text: sha256.New()}
			names = append(names, name)
		}
		s := sums[name]
		s.text.Write(line) //nolint:errcheck // a hash takes all
		if e.Kind == regular {
			s.files++
			s.bytes += e.Size
		}
	}
	files := 0
	for _, e := range entries {
		if e.Kind == regular {
			files++
		}
	}
	for _, e := range entries {
		segments, line := strings.SplitN(e.path(), "/", 3), append(e.canonical(), '\n')
		add(fmt.Sprintf("root %q", segments[0]), e, line)
		switch {
		case files <= mostFacts && e.Kind == regular:
			add(fmt.Sprintf("file %q", e.path()), e, line)
		case files > mostFacts && len(segments) > 2:
			name := fmt.Sprintf("directory %q", segments[0]+"/"+segments[1])
			if sums[name] != nil || len(names) < mostFacts {
				add(name, e, line)
			}
		}
	}
	slices.Sort(names)
	var all []backup.Fact
	for _, name := range names {
		s := sums[name]
		all = append(all, backup.Fact{Name: name, Value: fmt.Sprintf("%d files, %d bytes, digest %x", s.files, s.bytes, s.text.Sum(nil))})
	}
	return all
}

// canonical returns what must be found again of an entry, as one line.
func (e entry) canonical() []byte {
	line, err := json.Marshal(entry{Path: e.Path, Raw: e.Raw, Kind: e.Kind, Mode: e.Mode, Time: e.when(), UID: e.UID, GID: e.GID,
		Attrs: e.Attrs, Target: e.Target, Link: e.Link, Size: e.Size, Digest: e.Digest})
	if err != nil { // text, numbers and times of files always marshal
		return []byte(err.Error())
	}
	return line
}
