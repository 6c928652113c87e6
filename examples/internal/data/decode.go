package data

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
)

func decodeConversations(r *report, file string, set *Set) {
	var raw struct {
		Learners      []json.RawMessage `json:"learners"`
		Conversations []json.RawMessage `json:"conversations"`
		Interactions  []json.RawMessage `json:"interactions"`
		Progress      []json.RawMessage `json:"progress"`
	}
	if !decodeFile(r, file, &raw) {
		return
	}
	set.Learners = rows[Learner](r, "learners", raw.Learners)
	set.Conversations = rows[Conversation](r, "conversations", raw.Conversations)
	set.Interactions = rows[Interaction](r, "interactions", raw.Interactions)
	set.Progress = rows[Progress](r, "progress", raw.Progress)
}

func decodeGraph(r *report, file string, set *Set) {
	var raw struct {
		Kanji        []json.RawMessage `json:"kanji"`
		Words        []json.RawMessage `json:"words"`
		Grammar      []json.RawMessage `json:"grammar"`
		Lessons      []json.RawMessage `json:"lessons"`
		Explanations []json.RawMessage `json:"explanations"`
	}
	if !decodeFile(r, file, &raw) {
		return
	}
	set.Kanji = rows[Kanji](r, "kanji", raw.Kanji)
	set.Words = rows[Word](r, "words", raw.Words)
	set.Grammar = rows[GrammarPoint](r, "grammar", raw.Grammar)
	set.Lessons = rows[Lesson](r, "lessons", raw.Lessons)
	set.Explanations = rows[Explanation](r, "explanations", raw.Explanations)
}

// decodeFile takes a file apart into its rows, so that a fault in one row does not hide those in the others.
func decodeFile(r *report, file string, into any) bool {
	before := len(r.problems)
	checkText(r, file)
	checkSyntax(r, file)
	if len(r.problems) > before {
		return false
	}
	if err := strict(file, into); err != nil {
		r.addf(".", "%s", err)
		return false
	}
	return true
}

func rows[T any](r *report, section string, raw []json.RawMessage) []T {
	out := make([]T, len(raw))
	for i, row := range raw {
		if err := strict(string(row), &out[i]); err != nil {
			r.addf(at(section, i), "%s", err)
			continue
		}
		missing[T](r, at(section, i), row)
	}
	return out
}

// missing reports the fields of a row that are not written down. All are required, so that an empty list or a zero is
// there on purpose.
func missing[T any](r *report, path string, row json.RawMessage) {
	var have map[string]json.RawMessage
	if err := json.Unmarshal(row, &have); err != nil {
		r.addf(path, "is not an object")
		return
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		name := field.Tag.Get("json")
		if _, ok := have[name]; !ok {
			r.addf(path+"."+name, "is missing")
		}
	}
}

// strict decodes a JSON value that checkSyntax has accepted and refuses fields that into does not have.
func strict(text string, into any) error {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return decodeFault(err)
	}
	return nil
}

// decodeFault rewrites errors that would quote the value, which may be somebody's.
func decodeFault(err error) error {
	var kind *json.UnmarshalTypeError
	var instant *time.ParseError
	switch {
	case errors.As(err, &kind):
		return fmt.Errorf("field %q cannot hold such a value", kind.Field)
	case errors.As(err, &instant):
		return errors.New("a time is not in the form of RFC 3339")
	default:
		return err
	}
}
