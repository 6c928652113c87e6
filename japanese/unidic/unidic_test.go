package unidic

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/shugo-data/shugo/japanese"
)

// shared returns an analyzer over tables that all tests map.
func shared(t testing.TB) *Analyzer {
	t.Helper()
	return loaded(t, Config{Dir: filepath.Join(os.TempDir(), "shugo-unidic-test")})
}

func loaded(t testing.TB, config Config) *Analyzer {
	t.Helper()
	a, err := Load(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func analyze(t testing.TB, a *Analyzer, text string) []japanese.Token {
	t.Helper()
	tokens, err := a.Analyze(context.Background(), text)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}
