package japanese_test

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/japanese"
)

// measured reads a file of scores that the published programs gave.
func measured[T any](t *testing.T, name string) T {
	t.Helper()
	folder := os.Getenv("SHUGO_CORPORA")
	if folder == "" {
		t.Skip("SHUGO_CORPORA names no folder of corpora")
	}
	data, err := os.ReadFile(filepath.Join(folder, "japanese", name))
	if err != nil {
		t.Fatal(err)
	}
	var content T
	if err := json.Unmarshal(data, &content); err != nil {
		t.Fatal(err)
	}
	return content
}

func TestTateisiEqualsThePublishedProgram(t *testing.T) {
	t.Parallel()
	type cases struct {
		Cases []struct {
			Text string  `json:"text"`
			RS   float64 `json:"rs"`
			RS2  float64 `json:"rs2"`
		} `json:"cases"`
	}
	all := measured[cases](t, "tateishi.json").Cases
	if len(all) < 150 {
		t.Fatalf("%d cases, at least 150 are expected", len(all))
	}
	for _, c := range all {
		got, err := japanese.Tateisi(c.Text)
		if err != nil || math.Abs(got.RS-c.RS) > 1e-9 || math.Abs(got.RSPrime-c.RS2) > 1e-9 {
			t.Errorf("%s: RS %v, RS' %v, %v; the program says %v, %v", c.Text, got.RS, got.RSPrime, err, c.RS, c.RS2)
		}
	}
}

// The expected scores are those of tateishi-readability 0.1.0.
func TestTateisi(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text    string
		rsPrime float64
	}{
		{"今日の天気は、晴れです。", 84.62},
		{"u.s.は国です。", 97.99000000000001},
		{"1.0 is number.", 110.32666666666667},
		{"e.g., th, ch, A&Bと９.５％。", 105.04400000000001},
		{"ラーメン-ﾃﾞｰﾀ、すごーい～。", 128.74},
	} {
		got, err := japanese.Tateisi(c.text)
		if err != nil || math.Abs(got.RSPrime-c.rsPrime) > 1e-9 {
			t.Errorf("%s: RS' %v, %v; want %v", c.text, got.RSPrime, err, c.rsPrime)
		}
	}
	if _, err := japanese.Tateisi("。、 "); !errors.Is(err, japanese.ErrEmpty) {
		t.Errorf("error of a text of marks = %v, want ErrEmpty", err)
	}
}

func TestChrFEqualsSacreBLEU(t *testing.T) {
	t.Parallel()
	type cases struct {
		Cases []struct {
			Hyp    string  `json:"hyp"`
			Ref    string  `json:"ref"`
			ChrF2  float64 `json:"chrf2"`
			ChrFPP float64 `json:"chrfpp"`
		} `json:"cases"`
	}
	all := measured[cases](t, "chrf.json").Cases
	if len(all) < 100 {
		t.Fatalf("%d cases, at least 100 are expected", len(all))
	}
	for _, c := range all {
		f, p := japanese.ChrF(c.Hyp, c.Ref), japanese.ChrFPlusPlus(c.Hyp, c.Ref)
		if math.Abs(f-c.ChrF2) > 1e-6 || math.Abs(p-c.ChrFPP) > 1e-6 {
			t.Errorf("%s | %s: %v, %v; sacrebleu says %v, %v", c.Hyp, c.Ref, f, p, c.ChrF2, c.ChrFPP)
		}
	}
}

// The expected scores are those of sacrebleu 2.
func TestChrF(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		hypothesis, reference string
		chrf, plus            float64
	}{
		{"", "", 0, 0},
		{"", "a", 0, 0},
		{"a", "a", 100, 100},
		{"The cat sat on the mat.", "The cat is on the mat.", 67.17273492330233, 69.43695278069349},
		{"(He said: \"no\")", "He said no!", 50.18034391539341, 46.99875114326172},
		{"I\u3000paid 5,000 yen", "I paid 5,000 yen.", 92.75504182616072, 89.91492976627448},
		{"日本語", "日本", 87.5, 58.333333333333336},
	} {
		f, p := japanese.ChrF(c.hypothesis, c.reference), japanese.ChrFPlusPlus(c.hypothesis, c.reference)
		if math.Abs(f-c.chrf) > 1e-9 || math.Abs(p-c.plus) > 1e-9 {
			t.Errorf("%q | %q: %v, %v; want %v, %v", c.hypothesis, c.reference, f, p, c.chrf, c.plus)
		}
	}
}

func FuzzChrF(f *testing.F) {
	f.Add("日本語です。", "it's (fine)")
	f.Add("\xff\x00", "a\u3000b\x1cc")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, score := range []float64{japanese.ChrF(a, b), japanese.ChrFPlusPlus(a, b)} {
			if !(score >= 0 && score <= 100+1e-9) {
				t.Fatalf("score %v of %q and %q", score, a, b)
			}
		}
		if strings.TrimSpace(a) != "" && len(strings.Fields(a)) == 1 && japanese.ChrF(a, a) < 100-1e-9 && !strings.ContainsAny(a, "\x1c\x1d\x1e\x1f") {
			t.Fatalf("%q against itself: %v", a, japanese.ChrF(a, a))
		}
	})
}

func BenchmarkChrF(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		japanese.ChrFPlusPlus("The cat sat on the mat, and the dog slept in the warm kitchen.", "A cat is on the mat while the dog sleeps in a warm kitchen.")
	}
}
