package backup_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/backup"
)

func FuzzCheckName(f *testing.F) {
	rule := regexp.MustCompile(`^[a-z0-9_-][a-z0-9._-]*(/[a-z0-9_-][a-z0-9._-]*)*$`) // that of BackupTarget
	for _, name := range []string{"", "a", "a/b", "/a", "a/", "a//b", ".a", "a/.b", "a.b", "A", "a b", "a\x00", "é", "..", "a/..", "-", "_/-",
		strings.Repeat("a", 200), strings.Repeat("a", 201)} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		err := backup.CheckName(name)
		if err != nil && !errors.Is(err, backup.ErrName) {
			t.Errorf("CheckName(%q) = %v, want ErrName", name, err)
		}
		want := len(name) <= backup.MaxName && rule.MatchString(name)
		if got := err == nil; got != want {
			t.Errorf("CheckName(%q) = %v, want a name: %t", name, err, want)
		}
		segment := backup.CheckSegment(name) == nil
		if want := want && !strings.Contains(name, "/"); segment != want {
			t.Errorf("CheckSegment(%q) = %t, want %t", name, segment, want)
		}
	})
}
