package unidic_test

import (
	"testing"
	"unicode/utf8"

	"github.com/shugo-data/shugo/japanese"
)

// FuzzRules asks all rules of any text: none panics, and what they find lies in the text and can be mended there.
func FuzzRules(f *testing.F) {
	for _, rule := range everyRule() {
		f.Add(rule.Wrong)
		f.Add(rule.Right)
	}
	f.Add("# 見出し\n- 項目だ\n> 引用\n![図](x)と[リンク][]と`a`と**b**")
	f.Add("「「『()[<\"'*_`\xff\xe3\x81」』・・・\r\n\u2028")
	f.Add("九千九百九十九万一二三四五六七八九〇一二三四五六七八九回")
	a := grammarAnalyzer(f)
	rules := append(everyRule(), japanese.DoubledParticles(japanese.ParticleConfig{Strict: true, Interval: 3}))
	rules = append(rules, japanese.SpacingRules(japanese.SpacingConfig{
		Letters: japanese.OneGap, Digits: japanese.OneGap, Punctuation: true, Emphasised: true, BeforeCode: japanese.OneGap, AfterLink: japanese.OneGap,
	})...)
	f.Fuzz(func(t *testing.T, text string) {
		d := grammarDocument(t, a, text)
		for _, rule := range rules {
			for _, found := range rule.Check(d) {
				at := found.At.Bytes
				if at.Start < 0 || at.End < at.Start || at.End > len(text) || found.Text == "" || found.Confidence <= 0 || found.Confidence > 1 {
					t.Errorf("%s finds %+v in %q", rule.ID, found, text)
				}
				if fix := found.Fix; fix != nil && utf8.ValidString(text) && !utf8.ValidString(mended(text, fix)) {
					t.Errorf("%s breaks %q", rule.ID, text)
				}
			}
		}
	})
}
