package japanese_test

import (
	"fmt"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/japanese"
)

// TestKanjiCounts holds the tables against the counts that the lists' publishers give.
func TestKanjiCounts(t *testing.T) {
	t.Parallel()
	got := map[string]int{}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		k := japanese.KanjiOf(r)
		if k.Joyo {
			got["joyo"]++
		}
		if k.Jinmeiyo {
			got["jinmeiyo"]++
		}
		if k.Simplified {
			got["simplified"]++
		}
		if k.Radical {
			got["radical"]++
		}
		if k.Level > 0 {
			got[fmt.Sprint("level ", k.Level)]++
		}
		if k.Grade > 0 {
			got[fmt.Sprint("grade ", k.Grade)]++
		}
		switch {
		case k.Joyo && k.Jinmeiyo, k.Simplified && k.Level > 0, k.Grade > 0 && !k.Joyo, k.Joyo && k.Level == 0:
			t.Errorf("%U is %+v", r, k)
		case r > 0 && k.Standard == r:
			t.Errorf("%U stands for itself", r)
		}
	}
	want := map[string]int{
		"joyo": 2136, "jinmeiyo": 863, "simplified": 5933, "radical": 115 + 214,
		"level 1": 2965, "level 2": 3390, "level 3": 1259, "level 4": 2436, // 6,355 and 3,695
		"grade 1": 80, "grade 2": 160, "grade 3": 200, "grade 4": 202, "grade 5": 193, "grade 6": 191, // 1,026
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestKanjiOf shows single characters, among them the traps.
func TestKanjiOf(t *testing.T) {
	t.Parallel()
	for r, want := range map[rune]japanese.Kanji{
		'一':                 {Joyo: true, Level: 1, Grade: 1},
		'国':                 {Joyo: true, Level: 1, Grade: 2}, // shared with simplified Chinese
		'國':                 {Jinmeiyo: true, Level: 2, Old: true, Standard: '国'},
		'説':                 {Joyo: true, Level: 1, Grade: 4},
		'说':                 {Simplified: true, Standard: '説'},
		'问':                 {Simplified: true, Standard: '問'},
		'审':                 {Simplified: true, Standard: '審'},
		'发':                 {Simplified: true},     // 発 or 髪
		'\U00020B9F':        {Joyo: true, Level: 3}, // the joyo form of 叱, beyond 16 bits
		'叱':                 {Level: 1},
		'髙':                 {Old: true, Standard: '高'},
		'\uFA19':            {Jinmeiyo: true, Level: 3, Old: true, Compatible: true, Standard: '神'},
		'\u2F08':            {Radical: true, Standard: '人'},
		'\u2ED8':            {Radical: true, Standard: '青'},
		'仝':                 {}, // in JIS X 0208, but among the symbols
		'あ':                 {},
		-1:                  {},
		unicode.MaxRune + 1: {},
	} {
		if diff := cmp.Diff(want, japanese.KanjiOf(r)); diff != "" {
			t.Errorf("%U: %s", r, diff)
		}
	}
}

func ExampleKanjiOf() {
	k := japanese.KanjiOf('说')
	fmt.Println(k.Simplified, string(k.Standard), japanese.KanjiOf(k.Standard).Grade)
	// Output: true 説 4
}
