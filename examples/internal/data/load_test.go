package data

import (
	"testing"
)

func TestLoadHoldsEnough(t *testing.T) {
	t.Parallel()
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	messages := 0
	for _, c := range set.Conversations {
		messages += len(c.Messages)
	}
	progress := map[string]int{}
	for _, p := range set.Progress {
		progress[p.Learner]++
	}
	for _, c := range []struct {
		what       string
		have, want int
	}{
		{"learners", len(set.Learners), 8},
		{"conversations", len(set.Conversations), 20},
		{"messages", messages, 200},
		{"interactions", len(set.Interactions), 60},
		{"learners with progress", len(progress), 8},
		{"kanji", len(set.Kanji), 160},
		{"words", len(set.Words), 120},
		{"grammar points", len(set.Grammar), 30},
		{"lessons", len(set.Lessons), 15},
		{"explanations", len(set.Explanations), 20},
	} {
		if c.have < c.want {
			t.Errorf("%s: %d, want at least %d", c.what, c.have, c.want)
		}
	}
	for learner, n := range progress {
		if n < 6 {
			t.Errorf("%s has %d rows of progress, want at least 6", learner, n)
		}
	}
}

func TestLoadGivesEachCallerItsOwn(t *testing.T) {
	t.Parallel()
	first, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	want := first.Conversations[0].Messages[0].Text
	first.Conversations[0].Messages[0].Text = "changed"
	second, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if got := second.Conversations[0].Messages[0].Text; got != want {
		t.Errorf("second Load gave %q, want %q", got, want)
	}
}

func TestEveryMessageIsUnique(t *testing.T) {
	t.Parallel()
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	where := map[string]string{}
	for _, c := range set.Conversations {
		for _, m := range c.Messages {
			if other, ok := where[m.Text]; ok {
				t.Errorf("%s and %s say the same", other, m.ID)
			}
			where[m.Text] = m.ID
		}
	}
}

func TestEveryKindOfInteractionAndLanguageOccurs(t *testing.T) {
	t.Parallel()
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	kinds, languages := map[InteractionKind]int{}, map[string]int{}
	for _, n := range set.Interactions {
		kinds[n.Kind]++
	}
	for _, e := range set.Explanations {
		languages[e.Language]++
	}
	for _, k := range []InteractionKind{CorrectionAccepted, HintRequested, QuizAnswered, AudioPlayed, Bookmark} {
		if kinds[k] == 0 {
			t.Errorf("no interaction is a %s", k)
		}
	}
	if len(languages) != 2 {
		t.Errorf("explanations are in %v, want en and ja", languages)
	}
}
