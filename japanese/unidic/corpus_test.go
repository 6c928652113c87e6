package unidic

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/japanese"
)

// corpus is the part of UD_Japanese-GSD that readability.json has, with scores of jreadability 1.1.5 over MeCab and UniDic 2.1.2.
type corpus struct {
	Sentences []struct {
		ID     string
		Text   string
		Tokens [][3]string // surface, part of speech, pronunciation
		Score  float64     `json:"jreadability"`
		Count  int         `json:"jreadability_tokens"`
	}
	Passages []struct {
		ID       string
		From, To int
		Score    float64
	}
}

func readCorpus(t testing.TB) corpus {
	t.Helper()
	dir := os.Getenv("SHUGO_CORPORA")
	if dir == "" {
		t.Skip("SHUGO_CORPORA names no folder with corpora")
	}
	b, err := os.ReadFile(filepath.Join(dir, "japanese", "readability.json"))
	if err != nil {
		t.Fatal(err)
	}
	var c corpus
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Sentences) < 500 || len(c.Passages) < 50 {
		t.Fatalf("%d sentences and %d passages", len(c.Sentences), len(c.Passages))
	}
	return c
}

// TestScores holds the tokens against MeCab's: jReadability (Hasebe and Lee 2015) counts tokens, sentences, origins and parts of
// speech, and a token that is cut differently changes its score by more than a thousandth.
func TestScores(t *testing.T) {
	t.Parallel()
	c, a := readCorpus(t), shared(t)
	for _, s := range c.Sentences {
		tokens := analyze(t, a, s.Text)
		if got := score(tokens); math.Abs(got-s.Score) > 1e-9 || len(tokens) != s.Count {
			t.Errorf("%s: %d tokens of score %.6f, MeCab's are %d of %.6f", s.ID, len(tokens), got, s.Count, s.Score)
		}
	}
	for _, p := range c.Passages {
		var text strings.Builder
		for _, s := range c.Sentences[p.From:p.To] {
			text.WriteString(s.Text)
		}
		if got := score(analyze(t, a, text.String())); math.Abs(got-p.Score) > 1e-9 {
			t.Errorf("%s: score %.6f, MeCab's words have %.6f", p.ID, got, p.Score)
		}
	}
}

// score is jReadability's as jreadability 1.1.5 computes it.
func score(tokens []japanese.Token) float64 {
	var sentences, kango, wago, verbs, particles, tail float64
	for _, t := range tokens {
		tail = 1
		switch t.Surface {
		case "。", "？", "！", "．":
			sentences++
			tail = 0
		}
		switch {
		case t.Origin == "漢":
			kango++
		case t.Origin == "和":
			wago++
		}
		switch {
		case t.POS[0] == "動詞" && t.POS[1] != "非自立可能":
			verbs++
		case t.POS[0] == "助詞":
			particles++
		}
	}
	n := float64(len(tokens))
	return 11.724 - .056*n/(sentences+tail) - .126*100*kango/n - .042*100*wago/n - .145*100*verbs/n - .044*100*particles/n
}

// TestGold holds the tokens against what humans annotated.
func TestGold(t *testing.T) {
	t.Parallel()
	c, a := readCorpus(t), shared(t)
	var gold, found, cut, tagged, kanji, read int
	for _, s := range c.Sentences {
		type place struct{ start, end int }
		tags, at := map[place]string{}, 0
		for _, token := range s.Tokens {
			start := strings.Index(s.Text[at:], token[0])
			if start < 0 {
				t.Fatalf("%s: token %q is not in the text", s.ID, token[0])
			}
			tags[place{at + start, at + start + len(token[0])}], _, _ = strings.Cut(token[1], "-")
			at += start + len(token[0])
		}
		gold += len(tags)
		for _, token := range analyze(t, a, s.Text) {
			found++
			if tag, ok := tags[place{token.Span.Start, token.Span.End}]; ok {
				cut++
				if tag == token.POS[0] {
					tagged++
				}
			}
		}
		for _, token := range s.Tokens {
			if hasKanji(token[0]) && len(a.Readings(token[0])) > 0 {
				kanji++
				if said(a.Readings(token[0]), token[2]) {
					read++
				}
			}
		}
	}
	f := func(right int) float64 { return 2 * float64(right) / float64(gold+found) }
	t.Logf("%d gold words, %d found: segmentation F1 %.4f, part of speech F1 %.4f, %d of %d kanji readings", gold, found, f(cut), f(tagged), read, kanji)
	if float64(read) < .997*float64(kanji) {
		t.Error("at least 0.997 of the words with kanji are to be said as one of their readings is")
	}
	if f(cut) < .985 || f(tagged) < .97 {
		t.Error("the F1 of segmentation is to be at least 0.985, and that of parts of speech 0.97")
	}
}

// hasKanji reports whether a word is written with kanji.
func hasKanji(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return '一' <= r && r <= '鿿' })
}

// said reports whether a pronunciation can be that of one of the readings.
func said(readings []string, pronunciation string) bool {
	for _, r := range readings {
		sounds := []rune(pronunciation)
		if fromLeft(sounds, r) == len(sounds) && string(sounds) == r {
			return true
		}
	}
	return false
}
