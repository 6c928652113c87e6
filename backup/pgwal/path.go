package pgwal

import (
	"fmt"
	"path"
	"strings"
)

// checkPath holds a path from an archive to what lies below the folder to which it belongs: relative, clean, and with no
// byte that a file system or a shell could read otherwise. The error does not repeat it.
func checkPath(name string) error {
	switch {
	case name == "", name == ".", len(name) > 1024:
		return fmt.Errorf("pgwal: a path of %d bytes, expected 1 to 1024", len(name))
	case strings.HasPrefix(name, "/"):
		return fmt.Errorf("pgwal: a path that is absolute, expected one below the data directory")
	case strings.ContainsAny(name, "\x00\\"):
		return fmt.Errorf("pgwal: a path with a NUL or a backslash")
	case path.Clean(name) != name, name == "..", strings.HasPrefix(name, "../"):
		return fmt.Errorf("pgwal: a path that leaves its folder or is not clean")
	}
	return nil
}

// isSegment reports whether a path is that of a WAL segment, which the manifest does not list.
func isSegment(name string) bool {
	base, found := strings.CutPrefix(name, "pg_wal/")
	if !found || len(base) != 24 {
		return false
	}
	return strings.Trim(base, "0123456789ABCDEF") == ""
}
