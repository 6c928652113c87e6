package data

import (
	"errors"
	"strings"
	"testing"
)

func TestUnsoundGraphIsReported(t *testing.T) {
	t.Parallel()
	const g = graphFile
	const first = `"id": "kanji:一", "character": "一", "on": ["イチ", "イツ"], "kun": ["ひと.つ"], "meanings": ["one"]`
	testEdits(t, []edit{
		{"kanji twice", g, `"id": "kanji:二", "character": "二"`, `"id": "kanji:一", "character": "一"`, "kanji[1].id", "twice"},
		{"id without prefix", g, `"id": "kanji:一"`, `"id": "一"`, "kanji[0].id", "does not start"},
		{"id of another character", g, `"id": "kanji:一"`, `"id": "kanji:壱"`, "kanji[0].id", "name the character"},
		{"two characters", g, `"character": "一"`, `"character": "一一"`, "kanji[0].character", "ideograph"},
		{"kana as character", g, `"character": "一"`, `"character": "い"`, "kanji[0].character", "ideograph"},
		{"on in hiragana", g, "イツ", "いつ", "kanji[0].on[1]", "katakana"},
		{"on twice", g, "イツ", "イチ", "kanji[0].on[1]", "twice"},
		{"on empty", g, "イツ", "", "kanji[0].on[1]", "katakana"},
		{"kun in katakana", g, "ひと.つ", "ヒト.ツ", "kanji[0].kun[0]", "hiragana"},
		{"kun with two dots", g, "ひと.つ", "ひ.と.つ", "kanji[0].kun[0]", "at most one dot"},
		{"kun ends in dot", g, "ひと.つ", "ひとつ.", "kanji[0].kun[0]", "at most one dot"},
		{"no reading", g, first, strings.NewReplacer(`"イチ", "イツ"`, "", `"ひと.つ"`, "").Replace(first), "kanji[0]", "no reading"},
		{"no meaning", g, `["one"]`, `[]`, "kanji[0].meanings", "empty"},
		{"blank meaning", g, `["one"]`, `[" "]`, "kanji[0].meanings[0]", "empty"},
		{"grade 7", g, `"grade": 1`, `"grade": 7`, "kanji[0].grade", "from 1 to 6"},
		{"no stroke", g, `"strokes": 1`, `"strokes": 0`, "kanji[0].strokes", "from 1 to 30"},
		{"level N6", g, `"level": "N5"`, `"level": "N6"`, "kanji[0].level", "N5 to N2"},
		{"word in Latin letters", g, "ひとり", "hitori", "words[0].reading", "kana"},
		{"word under another id", g, `"id": "word:一人"`, `"id": "word:独り"`, "words[0].id", "written form"},
		{"kanji not linked", g, `["kanji:一", "kanji:人"]`, `["kanji:一"]`, "words[0].kanji", "kanji:人"},
		{"kanji not in the word", g, `["kanji:一", "kanji:人"]`, `["kanji:一", "kanji:人", "kanji:二"]`, "words[0].kanji", "list"},
		{"grammar without example", g, "私は会社員です。", "", "grammar[0].example.ja", "empty"},
		{"lesson requires a later one", g, `"requires": []`, `"requires": ["lesson:02"]`, "lessons[0].requires[0]", "earlier"},
		{"lesson requires itself", g, `"requires": []`, `"requires": ["lesson:01"]`, "lessons[0].requires[0]", "earlier"},
		{"lesson teaches nothing known", g, `"teaches": ["`, `"teaches": ["word:ない", "`, "lessons[0].teaches[0]", "not exist"},
		{"lesson teaches twice", g, `"teaches": ["grammar:wa-topic"`, `"teaches": ["grammar:wa-topic", "grammar:wa-topic"`,
			"lessons[0].teaches[1]", "twice"},
		{"explanation of nothing", g, `"explains": "kanji:生"`, `"explains": "lesson:01"`, "explanations[0].explains", "not exist"},
		{"explanation in French", g, `"language": "en"`, `"language": "fr"`, "explanations[0].language", "en nor ja"},
		{"explanation at no time", g, `"2026-08-03T01:20:00Z"`, `"0001-01-01T00:00:00Z"`, "explanations[0].generated_at", "no time"},
	})
}

func TestUnsoundTalkIsReported(t *testing.T) {
	t.Parallel()
	const c = conversationsFile
	testEdits(t, []edit{
		{"learner twice", c, `"id": "learner-02"`, `"id": "learner-01"`, "learners[1].id", "twice"},
		{"real address", c, "@example.com", "@example.net", "learners[0].email", "example.com"},
		{"address with a name", c, `"marta.`, `"Marta <marta.`, "learners[0].email", "not an address"},
		{"address twice", c, "daniel.okafor@", "marta.lindqvist@", "learners[1].email", "twice"},
		{"unknown learner", c, `"learner": "learner-01"`, `"learner": "learner-99"`, "conversations[0].learner", "not exist"},
		{"before joining", c, `"joined": "2026-08-28"`, `"joined": "2026-09-03"`, "conversations[0].started_at", "joined"},
		{"in December", c, "2026-11-10T22:00:00", "2026-12-10T22:00:00", "conversations[19].started_at", "September to November"},
		{"blank topic", c, `"topic": "は and が in a self-introduction"`, `"topic": " "`, "conversations[0].topic", "empty"},
		{"time without progress", c, `"sent_at": "2026-09-02T19`, `"sent_at": "2026-09-02T23`,
			"conversations[0].messages[1].sent_at", "not after"},
		{"message id of another talk", c, `"id": "conv-01-m02"`, `"id": "conv-02-m02"`, "conversations[0].messages[1].id", "start"},
		{"message id twice", c, `"id": "conv-01-m02"`, `"id": "conv-01-m01"`, "conversations[0].messages[1].id", "twice"},
		{"role", c, `"role": "learner"`, `"role": "system"`, "conversations[0].messages[0].role", "neither"},
		{"message before the start", c, `"sent_at": "2026-09-02T19`, `"sent_at": "2026-09-02T18`,
			"conversations[0].messages[0].sent_at", "not after"},
		{"interaction with a learner's message", c, `"message": "conv-01-m02"`, `"message": "conv-01-m01"`,
			"interactions[0].message", "not a message of the tutor"},
		{"interaction of no kind", c, `"kind": "correction_accepted"`, `"kind": "liked"`, "interactions[0].kind", "not a kind"},
		{"interaction too early", c, `"at": "2026-09-02T`, `"at": "2026-09-01T`, "interactions[0].at", "before the message"},
		{"mastery above 1", c, `"mastery": 0.82`, `"mastery": 1.82`, "progress[0].mastery", "0 to 1"},
		{"mastery below 0", c, `"mastery": 0.82`, `"mastery": -0.82`, "progress[0].mastery", "0 to 1"},
		{"no review", c, `"reviews": 14`, `"reviews": 0`, "progress[0].reviews", "less than 1"},
		{"reviewed before joining", c, `"last_reviewed": "2026-10-02`, `"last_reviewed": "2025-10-02`,
			"progress[0].last_reviewed", "joined"},
		{"progress in nothing", c, `"item": "grammar:wa-topic"`, `"item": "lesson:01"`, "progress[0].item", "not exist"},
		{"progress twice", c, `"item": "grammar:ga-subject"`, `"item": "grammar:wa-topic"`, "progress[1].item", "twice"},
	})
}

func TestSameTextTwiceIsReported(t *testing.T) {
	t.Parallel()
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	messages := set.Conversations[0].Messages
	messages[3].Text = messages[1].Text
	r := &report{file: conversationsFile}
	checkConversations(r, set, checkGraph(&report{}, set))
	if len(r.problems) != 1 || r.problems[0].Path != "conversations[0].messages[3].text" {
		t.Errorf("problems %v, want one at conversations[0].messages[3].text", r.problems)
	}
	if strings.Contains(r.problems[0].Error(), messages[1].Text) {
		t.Error("the problem quotes what somebody wrote")
	}
}

func TestSetBelowTheMinimaIsReported(t *testing.T) {
	t.Parallel()
	empty := `{"learners": [{"id": "learner-1", "name": "A", "email": "a@example.jp", "native_language": "Thai", "level": "N2",
 "joined": "2026-01-01"}], "conversations": [], "interactions": [], "progress": []}`
	_, err := read(empty, `{}`)
	var all *ProblemsError
	if !errors.As(err, &all) {
		t.Fatalf("read gave %v, want problems", err)
	}
	want := []string{"learners", "conversations", "conversations[].messages", "interactions", "learners[0]", "kanji", "words",
		"grammar", "lessons", "explanations"}
	var got []string
	for _, p := range all.Problems {
		got = append(got, p.Path)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("problems at %q, want %q", got, want)
	}
}
