package japanese_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// corpusSentences returns human sentences: those of a treebank and those of a proofreader's tests.
func corpusSentences(t *testing.T) (treebank, proofreader []string) {
	t.Helper()
	dir := os.Getenv("SHUGO_CORPORA")
	if dir == "" {
		t.Skip("SHUGO_CORPORA does not name the folder of the corpora")
	}
	var gold struct {
		Sentences []struct{ Text string }
	}
	var rules []struct{ Text string }
	for name, into := range map[string]any{"readability.json": &gold, "rules.json": &rules} {
		raw, err := os.ReadFile(filepath.Join(dir, "japanese", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range gold.Sentences {
		treebank = append(treebank, s.Text)
	}
	for _, r := range rules {
		proofreader = append(proofreader, r.Text)
	}
	if len(treebank) < 500 || len(proofreader) < 100 {
		t.Fatalf("%d and %d sentences", len(treebank), len(proofreader))
	}
	return treebank, proofreader
}
