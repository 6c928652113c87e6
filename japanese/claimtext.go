package japanese

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// ClaimFinder finds claims in explanations that are written as text, by patterns of Japanese and English sentences. It is immutable and safe for
// concurrent use, and takes time in proportion to the text.
//
// It finds what is said plainly: 「食べる」は「to eat」という意味です, 「食べる」の読み方は「たべる」, 食べる is read たべる, 食べる (たべる) means "to eat",
// 食べる is a JLPT N5 word, 食べる is an ichidan verb, the te-form of 食べる is 食べて, 「食べる」の例文：「…」. What is denied, asked or said in other ways it
// does not find: an explanation without claims is not one without mistakes. Structured output ([ParseClaims]) is the better source.
type ClaimFinder struct {
	patterns []claimPattern
}

// claimPattern is a way to say something. Its groups are named item, value and form.
type claimPattern struct {
	kind       FactKind
	expression *regexp.Regexp
}

// The parts of patterns. In Japanese text an item is quoted, since its end cannot be seen otherwise.
const (
	quotedItem   = `[「『](?P<item>[^「」『』\n]{1,40})[」』]`
	quotedValue  = `[「『"“](?P<value>[^「」『』"”\n]{1,200})[」』"”]`
	plainItem    = `[「『"“]?(?P<item>[\p{Han}\p{Hiragana}\p{Katakana}ー々〜]{1,40})[」』"”]?`
	besideItem   = `(?:\s*[(（][^()（）\n]{1,60}[)）])?`
	kanaValue    = `[「『"“]?(?P<value>[\p{Hiragana}\p{Katakana}ー・]{1,40})[」』"”]?`
	wordValue    = `[「『"“]?(?P<value>[\p{Han}\p{Hiragana}\p{Katakana}ー々]{1,40})[」』"”]?`
	levelValue   = `(?P<value>[NnＮｎ][1-5１-５])`
	speechValue  = `(?P<value>(?:(?:transitive|intransitive) )?(?:ichidan|godan|suru|kuru|irregular|[Gg]roup [123]|[ui]|ru|na|い|な)[ -](?:verb|adjective)|noun|adverb|particle|pronoun|conjunction)`
	speechNameJA = `(?P<value>(?:上|下)?一段(?:動詞|活用)|五段(?:動詞|活用)|サ変動詞|カ変動詞|い形容詞|な形容詞|イ形容詞|ナ形容詞|形容動詞|形容詞|名詞|副詞|助詞|代名詞|接続詞|[1-3１-３]グループの?動詞|自動詞|他動詞)`
	formName1    = `(?P<form>(?:(?:plain|polite|past|negative|te|ta|nai|masu|dictionary|potential|passive|causative|volitional|imperative|ba|tara|conditional|stem)[ -]){1,3}?)`
	formNameJA   = `(?P<form>[ぁ-んァ-ヶ一-龯]{1,8}形)`
)

// NewClaimFinder compiles the patterns: do it once.
func NewClaimFinder() *ClaimFinder {
	f := &ClaimFinder{}
	for _, p := range []struct {
		kind       FactKind
		expression string
	}{
		{MeaningFact, quotedItem + `(?:という(?:言葉|単語|漢字))?(?:は|とは)、?` + quotedValue + `(?:という|の)意味`},
		{MeaningFact, quotedItem + `の意味は、?` + quotedValue},
		{MeaningFact, plainItem + besideItem + ` means (?:["“](?P<quoted>[^"”\n]{1,200})["”]|(?P<bare>[A-Za-z][A-Za-z' ,-]{1,80}))`},
		{MeaningFact, `[Tt]he meaning of ` + plainItem + besideItem + ` is ["“](?P<value>[^"”\n]{1,200})["”]`},
		{ReadingFact, quotedItem + `の読み(?:方|かた)?は、?` + kanaValue},
		{ReadingFact, quotedItem + `は、?[「『](?P<value>[\p{Hiragana}\p{Katakana}ー・]{1,40})[」』]と(?:読む|読みます|読まれ)`},
		{ReadingFact, plainItem + ` (?:is|can be) (?:also )?(?:read|pronounced)(?: as)? ` + kanaValue},
		{ReadingFact, `[Tt]he reading of ` + plainItem + ` is ` + kanaValue},
		{ReadingFact, plainItem + `\s*[(（](?P<value>[\p{Hiragana}\p{Katakana}ー]{1,40})[)）]`},
		{LevelFact, quotedItem + `は、?(?:JLPTの?|日本語能力試験の?)?\s*` + levelValue + `(?:レベル)?(?:の|です|で、|だ|に)`},
		{LevelFact, plainItem + besideItem + ` is (?:an? |at |on )?(?:the )?(?:JLPT )?(?:level )?` + levelValue},
		{PartOfSpeechFact, quotedItem + `は、?` + speechNameJA + `(?:です|だ|で、|である)`},
		{PartOfSpeechFact, plainItem + besideItem + ` is an? ` + speechValue},
		{ConjugationFact, quotedItem + `の` + formNameJA + `は、?` + quotedValue},
		{ConjugationFact, `[Tt]he ` + formName1 + `(?:form )?of ` + plainItem + besideItem + ` is ` + wordValue},
		{ConjugationFact, plainItem + besideItem + `'s ` + formName1 + `form is ` + wordValue},
		{ExampleFact, quotedItem + `の例(?:文)?[はを:：]、?\s*[「『](?P<value>[^「」『』\n]{1,400})[」』]`},
		{ExampleFact, `[Ee]xample (?:of|with|for) ` + plainItem + `: ?[「『"“]?(?P<value>[^「」『』"”\n]{1,400})`},
	} {
		f.patterns = append(f.patterns, claimPattern{p.kind, regexp.MustCompile(p.expression)})
	}
	return f
}

// Find returns the claims of a text in its order, each with its place. A text of any bytes is searched.
func (f *ClaimFinder) Find(text string) []Claim {
	var claims []Claim
	for _, p := range f.patterns {
		for _, at := range p.expression.FindAllStringSubmatchIndex(text, -1) {
			if c, fine := p.claim(text, at); fine && !claimDenied(text[at[1]:]) {
				claims = append(claims, c)
			}
		}
	}
	slices.SortStableFunc(claims, func(a, b Claim) int {
		return cmp.Or(cmp.Compare(a.At.Start, b.At.Start), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.At.End, b.At.End))
	})
	return slices.Compact(claims)
}

// claim makes a claim of a match.
func (p claimPattern) claim(text string, at []int) (Claim, bool) {
	c := Claim{Kind: p.kind, At: Span{at[0], at[1]}}
	for i, name := range p.expression.SubexpNames() {
		if name == "" || at[2*i] < 0 {
			continue
		}
		group := strings.TrimSpace(text[at[2*i]:at[2*i+1]])
		switch name {
		case "item":
			c.Item = group
		case "form":
			c.Form = strings.Trim(group, "- ")
		default:
			c.Value = strings.Trim(group, " ,-")
		}
	}
	switch p.kind {
	case MeaningFact:
		c.Language = "ja"
		if strings.ContainsFunc(c.Value, func(r rune) bool { return unicode.Is(unicode.Latin, r) }) {
			c.Language = "en"
		}
	case ReadingFact: // 食べる(たべる) gives a reading of what is not in kana alone
		if onlyKana(foldKana(c.Item)) {
			return c, false
		}
	}
	return c, c.Item != "" && c.Value != ""
}

// claimDenied says whether a sentence goes on so that it denies or asks what it seemed to say.
func claimDenied(rest string) bool {
	rest = strings.TrimLeft(rest, "」』 　")
	for _, no := range []string{"では", "じゃ", "とは限", "でしょうか", "ですか", "か。", "か?", "か？", "かどうか", "と思われがち", "と間違", "?", "？"} {
		if strings.HasPrefix(rest, no) {
			return true
		}
	}
	return false
}
