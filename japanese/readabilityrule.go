package japanese

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/shugo-data/shugo/quality"
)

// CommonLevels returns the bands that teachers commonly take for the levels of the JLPT, in order: N5 is lower-elementary, N4
// upper-elementary, N3 lower-intermediate, N2 upper-intermediate, N1 either advanced band. It is a convention: nobody has published
// a measured mapping.
func CommonLevels() map[string][]Band {
	return map[string][]Band{"N5": {LowerElementary}, "N4": {UpperElementary}, "N3": {LowerIntermediate}, "N2": {UpperIntermediate}, "N1": {LowerAdvanced, UpperAdvanced}}
}

// ReadabilityRule returns a rule that finds a text whose readability is not that of Document.Level: no score that its 95 % interval
// holds lies in a band of the level. A level is a name in levels, or a band's own name in English or Japanese. Nothing is found in a
// text without a level, of one sentence, or with fewer words than config.Least: its score is noise.
func ReadabilityRule(config ReadabilityConfig, levels map[string][]Band) Rule {
	return Rule{
		ID: "readability_level", Title: "文章の難易度", Dimension: quality.Validity, Severity: quality.Medium, Needs: Words,
		Wrong:  "政府は経済政策の抜本的な改革案を閣議決定し、来年度予算案に関連経費を計上する方針を固めた。" + "専門家は財政健全化との整合性を疑問視し、国会審議の難航を予想する。" + "野党各党は徹底抗戦の構えを示している。",
		Right:  "わたしは きのう ともだちと こうえんへ いきました。" + "とても いい てんきでした。" + "いぬが いました。",
		Source: "Lee and Hasebe, Readability measurement of Japanese texts based on levelled corpora (2016)",
		Check:  func(d *Document) []Finding { return checkReadability(d, config, levels) },
	}
}

func checkReadability(d *Document, config ReadabilityConfig, levels map[string][]Band) []Finding {
	if d.Level == "" {
		return nil
	}
	bands := levels[d.Level]
	if b, err := ParseBand(d.Level); err == nil {
		bands = []Band{b}
	}
	whole := d.Position(Span{0, len(d.Text)})
	if len(bands) == 0 {
		return []Finding{{Severity: quality.Low, At: whole, Confidence: 1, Text: "the level of the document is none that readability knows: nothing was compared"}}
	}
	r, err := MeasureReadability(context.Background(), d, config)
	if err != nil || r.Interval == nil || r.Tokens < r.least {
		return nil
	}
	want := suiting(bands)
	if r.Interval.High >= want.Low && r.Interval.Low < want.High {
		return nil
	}
	harder := r.Interval.High < want.Low
	f := Finding{At: whole, Confidence: .93, Text: fmt.Sprintf("the text reads %s than its level: score %.1f (%.1f to %.1f), %s has %s",
		map[bool]string{true: "harder", false: "easier"}[harder], r.Score, r.Interval.Low, r.Interval.High, d.Level, want)}
	f.Evidence = r.extremes(harder)
	return []Finding{f}
}

// suiting returns the scores that suit some bands.
func suiting(bands []Band) Interval {
	want := Interval{Low: math.Inf(1), High: math.Inf(-1)}
	for _, b := range bands {
		want = Interval{Low: min(want.Low, b.suits().Low), High: max(want.High, b.suits().High)}
	}
	return want
}

// String returns the interval as "2.5 to 3.5", or "below 1.5" and "5.5 or more" where it is open.
func (i Interval) String() string {
	switch {
	case math.IsInf(i.Low, -1):
		return fmt.Sprintf("below %.1f", i.High)
	case math.IsInf(i.High, 1):
		return fmt.Sprintf("%.1f or more", i.Low)
	}
	return fmt.Sprintf("%.1f to %.1f", i.Low, i.High)
}

// extremes returns the three sentences that make a text hardest, or easiest.
func (r Readability) extremes(hardest bool) []Evidence {
	sentences := slices.Clone(r.Sentences)
	slices.SortStableFunc(sentences, func(a, b SentenceReadability) int {
		if hardest {
			return cmp.Compare(a.Effect, b.Effect)
		}
		return cmp.Compare(b.Effect, a.Effect)
	})
	var evidence []Evidence
	for _, s := range sentences[:min(3, len(sentences))] {
		evidence = append(evidence, Evidence{Kind: "sentence", At: s.Span, Note: fmt.Sprintf("moves the score by %+.2f", s.Effect)})
	}
	return evidence
}
