package japanese_test

import (
	"context"
	"fmt"

	"github.com/shugo-data/shugo/japanese"
)

func ExampleMixedPunctuation() {
	ctx := context.Background()
	d, err := japanese.NewDocument(ctx, "朝、起きた。昼，食べた。", japanese.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := japanese.Check(ctx, d, []japanese.Rule{japanese.MixedPunctuation(japanese.PunctuationConfig{}), japanese.MixedRegister(japanese.MixtureConfig{})})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range r.Findings {
		fmt.Println(f.Rule, f.At.Runes, "becomes", f.Fix.With)
	}
	for _, s := range r.Skipped {
		fmt.Println(s.Rule, "was not asked:", s.Because)
	}
	// Output:
	// mixed_punctuation {7 8} becomes 、
	// mixed_register was not asked: no analyzer is wired
}
