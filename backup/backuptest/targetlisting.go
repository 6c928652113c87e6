package backuptest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// lookalikes returns names that stand differently in other orders than that of bytes, in that order.
func lookalikes() []string {
	names := []string{"a", "a-", "a-b", "a-c/d", "a.c/d", "a.b", "a0", "a1", "a10", "a2", "a_b/c", "ab", "aa/z", "ab-c/d", "b/a", "b/a-b/c", "b/a.b", "b/a_", "b/c",
		"b0", "ba", "0", "-", "_", "z/y/x/w", "z/y-/x"}
	slices.Sort(names)
	return names
}

func listed(ctx context.Context, t backup.BackupTarget, prefix string) ([]string, error) {
	var names []string
	for o, err := range t.List(ctx, prefix) {
		if err != nil {
			return nil, fmt.Errorf("List(%q) = %w", prefix, err)
		}
		names = append(names, o.Name)
	}
	return names, nil
}

func putNames(ctx context.Context, t backup.BackupTarget, names []string) error {
	for i := range names {
		name := names[(i*7+3)%len(names)] // in an order of its own: 7 does not divide the number of names
		if err := t.Put(ctx, name, []byte(name)); err != nil {
			return fmt.Errorf("Put(%s) = %w", name, err)
		}
	}
	return nil
}

func targetListOrder(ctx context.Context, t backup.BackupTarget) error {
	names := lookalikes()
	if got, err := listed(ctx, t, ""); err != nil || got != nil {
		return fmt.Errorf("List of an empty target = %q, %v", got, err)
	}
	if err := putNames(ctx, t, names); err != nil {
		return err
	}
	got, err := listed(ctx, t, "")
	if err == nil && !slices.Equal(got, names) {
		err = fmt.Errorf("List = %q, want %q", got, names)
	}
	return err
}

func targetListPrefixes(ctx context.Context, t backup.BackupTarget) error {
	names := lookalikes()
	if err := putNames(ctx, t, names); err != nil {
		return err
	}
	for _, prefix := range []string{"a", "a-", "a-c/", "a.", "b", "b/", "b/a", "b/a-b", "b/a-b/c", "b/a-b/cd", "z/", "z/y", "z/y/x/w", "none", "none/", "A", "b//", "/"} {
		var want []string
		for _, name := range names {
			if strings.HasPrefix(name, prefix) {
				want = append(want, name)
			}
		}
		got, err := listed(ctx, t, prefix)
		if err != nil {
			return err
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("List(%q) = %q, want %q", prefix, got, want)
		}
	}
	return nil
}

func targetListFacts(ctx context.Context, t backup.BackupTarget) error {
	const slack = 5 * time.Minute // clocks of places differ
	started := time.Now()
	for size := range 3 {
		if err := t.Put(ctx, fmt.Sprintf("f/%d", size*1000), pattern(size*1000)); err != nil {
			return err
		}
	}
	for o, err := range t.List(ctx, "") {
		if err != nil {
			return err
		}
		if want := fmt.Sprintf("f/%d", o.Size); o.Name != want {
			return fmt.Errorf("List says that %s has %d bytes", o.Name, o.Size)
		}
		if o.Modified.Location() != time.UTC {
			return fmt.Errorf("List gives a time of %v, want one in UTC", o.Modified.Location())
		}
		if o.Modified.Before(started.Add(-slack)) || o.Modified.After(time.Now().Add(slack)) {
			return fmt.Errorf("List says that an object was modified at %v, want about %v", o.Modified, started)
		}
	}
	return nil
}

func targetListMany(ctx context.Context, t backup.BackupTarget) error {
	const many = 1100 // more than a page of a listing has at an object store
	var want []string
	for i := range many {
		want = append(want, fmt.Sprintf("many/%02x/%04d", i%7, i))
	}
	slices.Sort(want)
	err := errors.Join(parallel(8, func(worker int) error {
		for i := worker; i < many; i += 8 {
			if err := t.Put(ctx, want[i], []byte{1}); err != nil {
				return err
			}
		}
		return nil
	})...)
	if err != nil {
		return err
	}
	got, err := listed(ctx, t, "many/")
	if err == nil && !slices.Equal(got, want) {
		err = fmt.Errorf("List yields %d names, want all of %d in order", len(got), len(want))
	}
	return err
}

func targetListEnds(ctx context.Context, t backup.BackupTarget) error {
	if err := putNames(ctx, t, lookalikes()); err != nil {
		return err
	}
	seen := 0
	for range t.List(ctx, "") {
		if seen++; seen == 3 {
			break
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var last error
	for _, err := range t.List(ctx, "") {
		if last != nil {
			return errors.New("List goes on after an error")
		}
		last = err
		cancel()
	}
	if last != nil && !errors.Is(last, context.Canceled) {
		return fmt.Errorf("List = %v, want context.Canceled", last)
	}
	return nil
}

func targetDelete(ctx context.Context, t backup.BackupTarget) error {
	if can := t.Capabilities(); !can.Delete || can.Retain > 0 {
		return errUnfit
	}
	for _, name := range []string{"d/a", "d/ab", "d/b"} {
		if err := t.Put(ctx, name, []byte("old")); err != nil {
			return err
		}
	}
	if err := t.Delete(ctx, "d/a"); err != nil {
		return fmt.Errorf("Delete = %w", err)
	}
	if _, err := t.Get(ctx, "d/a", 0, -1); !errors.Is(err, backup.ErrNotFound) {
		return fmt.Errorf("Get of a deleted object = %v, want ErrNotFound", err)
	}
	if err := t.Delete(ctx, "d/a"); !errors.Is(err, backup.ErrNotFound) {
		return fmt.Errorf("Delete of a deleted object = %v, want ErrNotFound", err)
	}
	if got, err := listed(ctx, t, ""); err != nil || !slices.Equal(got, []string{"d/ab", "d/b"}) {
		return fmt.Errorf("List after Delete = %q, %v, want the others", got, err)
	}
	return has(ctx, t, "d/a", []byte("new"))
}

func targetRetain(ctx context.Context, t backup.BackupTarget) error {
	if can := t.Capabilities(); can.Delete && can.Retain == 0 {
		return errUnfit
	}
	if err := t.Put(ctx, "kept", []byte("data")); err != nil {
		return err
	}
	if err := t.Delete(ctx, "kept"); !errors.Is(err, backup.ErrRetained) {
		return fmt.Errorf("Delete = %v, want ErrRetained as Capabilities says", err)
	}
	if got, err := listed(ctx, t, "kept"); err != nil || len(got) != 1 {
		return fmt.Errorf("List after a refused Delete = %q, %v", got, err)
	}
	return holds(ctx, t, "kept", []byte("data"))
}

func targetCapabilities(ctx context.Context, t backup.BackupTarget) error {
	before := t.Capabilities()
	if before.Retain < 0 {
		return fmt.Errorf("Capabilities: Retain is %v, want 0 or more", before.Retain)
	}
	switch before.Kind {
	case "", backup.Local, backup.Cloud:
	default:
		return fmt.Errorf("Capabilities: Kind is %q, want a kind of place", before.Kind)
	}
	if err := t.Put(ctx, "a", nil); err != nil {
		return err
	}
	if err := t.Delete(ctx, "a"); err != nil && !errors.Is(err, backup.ErrRetained) {
		return err
	}
	if after := t.Capabilities(); after != before {
		return fmt.Errorf("Capabilities = %+v, then %+v, want a constant", before, after)
	}
	return nil
}
