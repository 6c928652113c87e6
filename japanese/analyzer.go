package japanese

import "context"

// Analyzer cuts a text into words. It is safe for concurrent use, takes any bytes, and takes time in proportion to the text.
type Analyzer interface {
	// Analyze returns the words of a text in order. White space of ASCII is no word; everything else is in exactly one.
	Analyze(ctx context.Context, text string) ([]Token, error)
	// Readings returns the readings in katakana that the dictionary has for a written form, each once; none when it has none.
	Readings(surface string) []string
}

// Token is a word, in the categories of UniDic (short units).
type Token struct {
	Span    Span      `json:"span"`    // in the text
	Surface string    `json:"surface"` // as written
	POS     [4]string `json:"pos"`     // part of speech 品詞, from coarse to fine: 動詞, 一般; empty where there is none

	ConjugationType string `json:"conjugation_type,omitempty"` // 活用型: 五段-ラ行, 下一段-バ行, 助動詞-マス
	ConjugationForm string `json:"conjugation_form,omitempty"` // 活用形: 連用形-一般, 終止形-一般
	Lemma           string `json:"lemma,omitempty"`            // 語彙素: 食べる; empty of unknown words
	LemmaReading    string `json:"lemma_reading,omitempty"`    // 語彙素読み in katakana
	Base            string `json:"base,omitempty"`             // 書字形基本形: the word's dictionary form as it is written here
	Reading         string `json:"reading,omitempty"`          // 仮名形出現形 or the like, in katakana: how this form is read
	Pronunciation   string `json:"pronunciation,omitempty"`    // 発音形出現形 in katakana: ワ for the particle は
	Origin          string `json:"origin,omitempty"`           // 語種 goshu: 和 漢 外 混 固 記号
	Known           bool   `json:"known"`                      // it is in the dictionary
}
