package data

import (
	"fmt"
	"strings"
)

// Problem is one fault of the data. It names places and ids, never what people wrote.
type Problem struct {
	// File is the name of the faulty file, as in graph.json.
	File string
	// Path leads to the fault inside the file, as in kanji[3].on[0]; "." is the whole file.
	Path string
	// Fault says what is wrong there.
	Fault string
}

// Error returns file, path and fault in one line.
func (p *Problem) Error() string { return p.File + ": " + p.Path + ": " + p.Fault }

// ProblemsError is what Load returns for data that is not sound. It holds at least one problem.
type ProblemsError struct {
	// Problems are all faults that were found, those of conversations.json first. The slice belongs to the caller.
	Problems []*Problem
}

// Error returns all problems in one line, divided by semicolons.
func (e *ProblemsError) Error() string {
	parts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		parts[i] = p.Error()
	}
	return "data: " + strings.Join(parts, "; ")
}

// Unwrap returns the problems one by one for errors.As.
func (e *ProblemsError) Unwrap() []error {
	errs := make([]error, len(e.Problems))
	for i, p := range e.Problems {
		errs[i] = p
	}
	return errs
}

// report gathers the problems of one file.
type report struct {
	file     string
	problems []*Problem
}

func (r *report) addf(path, format string, args ...any) {
	r.problems = append(r.problems, &Problem{File: r.file, Path: path, Fault: fmt.Sprintf(format, args...)})
}

// text reports a required text that is missing.
func (r *report) text(path, field, value string) {
	if strings.TrimSpace(value) == "" {
		r.addf(path+"."+field, "is empty")
	}
}

func at(section string, i int) string { return fmt.Sprintf("%s[%d]", section, i) }
