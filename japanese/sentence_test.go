package japanese_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// TestSentences shows where a text is cut, and how deep in quotations each sentence begins.
func TestSentences(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":              nil,
		" \n\u3000\r\n": nil,
		"今日は晴れ。明日は雨。":   {"今日は晴れ。", "明日は雨。"},
		"本当？！　うん。":      {"本当？！", "うん。"},
		"え?!はい!":        {"え?!", "はい!"},
		"見出し\n本文です。":    {"見出し", "本文です。"},
		"一行目\r\n二行目":    {"一行目", "二行目"},
		"彼は「行く。」と言った。":  {"彼は「行く。」", "と言った。"},
		"「行く。すぐ行く。」と言った。":   {"「行く。", "1すぐ行く。」", "と言った。"},
		"「『はい。』と答えた。」":      {"「『はい。』", "1と答えた。」"},
		"（そうです。）次。":         {"（そうです。）", "次。"},
		"3.14は円周率。v1.2.3も。": {"3.14は円周率。", "v1.2.3も。"},
		"This is it. また明日.": {"This is it.", "また明日."},
		"待って...まだ。":         {"待って...まだ。"},
		"閉じすぎ」」。次。":         {"閉じすぎ」」。", "次。"},
		"「閉じない。\n次の行。":      {"「閉じない。", "1次の行。"},
		"半角｡次｡":             {"半角｡", "次｡"},
		"終わり。。。次。":          {"終わり。。。", "次。"},
		"\u2028一\u2029二":    {"一", "二"},
		"\xff。\xfe":         {"\xff。", "\xfe"},
	} {
		d := documentOf(t, text)
		var got []string
		for _, s := range d.Sentences {
			depth := strings.Trim(strings.Repeat("1", s.Quoted), "")
			got = append(got, depth+d.In(s.Span))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// FuzzSentences holds sentences to cover the text but for white space, in order, without white space around them.
func FuzzSentences(f *testing.F) {
	f.Add("彼は「行く。」と言った。\n次。")
	f.Add("a.b 。」』」\xff\u2028")
	f.Fuzz(func(t *testing.T, text string) {
		d := documentOf(t, text)
		done := 0
		for _, s := range d.Sentences {
			if s.Span.Start < done || s.Span.End <= s.Span.Start || s.Span.End > len(text) || s.Quoted < 0 {
				t.Fatalf("%q: %+v", text, s)
			}
			if d.In(s.Span) != strings.TrimSpace(d.In(s.Span)) {
				t.Errorf("%q: %q", text, d.In(s.Span))
			}
			if strings.TrimFunc(text[done:s.Span.Start], unicode.IsSpace) != "" {
				t.Errorf("%q: nothing covers %q", text, text[done:s.Span.Start])
			}
			done = s.Span.End
		}
		if strings.TrimFunc(text[done:], unicode.IsSpace) != "" {
			t.Errorf("%q: nothing covers %q", text, text[done:])
		}
	})
}
