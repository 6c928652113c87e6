package unidic

import (
	"context"
	"sync"
	"testing"

	"github.com/ikawaha/kagome-dict/uni"

	"github.com/shugo-data/shugo/japanese"
)

// shared returns the analyzer that tests share.
func shared(t testing.TB) *Analyzer {
	t.Helper()
	a, err := once()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

var once = sync.OnceValues(func() (*Analyzer, error) {
	tb, err := pack(context.Background(), uni.Dict())
	if err != nil {
		return nil, err
	}
	return newAnalyzer(tb), nil
})

func analyze(t testing.TB, a *Analyzer, text string) []japanese.Token {
	t.Helper()
	tokens, err := a.Analyze(context.Background(), text)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}
