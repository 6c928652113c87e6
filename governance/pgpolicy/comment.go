package pgpolicy

import "strings"

// A comment says its category in the last line, so that what the host has written above stays.

// sameComment reports whether a comment says the wanted category.
func sameComment(want, got string) bool {
	return got == want || strings.HasSuffix(got, "\n"+want)
}

// newComment returns a comment with the wanted category.
func newComment(want, got string) string {
	lines := strings.Split(got, "\n")
	if last := len(lines) - 1; strings.HasPrefix(lines[last], categoryPrefix) {
		lines = lines[:last]
	}
	if text := strings.TrimSpace(strings.Join(lines, "\n")); text != "" {
		return text + "\n" + want
	}
	return want
}

const categoryPrefix = "category: "

func categoryComment[S ~string](category S) string { return categoryPrefix + string(category) }
