package servers

import (
	"slices"

	"github.com/shugo-data/shugo/examples/internal/data"
)

// rows turns items into parameters for Cypher.
func rows[T any](items []T, row func(T) map[string]any) []any {
	list := make([]any, len(items))
	for i, item := range items {
		list[i] = row(item)
	}
	return list
}

func texts(names []string) []any {
	list := make([]any, len(names))
	for i, name := range names {
		list[i] = name
	}
	return list
}

func kanjiRows(set data.Set) []any {
	return rows(set.Kanji, func(k data.Kanji) map[string]any {
		return map[string]any{
			"id": k.ID, "character": k.Character, "meanings": texts(k.Meanings), "readings": texts(slices.Concat(k.On, k.Kun)),
			"grade": k.Grade, "strokes": k.Strokes, "level": string(k.Level),
		}
	})
}

func wordRows(set data.Set) []any {
	return rows(set.Words, func(w data.Word) map[string]any {
		return map[string]any{
			"id": w.ID, "written": w.Written, "reading": w.Reading, "meaning": w.Meaning,
			"part_of_speech": w.PartOfSpeech, "level": string(w.Level), "kanji": texts(w.Kanji),
		}
	})
}

func grammarRows(set data.Set) []any {
	return rows(set.Grammar, func(p data.GrammarPoint) map[string]any {
		return map[string]any{"id": p.ID, "pattern": p.Pattern, "meaning": p.Meaning, "level": string(p.Level)}
	})
}

func lessonRows(set data.Set) []any {
	return rows(set.Lessons, func(l data.Lesson) map[string]any {
		return map[string]any{
			"id": l.ID, "title": l.Title, "level": string(l.Level), "teaches": texts(l.Teaches), "requires": texts(l.Requires),
		}
	})
}

func explanationRows(set data.Set) []any {
	return rows(set.Explanations, func(e data.Explanation) map[string]any {
		return map[string]any{"id": e.ID, "item": e.Explains, "language": e.Language, "text": e.Text, "model": e.Model}
	})
}
