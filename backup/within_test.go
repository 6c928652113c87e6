package backup_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
)

func TestWithin(t *testing.T) {
	t.Parallel()
	backuptest.TestTarget(t, func(testing.TB) backup.BackupTarget {
		return backup.Within(backup.Within(new(backuptest.Target), "tutors"), "a/b")
	})
}

func TestWithinKeepsApart(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	var target backuptest.Target
	for _, folder := range []string{"a", "a-b", "a/b"} {
		if err := backup.Within(&target, folder).Put(ctx, "x", []byte(folder)); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string][]string{}
	for _, folder := range []string{"a", "a-b", "a/b", ""} {
		of := backup.BackupTarget(&target)
		if folder != "" {
			of = backup.Within(of, folder)
		}
		for o, err := range of.List(ctx, "") {
			if err != nil {
				t.Fatal(err)
			}
			got[folder] = append(got[folder], o.Name)
		}
	}
	want := map[string][]string{"a": {"b/x", "x"}, "a-b": {"x"}, "a/b": {"x"}, "": {"a-b/x", "a/b/x", "a/x"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestWithinRefuses(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for _, c := range []struct{ folder, name string }{{"", "x"}, {"a/", "x"}, {"../a", "x"}, {"A", "x"}, {"a", "../x"}, {"a", strings.Repeat("x", 199)}} {
		of := backup.Within(new(backuptest.Target), c.folder)
		_, err := of.Get(ctx, c.name, 0, -1)
		for _, err := range []error{err, of.Put(ctx, c.name, nil), of.Delete(ctx, c.name)} {
			if !errors.Is(err, backup.ErrName) {
				t.Errorf("in %q, %q: %v, want ErrName", c.folder, c.name, err)
			}
		}
	}
	for _, err := range backup.Within(new(backuptest.Target), "a/").List(ctx, "") {
		if !errors.Is(err, backup.ErrName) {
			t.Errorf("List = %v, want ErrName", err)
		}
	}
}
