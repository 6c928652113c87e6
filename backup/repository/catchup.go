package repository

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/shugo-data/shugo/backup"
)

// catchUp gives places what they missed while they did not answer, as far as they answer now. What fails is seen by Places, and
// tried again at the next Write.
func (r *Repository) catchUp(ctx context.Context, h *head) {
	for i := range r.places.all {
		_ = r.catchUpPlace(ctx, i, h)
	}
}

// catchUpPlace gives a place what it lacks of a record, and the record last.
func (r *Repository) catchUpPlace(ctx context.Context, place int, h *head) error {
	missing, err := r.missing(ctx, place, h)
	if err != nil {
		return err
	}
	if err := r.fill(ctx, place, missing); err != nil {
		return err
	}
	return r.places.putOne(ctx, place, headName(h.Sequence), h.bytes)
}

// whole reports whether a place has all that a record needs, but the record itself.
func (r *Repository) whole(ctx context.Context, place int, h *head) bool {
	missing, err := r.missing(ctx, place, h)
	return err == nil && len(missing) == 0
}

// fill copies objects to a place, each from the first that has it intact.
func (r *Repository) fill(ctx context.Context, place int, names []string) error {
	for _, name := range names {
		salt, err := r.saltWanted(ctx, name)
		if err != nil {
			return err
		}
		err = r.places.candidates(ctx, name, func(from int, data []byte) error {
			if from == place {
				return errors.New("is what is to be replaced")
			}
			if salt != "" && salted(data) != salt {
				return errors.New("is not the object that the next one is chained to")
			}
			if _, err := openAll(r.keys, name, slices.Clone(data)); err != nil {
				return err
			}
			return r.places.putOne(ctx, place, name, data)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// saltWanted returns which of several objects of a name is right, where places can differ; empty: they cannot.
func (r *Repository) saltWanted(ctx context.Context, name string) (string, error) {
	log, n, ok := logSequence(name)
	if !ok || len(r.places.all) < 3 {
		return "", nil
	}
	newest, err := r.log(log).newest(ctx)
	if err != nil {
		return "", err
	}
	return r.log(log).right(ctx, n, newest)
}

// missing returns the names of the objects that a place lacks of what a record needs, but for commit records.
func (r *Repository) missing(ctx context.Context, place int, h *head) ([]string, error) {
	needed, err := r.needed(ctx, h)
	if err != nil {
		return nil, err
	}
	have := map[string]bool{}
	for _, prefix := range []string{configName, "index/", "pack/", logPrefix} {
		for o, err := range r.places.all[place].Target.List(ctx, prefix) {
			if err != nil {
				r.places.note(place, err)
				return nil, fmt.Errorf("repository: list %s in %s: %w", prefix, r.places.all[place].Name, err)
			}
			have[o.Name] = true
		}
	}
	return slices.DeleteFunc(needed, func(name string) bool { return have[name] }), nil
}

// needed returns the names of the objects that a record needs, with those of logs that any place has.
func (r *Repository) needed(ctx context.Context, h *head) ([]string, error) {
	t, err := r.tableOf(ctx, h)
	if err != nil {
		return nil, err
	}
	names := append([]string{configName}, h.Indexes...)
	for _, p := range t.packs {
		names = append(names, p.name)
	}
	objects, err := r.places.union(ctx, logPrefix)
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		if name, n, ok := logSequence(o.Name); ok && n >= h.Logs[name].First {
			names = append(names, o.Name)
		}
	}
	return names, nil
}

// Places implements backup.Repository. It lists each place.
func (r *Repository) Places(ctx context.Context) ([]backup.PlaceState, error) {
	h, s, err := r.loadSeen(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]backup.PlaceState, len(r.places.all))
	for i, place := range r.places.all {
		p := &all[i]
		p.Name, p.Kind = place.Name, place.Target.Capabilities().Kind
		if p.Err = s.errs[i]; p.Err != nil {
			continue
		}
		missing, err := r.missing(ctx, i, h)
		if err != nil {
			p.Err = err
			continue
		}
		p.Missing = len(missing)
		newest, err := r.newestWhole(ctx, i, h, s.newest[i], missing)
		if err != nil {
			return nil, err
		}
		if newest != nil {
			p.Newest, p.Time = newest.ID, newest.Finished
		}
	}
	return all, ctx.Err()
}

// newestWhole returns the newest snapshot of a record that a place knows of, and has all chunks of.
func (r *Repository) newestWhole(ctx context.Context, place int, h *head, sequence uint64, missing []string) (*backup.Snapshot, error) {
	for _, e := range slices.Backward(h.Snapshots) {
		if snapshotSequence(e.ID) > sequence {
			continue
		}
		if len(missing) == 0 {
			return &e.Snapshot, nil
		}
		lacks, err := r.lacks(ctx, h, e, missing)
		if err != nil {
			return nil, err
		}
		if !lacks {
			return &e.Snapshot, nil
		}
	}
	return nil, nil
}

// lacks reports whether a snapshot needs any of the objects.
func (r *Repository) lacks(ctx context.Context, h *head, e entry, missing []string) (bool, error) {
	reader, err := r.newReader(ctx, h, e)
	if err != nil {
		return false, err
	}
	lists := []list{e.Manifest}
	for _, l := range reader.lines {
		lists = append(lists, l.List)
	}
	for _, l := range lists {
		ids, err := reader.reachable(ctx, l)
		if err != nil {
			return false, err
		}
		for _, i := range ids {
			if at, found := reader.table.find(i); !found || slices.Contains(missing, reader.table.packs[at.pack].name) {
				return true, nil
			}
		}
	}
	return false, nil
}

// snapshotSequence returns the sequence of the record that committed a snapshot.
func snapshotSequence(id backup.SnapshotID) (n uint64) {
	if _, err := fmt.Sscanf(string(id), "%d", &n); err != nil {
		return 0
	}
	return n
}
