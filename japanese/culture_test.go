package japanese_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/japanese"
)

func cultureFindings(t *testing.T, text string, rules []japanese.Rule) []japanese.Finding {
	t.Helper()
	d, err := japanese.NewDocument(t.Context(), text, japanese.Config{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := japanese.Check(t.Context(), d, rules)
	if err != nil {
		t.Fatal(err)
	}
	return r.Findings
}

func TestCultureRules(t *testing.T) {
	t.Parallel()
	rules := japanese.CultureRules()
	for _, rule := range rules {
		if got := cultureFindings(t, rule.Wrong, rules); len(got) != 1 || got[0].Rule != rule.ID {
			t.Errorf("%s: got %+v in its wrong text, want one finding", rule.ID, got)
		}
		if got := cultureFindings(t, rule.Right, rules); len(got) != 0 {
			t.Errorf("%s: got %+v in its right text, want none", rule.ID, got)
		}
		if got := cultureFindings(t, "「"+strings.TrimSuffix(rule.Wrong, "。")+"」とは言いません。", []japanese.Rule{rule}); len(got) != 0 {
			t.Errorf("%s: got %+v in a quotation, want none", rule.ID, got)
		}
	}
}

// TestCultureRulesOnNews counts false alarms in sentences that people wrote.
func TestCultureRulesOnNews(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("SHUGO_CORPORA")
	if folder == "" {
		t.Skip("SHUGO_CORPORA names no folder with corpora")
	}
	data, err := os.ReadFile(filepath.Join(folder, "japanese", "readability.json"))
	if err != nil {
		t.Fatal(err)
	}
	var corpus struct {
		Sentences []struct {
			Text string `json:"text"`
		} `json:"sentences"`
	}
	if err := json.Unmarshal(data, &corpus); err != nil || len(corpus.Sentences) < 500 {
		t.Fatalf("%d sentences, %v", len(corpus.Sentences), err)
	}
	found := 0
	for _, s := range corpus.Sentences {
		for _, f := range cultureFindings(t, s.Text, japanese.CultureRules()) {
			found++
			t.Logf("%s: %s", f.Rule, s.Text)
		}
	}
	if found > 1 {
		t.Errorf("%d findings in %d sentences of news, want one at most", found, len(corpus.Sentences))
	}
}
