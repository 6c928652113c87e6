package japanese

import (
	"regexp"

	"github.com/shugo-data/shugo/quality"
)

// CultureRules returns rules for what is untactful in Japanese rather than wrong: honorifics in the wrong place, customs, and sentences that
// lump people together. They are few, by patterns of characters, and of Low severity: a human decides. They know nothing of who speaks to whom, and
// a text that explains such a mistake is flagged like one that makes it, unless the mistake stands in 「」.
func CultureRules() []Rule {
	const guide = "敬語の指針 (文化審議会答申, 2007): "
	return []Rule{
		cultureRule("own_family_honorific", "身内への敬称", guide+"relatives of one's own are not raised before others",
			`(?:私|わたし|僕|うち)の(?:お父さん|お母さん|お兄さん|お姉さん|おじいさん|おばあさん|ご主人|奥さん)`,
			"私のお父さんは医者です。", "私の父は医者です。あなたのお父さんは医者ですか。",
			"before others, a relative of one's own is called 父, 母, 兄 or 姉, without お and さん"),
		cultureRule("own_name_honorific", "自分への敬称", guide+"one does not raise oneself",
			`(?:私|わたし|僕)は\p{Han}{1,4}(?:さん|さま|様|先生)(?:です|と申します|といいます|と言います)`,
			"はじめまして。私は田中さんです。", "はじめまして。私は田中です。こちらは山本さんです。",
			"one's own name has no さん, 様 or 先生"),
		cultureRule("thanks_to_superior", "目上へのご苦労様", guide+"appreciation of a superior's work is put as thanks",
			`(?:先生|社長|部長|課長|店長|教授|先輩)、?(?:本当に)?(?:ご|御)苦労(?:様|さま|さん)`,
			"先生、ご苦労様でした。", "先生、ありがとうございました。ご苦労をおかけしました。",
			"to somebody above, ご苦労様 sounds condescending: お疲れ様 or thanks are said"),
		cultureRule("you_to_superior", "目上への「あなた」", guide+"somebody above is called by role or name",
			`(?:先生|社長|部長|課長|教授|先輩|お客様)、あなた`,
			"先生、あなたは何時に来ますか。", "先生は何時にいらっしゃいますか。先生とあなたの友達が来ました。",
			"somebody above is not called あなた, but by role or name"),
		cultureRule("chopsticks_upright", "立て箸", "custom: chopsticks stand upright in rice as an offering to the dead",
			`(?:箸|はし)を(?:ご飯|ごはん)に(?:立てて(?:ください|下さい|おきましょう|置きましょう)|立てましょう)`,
			"食べ終わったら、箸をご飯に立ててください。", "箸をご飯に立てないでください。箸を箸置きに置いてください。",
			"chopsticks upright in rice belong to funerals: this advises what should be advised against"),
		cultureRule("gender_stereotype", "性別の決めつけ", "own rule: traits are said of persons",
			`(?:男|女|男性|女性|男の子|女の子)の?(?:くせに|なのに(?:料理|運転|数学|力))|(?:男|女|男性|女性)は(?:みんな|誰でも|生まれつき)|(?:男|女)らしく(?:しなさい|しろ|すべき)`,
			"女性は生まれつき数学が苦手です。", "妹は数学が苦手です。女性は三人います。",
			"this says of all men or women what is true of some"),
		cultureRule("nation_stereotype", "国民性の決めつけ", "own rule: traits are said of persons",
			`(?:日本|中国|韓国|アメリカ|フランス|ドイツ|インド|外国)人は(?:みんな|全員|必ず|誰でも)(?:[^。]{0,30})(?:です|だ|ます|る|い)。`,
			"日本人はみんな静かです。", "日本人は三人います。私のクラスの人はみんな静かです。",
			"this says of all people of a country what is true of some"),
		cultureRule("gaijin", "「外人」", "own rule: 外国人, or 外国の方, is what the press and offices write",
			`(?:^|[^\p{Han}])外人(?:[^\p{Han}]|$)`,
			"クラスに外人がいます。", "クラスに外国人がいます。号外人気。",
			"外人 leaves many who are called so feeling shut out: 外国人 or 外国の方"),
	}
}

// cultureRule returns a rule that finds a pattern outside of quotations.
func cultureRule(id, title, source, pattern, wrong, right, why string) Rule {
	expression := regexp.MustCompile(pattern)
	return Rule{
		ID: id, Title: title, Dimension: quality.Validity, Severity: quality.Low, Needs: Characters, Wrong: wrong, Right: right, Source: source,
		Check: func(d *Document) []Finding {
			var found []Finding
			quotes := quoteDepth{}
			for _, at := range expression.FindAllStringIndex(d.Text, -1) {
				s := Span{at[0], at[1]}
				if quotes.at(d.Text, s.Start) {
					continue
				}
				found = append(found, Finding{At: d.Position(s), Text: why,
					Evidence: []Evidence{{Kind: "character", At: s, Note: "the pattern of the rule is there"}}})
			}
			return found
		},
	}
}

// quoteDepth follows a text from left to right and knows how deep in 「」 and 『』 it is.
type quoteDepth struct{ next, depth int }

// at says whether a place, which is not before the last one, is within marks that were opened on its line.
func (q *quoteDepth) at(text string, place int) bool {
	for _, r := range text[q.next:place] {
		switch r {
		case '「', '『':
			q.depth++
		case '」', '』':
			q.depth = max(q.depth-1, 0)
		case '\n':
			q.depth = 0
		}
	}
	q.next = place
	return q.depth > 0
}
