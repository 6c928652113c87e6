package governance

import (
	"fmt"
	"strings"
)

// ManifestError is every fault that was found in a manifest.
type ManifestError struct {
	// Faults holds at least one fault, in the order of the manifest.
	Faults []Fault
}

// Fault is one thing that is wrong in a manifest.
type Fault struct {
	// Path is the place in the manifest, such as "rules[3].actions[0]"; empty: the manifest as a whole.
	Path string
	// Line and Column are the place in the text that ParseManifest read, both from 1; 0 when there was no text.
	Line, Column int
	// Text says what was found and what was expected.
	Text string
}

// String returns the place and the text in one line.
func (f Fault) String() string {
	place := f.Path
	if f.Line > 0 {
		place = strings.TrimSpace(fmt.Sprintf("line %d, column %d %s", f.Line, f.Column, f.Path))
	}
	if place == "" {
		return f.Text
	}
	return place + ": " + f.Text
}

// Error returns all faults in one line.
func (e *ManifestError) Error() string {
	texts := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		texts[i] = f.String()
	}
	return "governance: manifest: " + strings.Join(texts, "; ")
}

// faults collects faults while a manifest is read or checked.
type faults []Fault

func (f *faults) add(path, format string, args ...any) {
	*f = append(*f, Fault{Path: path, Text: fmt.Sprintf(format, args...)})
}

func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return &ManifestError{Faults: f}
}
