package repository

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/internal/servertest"
)

// damage is a way to damage one object, or several, of a place. It returns the name of an object that is not as it was, and
// where that one was: empty, if nothing could be damaged that way.
type damage struct {
	name string
	do   func(s *scene, target *backuptest.Target) string
}

func (s *scene) get(target *backuptest.Target, name string) []byte {
	data, err := target.Get(s.t.Context(), name, 0, -1)
	if err != nil {
		s.t.Fatal(err)
	}
	return data
}

// victim chooses an object that is not a repaired copy or a lease.
func (s *scene) victim(target *backuptest.Target, prefix string) string {
	var names []string
	for o := range target.List(s.t.Context(), prefix) {
		if original(o.Name) == o.Name && !strings.HasPrefix(o.Name, leasePrefix) {
			names = append(names, o.Name)
		}
	}
	return names[s.random.IntN(len(names))]
}

func (s *scene) change(target *backuptest.Target, f func(data []byte) []byte) string {
	name := s.victim(target, "")
	target.Set(name, f(s.get(target, name)))
	return name
}

func damages(other *scene) []damage {
	return []damage{
		{"bit flip", func(s *scene, target *backuptest.Target) string {
			return s.change(target, func(d []byte) []byte {
				d[s.random.IntN(len(d))] ^= 1 << s.random.IntN(8)
				return d
			})
		}},
		{"truncation", func(s *scene, target *backuptest.Target) string {
			return s.change(target, func(d []byte) []byte { return d[:s.random.IntN(len(d))] })
		}},
		{"extension", func(s *scene, target *backuptest.Target) string {
			return s.change(target, func(d []byte) []byte { return append(d, make([]byte, 1+s.random.IntN(100))...) })
		}},
		{"zeroed block", func(s *scene, target *backuptest.Target) string {
			return s.change(target, func(d []byte) []byte {
				at := s.random.IntN(len(d))
				block := d[at:min(len(d), at+64)]
				if bytes.Count(block, []byte{0}) == len(block) {
					block[0] = 1
					return d
				}
				clear(block)
				return d
			})
		}},
		{"swapped objects", func(s *scene, target *backuptest.Target) string {
			a, b := s.victim(target, packPrefix), s.victim(target, "")
			if a == b {
				b = configName
			}
			x, y := s.get(target, a), s.get(target, b)
			target.Set(a, y)
			target.Set(b, x)
			return a
		}},
		{"swapped frames", func(s *scene, target *backuptest.Target) string { return s.swapFrames(target) }},
		{"deleted object", func(s *scene, target *backuptest.Target) string {
			name := s.victim(target, "")
			target.Lose(name)
			return name
		}},
		{"renamed object", func(s *scene, target *backuptest.Target) string {
			name := s.victim(target, "")
			data := s.get(target, name)
			target.Lose(name)
			target.Set(name+"9", data)
			return name
		}},
		{"older version", func(s *scene, target *backuptest.Target) string {
			name := headName(s.current.Sequence)
			target.Set(name, s.get(target, headName(s.current.Sequence-1)))
			return name
		}},
		{"duplicate", func(s *scene, target *backuptest.Target) string {
			name := s.victim(target, packPrefix)
			target.Set(name[:len(name)-1]+"9", s.get(target, name))
			return name[:len(name)-1] + "9"
		}},
		{"newest head deleted", func(s *scene, target *backuptest.Target) string {
			target.Lose(headName(s.current.Sequence))
			return headName(s.current.Sequence)
		}},
		{"log object deleted", func(s *scene, target *backuptest.Target) string {
			name := s.victim(target, logPrefix)
			target.Lose(name)
			return name
		}},
		{"object of another repository", func(s *scene, target *backuptest.Target) string {
			name := s.victim(target, []string{"", headPrefix, logPrefix, configName}[s.random.IntN(4)])
			from := other.targets[0]
			data, err := from.Get(s.t.Context(), name, 0, -1)
			if err != nil {
				data = other.get(from, other.victim(from, strings.SplitN(name, "/", 2)[0]))
			}
			target.Set(name, data)
			return name
		}},
	}
}

// swapFrames swaps the first two frames of a pack.
func (s *scene) swapFrames(target *backuptest.Target) string {
	name := s.victim(target, packPrefix)
	data := s.get(target, name)
	object := unwrap(data)
	first, rest, err := cut(object[headerSize:])
	if err != nil {
		s.t.Fatal(err)
	}
	second, _, err := cut(rest)
	if err != nil {
		s.t.Fatal(err)
	}
	a, b := object[headerSize:][:prefixSize+len(first)], rest[:prefixSize+len(second)]
	copy(object[headerSize:], slices.Concat(b, a))
	target.Set(name, data)
	return name
}

// history writes a few snapshots and entries.
func (s *scene) history() {
	for range 2 + s.random.IntN(3) {
		s.mustWrite()
		s.log()
	}
}

func TestDamageOfOnePlaceOfTwo(t *testing.T) {
	t.Parallel()
	other := newScene(t, 99, 1, Parity{})
	other.history()
	kinds := damages(other)
	for seed := range servertest.Count(130, 2000) {
		kind := kinds[seed%len(kinds)]
		t.Run(fmt.Sprintf("%d %s", seed, kind.name), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, uint64(seed), 2, Parity{})
			s.history()
			hurt := s.random.IntN(2)
			name := kind.do(s, s.targets[hurt])
			if err := s.reopen(); err != nil {
				t.Fatalf("open: %v", err)
			}
			if err := s.check(); err != nil {
				t.Fatalf("with %s damaged: %v", name, err)
			}
			v, err := s.Verify(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(v.Damaged, func(d backup.Damage) bool { return d.Object == name })
			if at < 0 || v.Damaged[at].Place != s.config.Places[hurt].Name || !v.Passed() {
				t.Fatalf("verification found %v, expected %s in %s, all mended", v.Damaged, name, s.config.Places[hurt].Name)
			}
			s.alone(hurt)
		})
	}
}

// alone makes sure that one place is enough by itself.
func (s *scene) alone(place int) {
	s.t.Helper()
	s.config.Places = s.config.Places[place : place+1]
	if err := s.reopen(); err != nil {
		s.t.Fatalf("open the mended place: %v", err)
	}
	if err := s.check(); err != nil {
		s.t.Fatalf("the mended place: %v", err)
	}
	if err := s.passes(); err != nil {
		s.t.Fatalf("the mended place: %v", err)
	}
}

// TestDamageOfTheOnlyPlace shows that what cannot be put right is refused: nothing that is read is wrong, and no snapshot
// is missing without an error. What was put right by a second copy or by nobody's need is read.
func TestDamageOfTheOnlyPlace(t *testing.T) {
	t.Parallel()
	other := newScene(t, 99, 1, Parity{})
	other.history()
	kinds := damages(other)
	for seed := range servertest.Count(130, 2000) {
		kind := kinds[seed%len(kinds)]
		t.Run(fmt.Sprintf("%d %s", seed, kind.name), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, uint64(seed), 1, Parity{})
			s.history()
			s.config.Anchor = FileAnchor(filepath.Join(t.TempDir(), "anchor"))
			if err := s.reopen(); err != nil {
				t.Fatal(err)
			}
			if err := s.config.Anchor.Store(t.Context(), AnchorState{s.current.Repository, s.current.Sequence, s.current.digest,
				map[string]uint64{"journal": uint64(len(s.entries))}}); err != nil {
				t.Fatal(err)
			}
			name := kind.do(s, s.targets[0])
			err := s.reopen()
			if err == nil {
				err = s.check()
			}
			if err != nil && !refused(err) && !errors.Is(err, backup.ErrWrongKey) {
				t.Fatalf("with %s damaged: %v, expected a CorruptError or ErrRollback", name, err)
			}
			if err != nil {
				return
			}
			v, err := s.Verify(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(v.Damaged, func(d backup.Damage) bool { return d.Object == name }) {
				t.Fatalf("verification found %v, expected %s", v.Damaged, name)
			}
		})
	}
}

// bounds of a shard in the wrapped form of an object.
func (w wrapped) bounds(shard int) (from, to int) {
	size := w.shard(w.size)
	if shard < w.Data {
		return w.front() + min(shard*size, w.size), w.front() + min((shard+1)*size, w.size)
	}
	from = w.front() + w.size + (shard-w.Data)*size
	return from, from + size
}

// TestParity damages the only place within what parity can mend: one or two shards of an object are all wrong.
func TestParity(t *testing.T) {
	t.Parallel()
	for seed := range servertest.Count(60, 1000) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, uint64(seed), 1, Parity{Data: 10, Shards: 2})
			s.targets[0].KeepAll = seed%3 == 0
			s.history()
			name := s.victim(s.targets[0], "")
			data := s.get(s.targets[0], name)
			w, _ := tableOf(data)
			for _, i := range s.random.Perm(12)[:1+s.random.IntN(2)] {
				for at, end := w.bounds(i); at < end; at++ {
					data[at] ^= 0xff
				}
			}
			s.targets[0].Set(name, data)
			if err := s.reopen(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := s.check(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			v, err := s.Verify(t.Context())
			if err != nil || !v.Passed() || !slices.ContainsFunc(v.Damaged, func(d backup.Damage) bool { return d.Object == name }) {
				t.Fatalf("verification: %v, %v, expected %s mended", v.Damaged, err, name)
			}
			s.alone(0)
		})
	}
}

// TestBeyondParity damages a third shard.
func TestBeyondParity(t *testing.T) {
	t.Parallel()
	for seed := range servertest.Count(20, 300) {
		s := newScene(t, uint64(seed), 1, Parity{Data: 10, Shards: 2})
		s.history()
		name := s.victim(s.targets[0], packPrefix)
		data := s.get(s.targets[0], name)
		w, _ := tableOf(data)
		for _, i := range s.random.Perm(9)[:3] {
			at, _ := w.bounds(i)
			data[at] ^= 1
		}
		s.targets[0].Set(name, data)
		v, err := s.Verify(t.Context())
		if err != nil || v.Passed() {
			t.Fatalf("verification: %v, %v, expected damage that stays", v.Damaged, err)
		}
		// The chunks that are whole are read.
		if err := s.check(); err != nil && !refused(err) {
			t.Fatal(err)
		}
	}
}

func TestReplay(t *testing.T) {
	t.Parallel()
	for seed := range servertest.Count(10, 200) {
		s := newScene(t, uint64(seed), 2, Parity{})
		s.config.Anchor = FileAnchor(filepath.Join(t.TempDir(), "anchor"))
		if err := s.reopen(); err != nil {
			t.Fatal(err)
		}
		s.history()
		var older []*backuptest.Target
		for _, target := range s.targets {
			older = append(older, target.Clone())
		}
		s.mustWrite()
		for i := range older {
			s.config.Places[i].Target = older[i]
		}
		if err := s.reopen(); !errors.Is(err, backup.ErrRollback) {
			t.Fatalf("open of an older copy: %v, expected ErrRollback", err)
		}
	}
}
