package filesource

import (
	"fmt"
	"path"
	"strings"
)

// matches reports whether one of the patterns matches a path or a directory above it.
func matches(patterns []string, p string) bool {
	for _, pattern := range patterns {
		want, have := strings.Split(pattern, "/"), strings.Split(p, "/")
		for n := 1; n <= len(have); n++ {
			if match(want, have[:n]) {
				return true
			}
		}
	}
	return false
}

// match matches segment by segment. It is bounded by the product of both lengths, whatever the pattern.
func match(pattern, segments []string) bool {
	reached := make([]bool, len(segments)+1) // that the pattern so far matches so many segments
	reached[0] = true
	for _, p := range pattern {
		next := make([]bool, len(segments)+1)
		if p == "**" {
			on := false
			for i := range next {
				on = on || reached[i]
				next[i] = on
			}
		} else {
			for i, s := range segments {
				ok, err := path.Match(p, s)
				next[i+1] = reached[i] && ok && err == nil
			}
		}
		reached = next
	}
	return reached[len(segments)]
}

// checkPattern returns what is wrong with a pattern.
func checkPattern(pattern string) error {
	for segment := range strings.SplitSeq(pattern, "/") {
		if segment == "" || segment == "." || segment == ".." {
			return fmt.Errorf("pattern %q: a segment is empty or a dot: expected a path below the root", pattern)
		}
		if _, err := path.Match(segment, ""); err != nil {
			return fmt.Errorf("pattern %q: %w", pattern, err)
		}
	}
	return nil
}
