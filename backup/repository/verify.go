package repository

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/meter"
)

// Verify implements backup.Repository. It reads each object of each place once, in no more memory than Concurrency times
// three of the largest objects, and a hundred bytes a pack. What is wrong in one place is put right from another, or by parity:
// where the place lets delete, in place of what is damaged, and elsewhere as a repaired copy beside it, which is read instead.
//
// An object that belongs to nothing in the repository and does not authenticate is reported as well, as foreign, for nothing
// needs it; what an interrupted or a pruned backup left is not reported. An error is that of the places that do not answer,
// with what was found in the others.
func (r *Repository) Verify(ctx context.Context) (backup.Verification, error) {
	v := &verification{r: r, progress: meter.New("verify", 0, r.config.Progress), away: make([]error, len(r.places.all))}
	v.result.Started = r.now()
	h, err := r.load(ctx)
	if err != nil {
		return v.result, err
	}
	if err := v.plan(ctx, h); err != nil {
		return v.result, err
	}
	if err := v.work(ctx, h); err != nil {
		return v.result, err
	}
	v.progress.End()
	if err := v.forget(ctx, h); err != nil {
		return v.result, err
	}
	v.result.Finished = r.now()
	return v.result, join(v.away)
}

// verification is a Verify at work.
type verification struct {
	r        *Repository
	claims   claims
	digests  map[uint64]string  // of the commit records, by sequence
	last     map[string]uint64  // of logs, by name: the newest object that is known of
	others   []map[string]int64 // by place: objects that the repository does not claim, or repaired copies
	progress *meter.Meter

	mu     sync.Mutex
	result backup.Verification
	away   []error // by place: why it does not answer
}

// plan finds out what there is to be, and what else there is.
func (v *verification) plan(ctx context.Context, h *head) (err error) {
	if v.claims, err = v.r.claimsOf(ctx, h.record); err != nil {
		return err
	}
	v.last = map[string]uint64{}
	for name := range h.Logs {
		v.last[name] = 0
	}
	v.r.mu.Lock()
	for name := range v.r.anchor.Logs {
		v.last[name] = 0
	}
	v.r.mu.Unlock()
	tails := make([]map[string]int64, len(v.r.places.all)) // objects of logs that the record does not know of
	for i := range v.r.places.all {
		others, tail := map[string]int64{}, map[string]int64{}
		v.others, tails[i] = append(v.others, others), tail
		v.away[i] = v.r.each(ctx, i, "", func(o backup.Object) error {
			n, isHead := headSequence(o.Name)
			switch name, sequence, isLog := logSequence(o.Name); {
			case o.Name != original(o.Name), !v.claims.has(o.Name), isHead && n > h.Sequence:
				others[o.Name] = o.Size
			case isLog && sequence > h.Logs[name].Last:
				v.last[name], tail[o.Name] = 0, o.Size
			}
			return nil
		})
	}
	for name := range v.last {
		if v.last[name], err = v.r.log(name).newest(ctx); err != nil {
			return err
		}
	}
	for i, tail := range tails {
		for object, size := range tail {
			if name, n, _ := logSequence(object); n > v.last[name] {
				v.others[i][object] = size
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return v.chain(ctx, h)
}

// chain learns the digests of the commit records.
func (v *verification) chain(ctx context.Context, h *head) error {
	v.digests = map[uint64]string{h.Sequence: h.digest}
	for at := h; at.Sequence > v.claims.oldest; {
		v.digests[at.Sequence-1] = at.Previous
		before, err := v.r.readHead(ctx, at.Sequence-1, at.Previous)
		if errors.Is(err, backup.ErrCorrupt) {
			return nil // it is found again, and those before are checked for themselves
		}
		if err != nil {
			return err
		}
		at = before
	}
	return nil
}

// names yields all that each place is to have.
func (v *verification) names(h *head) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !yield(configName) {
			return
		}
		for n := v.claims.oldest; n <= h.Sequence; n++ {
			if !yield(headName(n)) {
				return
			}
		}
		for _, names := range [][]string{v.claims.indexes, v.claims.packs} {
			for _, name := range names {
				if !yield(name) {
					return
				}
			}
		}
		for name, last := range v.last {
			for n := max(v.claims.logs[name].First, 1); n <= last; n++ {
				if !yield(logName(name, n)) {
					return
				}
			}
		}
	}
}

// work checks everything, some objects at once.
func (v *verification) work(ctx context.Context, h *head) error {
	names := make(chan string)
	var workers sync.WaitGroup
	for range v.r.config.Concurrency {
		workers.Go(func() {
			for name := range names {
				v.object(ctx, name)
			}
		})
	}
	for name := range v.names(h) {
		if ctx.Err() != nil {
			break
		}
		names <- name
	}
	close(names)
	workers.Wait()
	for i, others := range v.others {
		for name := range others {
			if err := ctx.Err(); err != nil {
				return err
			}
			v.other(ctx, i, name, h)
		}
	}
	slices.SortFunc(v.result.Damaged, func(a, b backup.Damage) int {
		return strings.Compare(a.Object+"\n"+a.Place, b.Object+"\n"+b.Place)
	})
	return ctx.Err()
}

// flaw is what is wrong with an object in a place.
type flaw struct {
	place   int
	text    string
	missing bool
}

// object checks an object in all places, and mends it.
func (v *verification) object(ctx context.Context, name string) {
	var good []byte
	var flaws []flaw
	salts := map[int]string{} // by place: of an object of a log that is intact
	for i, place := range v.r.places.all {
		if v.gone(i) || ctx.Err() != nil {
			continue
		}
		data, err := place.Target.Get(ctx, name, 0, -1)
		if v.answered(i, err) {
			continue
		}
		text := "missing"
		if err == nil {
			v.count(name, data)
			text = v.wrong(name, data)
		} else if !errors.Is(err, backup.ErrNotFound) {
			text = "cannot be read: " + err.Error()
		}
		if text == "" {
			if _, _, ok := logSequence(name); ok {
				salts[i] = salted(data)
			}
			if good == nil {
				good = data
			}
			continue
		}
		if whole := v.rebuilt(name, data); good == nil && whole != nil {
			good = whole
		}
		flaws = append(flaws, flaw{i, text, errors.Is(err, backup.ErrNotFound)})
	}
	if right, strays := v.strays(ctx, name, salts); len(strays) > 0 {
		good, flaws = right, append(flaws, strays...)
	}
	for _, f := range flaws {
		if copied, found := v.repaired(ctx, f.place, name); found {
			if good == nil {
				good = copied
			}
			if _, record := headSequence(name); !record && name != configName && !v.r.places.all[f.place].Target.Capabilities().Delete {
				continue // it was reported and mended before
			}
		}
		v.report(ctx, name, f, good)
	}
}

// strays returns, where places have different intact objects of one name, the right one, and who has another.
func (v *verification) strays(ctx context.Context, name string, salts map[int]string) (right []byte, flaws []flaw) {
	log, n, _ := logSequence(name)
	differ := map[string]bool{}
	for _, salt := range salts {
		differ[salt] = true
	}
	if len(differ) < 2 {
		return nil, nil
	}
	l := v.r.log(log)
	salt, err := l.right(ctx, n, v.last[log])
	var o *logObject
	if err == nil {
		o, err = l.version(ctx, n, salt)
	}
	if err != nil {
		return nil, []flaw{{place: slices.Min(slices.Collect(maps.Keys(salts))), text: "differs between places: " + err.Error()}}
	}
	for place, own := range salts {
		if own != salt {
			flaws = append(flaws, flaw{place: place, text: "is not the object that the next one is chained to"})
		}
	}
	return o.bytes, flaws
}

// report adds a damage, mended if there are good bytes and the place takes them.
func (v *verification) report(ctx context.Context, name string, f flaw, good []byte) {
	mended := good != nil && v.mend(ctx, f, name, good) == nil
	if ctx.Err() != nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.result.Damaged = append(v.result.Damaged, backup.Damage{Place: v.r.places.all[f.place].Name, Object: name, Text: f.text, Mended: mended})
}

// gone reports whether a place was found not to answer.
func (v *verification) gone(place int) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.away[place] != nil
}

// answered takes note of a place that does not answer, and reports whether that is so.
func (v *verification) answered(place int, err error) bool {
	if !errors.Is(err, backup.ErrUnavailable) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.away[place] = fmt.Errorf("repository: place %s: %w", v.r.places.all[place].Name, err)
	return true
}

func (v *verification) count(name string, data []byte) {
	v.mu.Lock()
	v.result.Objects++
	v.result.Bytes += int64(len(data))
	v.mu.Unlock()
	v.progress.Add(name, int64(len(data)))
}

// wrong returns what is wrong with the bytes of an object; empty: nothing.
func (v *verification) wrong(name string, data []byte) string {
	object := data
	if v.r.code.Shards > 0 {
		mended, damaged, err := mend(data)
		if err != nil {
			return "damaged beyond parity"
		}
		if damaged {
			return "damaged in part"
		}
		object = mended // a copy
	} else {
		object = bytes.Clone(data)
	}
	if err := v.authentic(name, object, data); err != nil {
		return "damaged: " + err.Error()
	}
	return ""
}

// authentic opens all of an object, which is destroyed, and compares it with what is known of it. Whole is the object as it is kept.
func (v *verification) authentic(name string, object, whole []byte) error {
	if name == configName {
		return v.config(object)
	}
	if n, ok := headSequence(name); ok {
		h, err := v.r.decodeHead(n, whole)
		if want := v.digests[n]; err == nil && want != "" && h.digest != want {
			err = errors.New("is not the record that the next one is chained to")
		}
		return err
	}
	if log, n, ok := logSequence(name); ok {
		_, err := v.r.decodeLog(log, n, whole)
		return err
	}
	frames, err := v.r.keys.frames(name, object)
	if err != nil || !strings.HasPrefix(name, packPrefix) {
		return err
	}
	if want, found := v.claims.lists[name]; found && sha256.Sum256(frames[len(frames)-1]) != want {
		return errors.New("has other chunks than the index says")
	}
	return nil
}

func (v *verification) config(object []byte) error {
	zero, err := derive(v.r.config.Key, [32]byte{})
	if err != nil {
		return err
	}
	text, err := openOne(zero, configName, object)
	if err != nil {
		return err
	}
	var s settings
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	if s.Repository != hex.EncodeToString(v.r.identity[:]) {
		return errors.New("belongs to another repository")
	}
	return nil
}

// other looks at an object that the repository does not claim, or a repaired copy.
func (v *verification) other(ctx context.Context, place int, name string, h *head) {
	target := v.r.places.all[place].Target
	damage := backup.Damage{Place: v.r.places.all[place].Name, Object: name, Foreign: true}
	switch {
	case strings.HasPrefix(name, leasePrefix):
		return
	case !ours(name):
		damage.Text = "unknown: it is not of this repository"
	default:
		data, err := target.Get(ctx, name, 0, -1)
		if v.answered(place, err) || errors.Is(err, backup.ErrNotFound) {
			return
		}
		v.count(name, data)
		if v.wrong(original(name), data) == "" {
			return
		}
		damage.Text = "unknown: it does not authenticate under its name"
		n, head := headSequence(name)
		log, sequence, entries := logSequence(name)
		if head && n > h.Sequence || entries && sequence > v.last[log] || name != original(name) {
			// It would be in the way of the next record, of what is appended next, or of a copy.
			err := target.Delete(ctx, name)
			damage.Mended = err == nil || errors.Is(err, backup.ErrNotFound)
			damage.Foreign = damage.Mended || name != original(name)
		}
	}
	v.result.Damaged = append(v.result.Damaged, damage)
}

// forget leaves out what a Prune removed meanwhile.
func (v *verification) forget(ctx context.Context, h *head) error {
	newest, err := v.r.load(ctx)
	if err != nil || newest.Sequence == h.Sequence {
		return err
	}
	c, err := v.r.claimsOf(ctx, newest.record)
	if err != nil {
		return err
	}
	v.result.Damaged = slices.DeleteFunc(v.result.Damaged, func(d backup.Damage) bool {
		return v.claims.has(d.Object) && !c.has(d.Object)
	})
	return nil
}
