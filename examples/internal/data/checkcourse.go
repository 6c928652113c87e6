package data

func checkGrammar(r *report, grammar []GrammarPoint, items names) {
	atLeast(r, "grammar", len(grammar), minGrammar)
	for i, g := range grammar {
		p := at("grammar", i)
		items.add(r, p, prefixGrammar, g.ID)
		r.level(p, g.Level)
		r.text(p, "pattern", g.Pattern)
		r.text(p, "meaning", g.Meaning)
		r.text(p, "example.ja", g.Example.JA)
		r.text(p, "example.en", g.Example.EN)
	}
}

// checkLessons lets a lesson require earlier ones only, so that no circle can come about.
func checkLessons(r *report, lessons []Lesson, items names) {
	atLeast(r, "lessons", len(lessons), minLessons)
	earlier := names{}
	for i, l := range lessons {
		p := at("lessons", i)
		r.level(p, l.Level)
		r.text(p, "title", l.Title)
		each(r, p+".requires", l.Requires, func(id string) bool { return earlier[id] }, "is not an earlier lesson")
		each(r, p+".teaches", l.Teaches, func(id string) bool { return items[id] }, "does not exist")
		if len(l.Teaches) == 0 {
			r.addf(p+".teaches", "is empty")
		}
		earlier.add(r, p, prefixLesson, l.ID)
	}
}

func checkExplanations(r *report, explanations []Explanation, items names) {
	atLeast(r, "explanations", len(explanations), minExplanations)
	ids := names{}
	for i, e := range explanations {
		p := at("explanations", i)
		ids.add(r, p, prefixExplanation, e.ID)
		items.has(r, p+".explains", e.Explains)
		r.level(p, e.Level)
		r.text(p, "model", e.Model)
		r.text(p, "text", e.Text)
		if e.Language != "en" && e.Language != "ja" {
			r.addf(p+".language", "is neither en nor ja")
		}
		if e.GeneratedAt.IsZero() {
			r.addf(p+".generated_at", "is no time")
		}
	}
}
