package japanesetest

import (
	"fmt"
	"runtime/debug"
	"strings"
)

// Violations is what a suite found wrong. It is the error of CheckKnowledgeBase.
type Violations []Violation

// Violation is a check that is not passed.
type Violation struct {
	Check string // the name of the check, which is also that of its subtest
	Text  string // what was found and what was expected
}

// String returns the name and the text.
func (v Violation) String() string { return v.Check + ": " + v.Text }

// Error returns a line for each violation.
func (v Violations) Error() string {
	texts := make([]string, len(v))
	for i, violation := range v {
		texts[i] = violation.String()
	}
	return "japanesetest: " + strings.Join(texts, "\n")
}

// guarded calls f; a panic is an error.
func guarded(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return f()
}
