package data

import (
	"errors"
	"strings"
	"testing"
)

// edit is a change of one of the two files that breaks it: the first occurrence of old becomes new.
type edit struct {
	name, file, old, new string
	path, fault          string
}

func (e edit) apply(t *testing.T) (conversations, graph string) {
	t.Helper()
	conversations, graph = conversationsJSON, graphJSON
	file := &graph
	if e.file == conversationsFile {
		file = &conversations
	}
	changed := strings.Replace(*file, e.old, e.new, 1)
	if changed == *file {
		t.Fatalf("%q does not occur in %s", e.old, e.file)
	}
	*file = changed
	return conversations, graph
}

func testEdits(t *testing.T, edits []edit) {
	t.Helper()
	for _, e := range edits {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			set, err := read(e.apply(t))
			var all *ProblemsError
			if !errors.As(err, &all) {
				t.Fatalf("read gave %v, want problems", err)
			}
			if len(set.Learners)+len(set.Kanji) != 0 {
				t.Error("read gave a set that is not empty")
			}
			for _, p := range all.Problems {
				if p.File == e.file && p.Path == e.path && strings.Contains(p.Fault, e.fault) {
					return
				}
			}
			t.Errorf("no problem %s: %s: …%s…, but: %s", e.file, e.path, e.fault, err)
		})
	}
}

func TestBrokenFormIsReported(t *testing.T) {
	t.Parallel()
	const talk, graph = conversationsFile, graphFile
	testEdits(t, []edit{
		{"brace left out", talk, `{"id": "learner-02"`, `"id": "learner-02"`, "line[4]", "not JSON"},
		{"data after the end", graph, "{\n \"kanji\"", "{}{\n \"kanji\"", "line[1]", "not JSON"},
		{"not UTF-8", graph, "イチ", "\xff", ".", "UTF-8"},
		{"decomposed", graph, "イチ", "キ\u3099チ", "line[3]", "U+3099 is not in Normalization Form C"},
		{"compatibility ideograph", graph, `"character": "一"`, "\"character\": \"\ufa08\"", "line[3]", "U+FA08"},
		{"control character", talk, "Swedish", "Swe\u0085dish", "line[3]", "U+0085"},
		{"byte order mark", talk, "{", "\ufeff{", "line[1]", "U+FEFF"},
		{"repeated key", graph, `"grade": 1,`, `"grade": 1, "grade": 2,`, "kanji[0].grade", "twice"},
		{"key in another case", graph, `"grade"`, `"Grade"`, "kanji[0].Grade", "lower case"},
		{"null", talk, `"level": "N5"`, `"level": null`, "learners[0].level", "null"},
		{"unknown field", talk, `"level"`, `"phone"`, "learners[0]", `unknown field "phone"`},
		{"unknown section", graph, `"words": [`, `"verbs": [`, ".", `unknown field "verbs"`},
		{"missing field", graph, `, "strokes": 1`, "", "kanji[0].strokes", "missing"},
		{"missing list", graph, `, "kanji": ["kanji:一", "kanji:人"]`, "", "words[0].kanji", "missing"},
		{"row of another type", graph, `{"id": "grammar:wa-topic"`, `7, {"id": "grammar:wa-topic"`, "grammar[0]", "cannot hold"},
		{"number as text", graph, `"strokes": 1`, `"strokes": "one"`, "kanji[0]", `field "strokes" cannot hold`},
		{"fraction", graph, `"strokes": 1`, `"strokes": 1.5`, "kanji[0]", `field "strokes" cannot hold`},
		{"not a day", talk, "2026-08-28", "2026-02-30", "learners[0]", "not a day"},
		{"day as number", talk, `"2026-08-28"`, "20260828", "learners[0]", "not a day"},
		{"not a time", talk, "2026-09-02T19:04:00+09:00", "2 September", "conversations[0]", "RFC 3339"},
	})
}
