package japanese_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/japanese"
)

// spacedWords is an analyzer of texts that have a | between words.
type spacedWords struct {
	err    error
	tokens []japanese.Token // returned instead, when there are any
}

func (a spacedWords) Analyze(_ context.Context, text string) ([]japanese.Token, error) {
	if a.err != nil || a.tokens != nil {
		return a.tokens, a.err
	}
	var tokens []japanese.Token
	at := 0
	for word := range strings.SplitSeq(text, "|") {
		if strings.Trim(word, " \n") != "" {
			tokens = append(tokens, japanese.Token{Span: japanese.Span{Start: at, End: at + len(word)}, Surface: word})
		}
		at += len(word) + 1
	}
	return tokens, nil
}

func (spacedWords) Readings(surface string) []string { return []string{surface + "?"} }

// TestDocumentTokens shows which words are of which sentence; those between sentences are of none.
func TestDocumentTokens(t *testing.T) {
	t.Parallel()
	d, err := japanese.NewDocument(context.Background(), "今日|は|晴れ|。|\u3000|明日|\n|。", japanese.Config{Analyzer: spacedWords{}, Level: "N4"})
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	for _, s := range d.Sentences {
		var words []string
		for _, token := range d.TokensOf(s) {
			words = append(words, token.Surface)
		}
		got = append(got, words)
	}
	want := [][]string{{"今日", "は", "晴れ", "。"}, {"\u3000", "明日"}, {"。"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !d.Analyzed || d.Level != "N4" || !cmp.Equal(d.Readings("今日"), []string{"今日?"}) {
		t.Errorf("%+v", d)
	}
	if d := documentOf(t, "今日"); d.Analyzed || d.Readings("今日") != nil || d.Tokens != nil {
		t.Errorf("%+v", d)
	}
}

// TestDocumentErrors shows what NewDocument refuses.
func TestDocumentErrors(t *testing.T) {
	t.Parallel()
	fault := errors.New("fault")
	token := func(start, end int) japanese.Token {
		return japanese.Token{Span: japanese.Span{Start: start, End: end}}
	}
	for name, test := range map[string]struct {
		config japanese.Config
		is     error
		text   string
	}{
		"too long":       {japanese.Config{Most: 3}, japanese.ErrTooLong, "6 bytes, at most 3"},
		"analyzer":       {japanese.Config{Analyzer: spacedWords{err: fault}}, fault, "analysing"},
		"beyond the end": {japanese.Config{Analyzer: spacedWords{tokens: []japanese.Token{token(0, 3), token(3, 7)}}}, nil, "token 1 of the analyzer is bytes 3 to 7"},
		"out of order":   {japanese.Config{Analyzer: spacedWords{tokens: []japanese.Token{token(3, 6), token(0, 3)}}}, nil, "token 1"},
		"backwards":      {japanese.Config{Analyzer: spacedWords{tokens: []japanese.Token{token(3, 0)}}}, nil, "token 0"},
	} {
		_, err := japanese.NewDocument(context.Background(), "今日", test.config)
		if err == nil || test.is != nil && !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "今日") {
			t.Errorf("%s: the error has the text", name)
		}
	}
	if _, err := japanese.NewDocument(context.Background(), strings.Repeat("a", 1<<20), japanese.Config{}); err != nil {
		t.Error(err)
	}
	if _, err := japanese.NewDocument(context.Background(), strings.Repeat("a", 1<<20+1), japanese.Config{}); !errors.Is(err, japanese.ErrTooLong) {
		t.Error(err)
	}
}
