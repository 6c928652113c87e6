package unidic_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/shugo-data/shugo/japanese"
	"github.com/shugo-data/shugo/japanese/unidic"
)

// grammarAnalyzer returns an analyzer over tables that tests map.
func grammarAnalyzer(t testing.TB) *unidic.Analyzer {
	t.Helper()
	a, err := unidic.Load(context.Background(), unidic.Config{Dir: filepath.Join(os.TempDir(), "shugo-unidic-test")})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func grammarDocument(t testing.TB, a *unidic.Analyzer, text string) *japanese.Document {
	t.Helper()
	d, err := japanese.NewDocument(context.Background(), text, japanese.Config{Analyzer: a})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// grammarCorpora is the folder with corpora, or nothing.
func grammarCorpora() string { return os.Getenv("SHUGO_CORPORA") }

func grammarCorpus(t testing.TB, name string, into any) {
	t.Helper()
	dir := grammarCorpora()
	if dir == "" {
		t.Skip("SHUGO_CORPORA names no folder with corpora")
	}
	b, err := os.ReadFile(filepath.Join(dir, "japanese", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}

// peerCase is a test case of a rule of textlint (MIT licence).
type peerCase struct {
	ID       string
	Repo     string
	Rule     string
	Text     string
	Expected int `json:"expected_errors"`
	Options  peerOptions
}

// peerOptions are the options of all rules of textlint that the corpus has.
type peerOptions struct {
	DictOptions map[string]struct{ Allows []string }
	Allow       []string
	Separators  []string `json:"separatorCharacters"`
	Commas      []string `json:"commaCharacters"`
	Strict      bool
	Interval    int    `json:"min_interval"`
	Body        string `json:"preferInBody"`
	List        string `json:"preferInList"`
	Heading     string `json:"preferInHeading"`
	Outside     *bool  `json:"allowOutsideHalfParentheses"`
	Before      *bool
	After       *bool
	Space       any
	Punctuation *bool `json:"exceptPunctuation"`
	Allows      []string
	Styled      bool `json:"lintStyledNode"`
}

// peerRules returns our rules for one of textlint, and whether it is one of the core; no rules when we do not offer it.
func peerRules(c peerCase) (rules []japanese.Rule, core bool) {
	o := c.Options
	name := c.Repo[strings.LastIndex(c.Repo, "/")+1:]
	pick := func(ids ...string) []japanese.Rule {
		var picked []japanese.Rule
		for _, r := range append(append(japanese.GrammarRules(), japanese.StyleRules()...), japanese.RegisterRules()...) {
			for _, id := range ids {
				if r.ID == id {
					picked = append(picked, r)
				}
			}
		}
		return picked
	}
	switch name {
	case "textlint-rule-ja-no-redundant-expression":
		config := japanese.RedundancyConfig{}
		if d, ok := o.DictOptions["dict5"]; ok {
			config.Allow = append([]string{}, d.Allows...)
		}
		return []japanese.Rule{japanese.RedundantExpressions(config)}, true
	case "textlint-rule-no-doubled-joshi":
		return []japanese.Rule{japanese.DoubledParticles(japanese.ParticleConfig{
			Strict: o.Strict, Interval: o.Interval, Allow: o.Allow, Separators: o.Separators, Commas: o.Commas,
		})}, true
	case "textlint-rule-no-mix-dearu-desumasu":
		return []japanese.Rule{japanese.MixedRegister(peerMixture(o))}, true
	case "textlint-rule-no-dropping-the-ra":
		return pick("ra_nuki"), true
	case "textlint-rule-no-dropping-i":
		return pick("i_nuki"), true
	case "textlint-rule-no-double-negative-ja":
		return pick("double_negative"), true
	case "textlint-rule-ja-no-abusage":
		return pick("misused_word", "misused_expression"), true
	case "textlint-rule-preset-ja-spacing":
		return peerSpacing(c, pick), false
	case "textlint-rule-preset-JTF-style":
		return peerStyle(c, pick), false
	}
	return nil, false
}

func peerMixture(o peerOptions) japanese.MixtureConfig {
	register := func(name string) japanese.Register {
		return map[string]japanese.Register{"である": japanese.Plain, "ですます": japanese.Polite}[name]
	}
	return japanese.MixtureConfig{Body: register(o.Body), Lists: register(o.List), Headings: register(o.Heading)}
}

// peerStyle maps the rules of the JTF guide.
func peerStyle(c peerCase, pick func(...string) []japanese.Rule) []japanese.Rule {
	number, _, _ := strings.Cut(strings.TrimSpace(c.Rule)+".", ".")
	if m := regexp.MustCompile(`^[0-9.]+`).FindString(c.Rule); m != "" {
		number = strings.Trim(m, ".")
	}
	switch number {
	case "1.2.1":
		return []japanese.Rule{japanese.MixedPunctuation(japanese.PunctuationConfig{Comma: "、", Period: "。"})}
	case "4.1.3":
		return []japanese.Rule{japanese.MixedPunctuation(japanese.PunctuationConfig{Comma: "、", Period: "。"})}
	case "3.3":
		return pickSpacing(japanese.SpacingConfig{Parentheses: c.Options.Outside != nil && !*c.Options.Outside}, "space_at_bracket")
	case "3.1.1":
		return pickSpacing(peerGaps(c.Options), "space_between_widths")
	}
	ids := map[string][]string{
		"1.1.1": {"mixed_register"}, "1.1.2": {"heading_period"}, "1.1.3": {"mixed_register"}, "1.1.5": {"mixed_register"},
		"1.2.2": {"full_width_in_number"}, "2.1.10": {"digit_grouping"}, "2.1.5": {"half_width_katakana", "katakana_spelling"},
		"2.1.6": {"long_vowel"}, "2.1.8": {"full_width_digit"}, "2.1.9": {"full_width_letter"},
		"2.2.1": {"formal_noun", "kana_adverb", "shitagatte"}, "2.2.2": {"kanji_numeral", "arabic_numeral"},
		"3.1.2": {"space_between_japanese"}, "4.1.1": {"period_in_quotation"},
		"4.2.1": {"half_width_exclamation", "space_after_exclamation"}, "4.2.2": {"half_width_question", "space_after_question"},
		"4.2.4": {"half_width_middle_dot"}, "4.2.5": {"wave_dash"}, "4.2.6": {"hyphen"}, "4.2.7": {"half_width_colon"}, "4.2.8": {"semicolon"},
		"4.2.9": {"dash"}, "4.3.1": {"half_width_bracket"}, "4.3.2": {"half_width_bracket"}, "4.3.3": {"unbalanced_bracket"},
		"4.3.4": {"unbalanced_bracket"}, "4.3.5": {"unbalanced_bracket"}, "4.3.6": {"unbalanced_bracket"}, "4.3.7": {"unbalanced_bracket"},
		"4.3.8": {"unbalanced_bracket"},
	}[number]
	return pick(ids...)
}

func pickSpacing(config japanese.SpacingConfig, id string) []japanese.Rule {
	for _, r := range japanese.SpacingRules(config) {
		if r.ID == id {
			return []japanese.Rule{r}
		}
	}
	return nil
}

// peerSpacing maps the rules of the preset for spaces.
func peerSpacing(c peerCase, pick func(...string) []japanese.Rule) []japanese.Rule {
	config := peerGaps(c.Options)
	gap := func(space *bool) japanese.Gap {
		if space != nil && *space {
			return japanese.OneGap
		}
		return japanese.NoGap
	}
	switch c.Rule {
	case "InlineCode周りのスペース":
		config.BeforeCode, config.AfterCode = gap(c.Options.Before), gap(c.Options.After)
		return pickSpacing(config, "space_at_code")
	case "Link周りのスペース":
		config.BeforeLink, config.AfterLink = gap(c.Options.Before), gap(c.Options.After)
		return pickSpacing(config, "space_at_link")
	case "全角文字と半角文字の間":
		return pickSpacing(config, "space_between_widths")
	case "かっこ類と隣接する文字の間のスペースの有無":
		return pick("space_at_bracket")
	case "カタカナ語間のスペースの有無":
		return pick("space_between_katakana")
	case "全角文字どうし":
		return pick("space_between_japanese")
	case "感嘆符(!)":
		return pick("space_after_exclamation")
	case "疑問符(?)":
		return pick("space_after_question")
	}
	return nil
}

func peerGaps(o peerOptions) japanese.SpacingConfig {
	config := japanese.SpacingConfig{Letters: japanese.NoGap, Digits: japanese.NoGap, Emphasised: o.Styled}
	config.Punctuation = o.Punctuation != nil && !*o.Punctuation
	switch space := o.Space.(type) {
	case string:
		if space == "always" {
			config.Letters, config.Digits = japanese.OneGap, japanese.OneGap
		}
	case []any:
		for _, what := range space {
			switch what {
			case "alphabets":
				config.Letters = japanese.OneGap
			case "numbers":
				config.Digits = japanese.OneGap
			}
		}
	}
	for _, allow := range o.Allows {
		if pattern, ok := strings.CutPrefix(allow, "/"); ok {
			config.Allow = append(config.Allow, regexp.MustCompile(strings.TrimSuffix(pattern, "/")))
		} else {
			config.Allow = append(config.Allow, regexp.MustCompile(regexp.QuoteMeta(allow)))
		}
	}
	return config
}

// peerDifferences are the cases in which we mean to differ, and why.
func peerDifferences() map[string]string {
	return map[string]string{
		"tl-0135": "the peer has a rule for the body and another for lists; ours looks at every part of a text, and tells them apart",
	}
}

// peerOmissions are the rules that we do not offer here, and why.
func peerOmissions() map[string]string {
	return map[string]string{
		"2.1.2.漢字":                  "which kanji are 常用漢字 is a question of characters, not of grammar or style",
		"no-hoso-kinshi-yogo":       "which words hurt is a question of its own, with a list of its own",
		"ja-no-inappropriate-words": "which words hurt is a question of its own, with a list of its own",
	}
}

// TestPeerCases holds our counts against what textlint's own tests expect.
func TestPeerCases(t *testing.T) {
	t.Parallel()
	var cases []peerCase
	grammarCorpus(t, "rules.json", &cases)
	a := grammarAnalyzer(t)
	type tally struct{ equal, all int }
	total := map[bool]*tally{true: {}, false: {}}
	each, missing := map[string]*tally{}, map[string]int{}
	for _, c := range cases {
		rules, core := peerRules(c)
		if len(rules) == 0 {
			missing[c.Rule]++
			if peerOmissions()[c.Rule] == "" {
				t.Errorf("no rule for %s", c.Rule)
			}
			continue
		}
		r, err := japanese.Check(t.Context(), grammarDocument(t, a, c.Text), rules)
		if err != nil {
			t.Fatal(err)
		}
		name := c.Repo[strings.LastIndex(c.Repo, "/")+1:]
		if each[name] == nil {
			each[name] = &tally{}
		}
		each[name].all++
		total[core].all++
		if len(r.Findings) == c.Expected {
			each[name].equal++
			total[core].equal++
			if why := peerDifferences()[c.ID]; why != "" {
				t.Errorf("%s: no difference, though %s", c.ID, why)
			}
			continue
		}
		if peerDifferences()[c.ID] != "" {
			continue
		}
		t.Logf("%s %s: %d findings, textlint has %d: %q", c.ID, c.Rule, len(r.Findings), c.Expected, c.Text)
	}
	for name, n := range each {
		t.Logf("%s: %d of %d", name, n.equal, n.all)
	}
	t.Logf("not offered: %v", missing)
	if n := total[true]; float64(n.equal) < .95*float64(n.all) {
		t.Errorf("core: %d of %d cases", n.equal, n.all)
	}
	if n := total[false]; float64(n.equal) < .80*float64(n.all) {
		t.Errorf("others: %d of %d cases", n.equal, n.all)
	}
	t.Logf("core: %+v, others: %+v", *total[true], *total[false])
}
