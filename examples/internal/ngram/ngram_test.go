package ngram_test

import (
	"math"
	"testing"

	"github.com/shugo-data/shugo/examples/internal/ngram"
)

func TestSimilarTextsAreNear(t *testing.T) {
	t.Parallel()
	question := ngram.Embed("「は」と「が」の違いは何ですか。")
	near := ngram.Similarity(question, ngram.Embed("「は」と「が」はどう違いますか。"))
	far := ngram.Similarity(question, ngram.Embed("Where is the nearest station?"))
	if near < 0.4 || far > 0.1 {
		t.Errorf("similarity %.2f to the same question, %.2f to another", near, far)
	}
}

func TestEmbeddingIsNormalised(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{"日本語": 1, "a": 1, "": 0, " \n": 0} {
		v := ngram.Embed(text)
		if got := ngram.Similarity(v, v); math.Abs(got-want) > 1e-6 || len(v) != ngram.Dimensions {
			t.Errorf("%q: length %f of %d dimensions, want %f of %d", text, got, len(v), want, ngram.Dimensions)
		}
	}
}
