package data

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// small is a file of each kind that decodes but holds too little.
const (
	smallTalk = `{"learners": [{"id": "learner-1", "name": "A", "email": "a@example.jp", "native_language": "Thai",
 "level": "N4", "joined": "2026-01-01"}], "conversations": [], "interactions": [], "progress": []}`
	smallGraph = `{"kanji": [{"id": "kanji:一", "character": "一", "on": ["イチ"], "kun": ["ひと.つ"], "meanings": ["one"],
 "grade": 1, "strokes": 1, "level": "N5"}], "words": [], "grammar": [], "lessons": [], "explanations": []}`
)

// FuzzRead checks that no input makes read panic, give a set with an error, or report a problem without file and path;
// and that rows which pass the decoder come back the same after being written out.
func FuzzRead(f *testing.F) {
	f.Add(smallTalk, smallGraph)
	f.Add("{}", "{}")
	f.Add("", "null")
	f.Add(`{"learners": [null, 1, {}]}`, `{"kanji": [{"on": [[]]}], "kanji": []}`)
	f.Add(strings.Repeat("[", 20000), strings.Repeat(`{"a":`, 300))
	f.Add("{\"learners\": \"\xff\"}", "\ufeff{}")
	f.Fuzz(func(t *testing.T, conversations, graph string) {
		set, err := read(conversations, graph)
		var all *ProblemsError
		switch {
		case err == nil && len(set.Learners) == 0:
			t.Error("an empty set without an error")
		case err != nil && !errors.As(err, &all):
			t.Errorf("error %v is not a *ProblemsError", err)
		case err != nil:
			checkReport(t, set, all)
		}
		again(t, conversations)
	})
}

func checkReport(t *testing.T, set Set, all *ProblemsError) {
	t.Helper()
	if len(set.Learners)+len(set.Kanji)+len(all.Problems) != len(all.Problems) {
		t.Error("a set that is not empty came with an error")
	}
	if len(all.Problems) == 0 {
		t.Error("an error without problems")
	}
	for _, p := range all.Problems {
		if p.File == "" || p.Path == "" || p.Fault == "" {
			t.Errorf("problem %+v lacks a part", *p)
		}
	}
}

// again writes out what was decoded and decodes it once more.
func again(t *testing.T, conversations string) {
	t.Helper()
	var first, second Set
	r := &report{file: conversationsFile}
	decodeConversations(r, conversations, &first)
	if len(r.problems) > 0 {
		return
	}
	text, err := json.Marshal(map[string]any{
		"learners": list(first.Learners), "conversations": list(first.Conversations),
		"interactions": list(first.Interactions), "progress": list(first.Progress),
	})
	if err != nil {
		return // A time before the year 0 or an offset of a whole day can be read but not be written.
	}
	decodeConversations(r, string(text), &second)
	for i := range first.Learners {
		if i >= len(second.Learners) || first.Learners[i] != second.Learners[i] {
			t.Errorf("learner %d changed on the way: %v", i, r.problems)
		}
	}
}

// list keeps a section without rows from being written as null.
func list[T any](rows []T) []T { return append([]T{}, rows...) }
