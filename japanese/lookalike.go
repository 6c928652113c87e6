package japanese

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The characters that look alike are two by two: kana first. へ, べ and ぺ look the same in hiragana and katakana.
const (
	kanaAlikes  = "ニロカタエトハーヘベペ"
	kanjiAlikes = "二口力夕工卜八一へべぺ"
)

// kanjiLike says whether a kanji looks like a kana.
func kanjiLike(r rune) bool {
	switch r {
	case '二', '口', '力', '夕', '工', '卜', '八', '一':
		return true
	}
	return false
}

// kanaLike says whether a kana looks like another character.
func kanaLike(r rune) bool {
	switch r {
	case 'ニ', 'ロ', 'カ', 'タ', 'エ', 'ト', 'ハ', 'ー', 'ヘ', 'ベ', 'ペ', 'へ', 'べ', 'ぺ':
		return true
	}
	return false
}

// surroundings are what stands around a character that may be the wrong one of two.
type surroundings struct {
	before, after string // the text before and after it
	last, next    rune   // the characters beside it; 0: none
}

// likelier returns the character that more likely was meant where a character stands that looks like another; 0: the one that stands there.
// It looks at the characters around: katakana within a kanji word, a kanji within a katakana word.
func likelier(text string, i, end int) rune {
	r, _ := utf8.DecodeRuneInString(text[i:])
	s := surroundings{before: text[:i], after: text[end:]}
	if i > 0 {
		s.last, _ = utf8.DecodeLastRuneInString(s.before)
	}
	if end < len(text) {
		s.next, _ = utf8.DecodeRuneInString(s.after)
	}
	wrong := false
	switch r {
	case '二', '八', '一':
		wrong = s.numeralWithinKatakana(r)
	case '口', '力', '夕', '工', '卜':
		wrong = s.kanjiWithinKatakana(r)
	case 'ー':
		wrong = s.markIsOne()
	case 'ニ', 'ハ':
		wrong = s.alone() && s.katakanaIsNumeral()
	case 'ロ', 'カ', 'タ', 'エ', 'ト':
		wrong = s.alone() && s.katakanaIsKanji(r) || r == 'エ' && within(s.next, "場事業程房芸法") && s.last != 0 ||
			r == 'ロ' && !katakana(s.last) && startsWith(s.after, "コミ")
	case 'ヘ', 'ベ', 'ペ':
		wrong = s.alone() && (hiragana(s.last) || hanOrMark(s.last) || hiragana(s.next) || within(s.last, "」』”）)】")) && s.last != '・'
	case 'へ', 'べ', 'ぺ':
		wrong = s.hiraganaWithinKatakana(r)
	case '―', '—':
		if s.dashIsMark() {
			return 'ー'
		}
		return 0
	}
	if !wrong {
		return 0
	}
	return counterpart(r)
}

// likeliest exchanges the characters of a text for the likelier ones until none is left, since one that is put right can show that the one
// beside it is wrong. All of them have three bytes, so that the places stay. It says whether it came to an end.
func likeliest(text string) (string, bool) {
	for range 8 {
		var b strings.Builder
		done := 0
		for i, r := range text {
			if !kanaLike(r) && !kanjiLike(r) && r != '―' && r != '—' {
				continue
			}
			if with := likelier(text, i, i+3); with != 0 {
				b.WriteString(text[done:i])
				b.WriteRune(with)
				done = i + 3
			}
		}
		if done == 0 {
			return text, true
		}
		b.WriteString(text[done:])
		text = b.String()
	}
	return text, false
}

// counterpart returns the character that looks like another.
func counterpart(r rune) rune {
	for i, kana := range kanaAlikes { // both have three bytes each
		kanji, _ := utf8.DecodeRuneInString(kanjiAlikes[i:])
		switch r {
		case kana:
			return kanji
		case kanji:
			return kana
		}
	}
	return 0
}

func katakana(r rune) bool { return r >= 'ァ' && r <= 'ヺ' || r == 'ー' }

func hiragana(r rune) bool { return r >= 'ぁ' && r <= 'ゖ' }

func hanOrMark(r rune) bool { return r == '々' || unicode.Is(unicode.Han, r) }

// within says whether a character is one of a list; 0 is in none.
func within(r rune, list string) bool { return r != 0 && strings.ContainsRune(list, r) }

// cannotBegin says whether no word begins with a kana: small ones, ン and the long mark.
func cannotBegin(r rune) bool { return within(r, "ァィゥェォッャュョヮンー") }

func (s surroundings) alone() bool { return !katakana(s.last) && !katakana(s.next) }

// numeralWithinKatakana says whether 一, 二 or 八 is a kana: コ一ヒー, but not ビール一ケース, アジア一 or 二メートル.
func (s surroundings) numeralWithinKatakana(r rune) bool {
	switch {
	case katakana(s.next) && cannotBegin(s.next):
		return true
	case katakana(s.last) && (katakana(s.next) || r == '一') && (within(s.last, "ャュョ") || s.single()):
		return true
	case katakana(s.last) && katakana(s.next), katakana(s.next) && r != '一' && !numeral(s.last) && s.last != '第':
		return !startsWith(s.after, lookAlikeCounters)
	case katakana(s.last) && r == '一':
		return !within(s.next, onesAfterKanji) && !endsWith(s.before, places) && !numeral(s.next) && s.last != 'ー'
	case katakana(s.last):
		return !hanOrMark(s.next) && s.next != 'つ'
	}
	return false
}

// single says whether the katakana before stands alone: too short for a word.
func (s surroundings) single() bool {
	before, _ := utf8.DecodeLastRuneInString(s.before[:len(s.before)-utf8.RuneLen(s.last)])
	return !katakana(before)
}

func numeral(r rune) bool {
	return digit(r) || within(r, "〇一二三四五六七八九十百千万億数何")
}

func digit(r rune) bool { return r >= '0' && r <= '9' || r >= '０' && r <= '９' }

// kanjiWithinKatakana says whether 口, 力, 夕, 工 or 卜 is a kana: プ口, メ力ニズム, but not チーム力, 口コミ or タイル工.
func (s surroundings) kanjiWithinKatakana(r rune) bool {
	before, after := katakana(s.last), katakana(s.next)
	switch {
	case !before && !after:
		return false
	case after && cannotBegin(s.next):
		return true
	case r == '卜' || r == '夕':
		return r == '卜' || before || !within(s.last, "今一七朝毎昨") && !startsWith(s.after, "ラッシュ")
	case before && endsWith(s.before, abilities):
		return false
	case r == '力':
		return before && !(after && startsWith(s.after, "アップ ダウン テスト チェック")) || after && !before && !hanOrMark(s.last) && !startsWith(s.after, "ワザ コブ")
	case r == '口':
		return before && !within(s.next, "座径調臭腔内約実元") ||
			after && !within(s.last, "入出窓人河糸戸坑蛇裏改閉火山川江北南西東田谷辛甘悪陰利早") && !startsWith(s.after, "コミ パク ゲンカ ベタ ヒゲ グセ")
	}
	return before && !within(s.next, "場事業芸作学具房程員法廠期賃") || after && !before && !within(s.last, "人加大細施竣着理商起電職陶石木土図機鉄手名士女熟塗")
}

// markIsOne says whether a long vowel mark is 一: 第ー回, ーつ, in words that begin with 一, after what is not kana.
func (s surroundings) markIsOne() bool {
	switch {
	case katakana(s.last) || katakana(s.next) || s.last == '~' || s.last == '〜':
		return false
	case hiragana(s.last):
		return within(s.last, "がのはをにもでとてたるくつうりめれず") && (within(s.next, onesOnly) || s.next == 'つ')
	case hanOrMark(s.last):
		return within(s.last, "第唯統同万均画単専随逐十百千均界本択") || within(s.next, onesAfterKanji)
	}
	return s.next == 'つ' || hanOrMark(s.next) && (s.last == 0 || within(s.last, "、。，．,.「『（(“\" \u3000\n"))
}

// katakanaIsNumeral says whether a lone ニ or ハ is a number: ニ人, 第ニ, ハ百屋, but not ハ長調.
func (s surroundings) katakanaIsNumeral() bool {
	switch {
	case within(s.next, "長短音調") || !s.modern():
		return false
	case within(s.next, "つ") || within(s.last, "第十百千"):
		return true
	}
	return hanOrMark(s.next) || hanOrMark(s.last) && !hiragana(s.next)
}

// katakanaIsKanji says whether a lone ロ, カ, タ, エ or ト is a kanji: 人ロ, 努カ, タ方, エ場, 占ト.
func (s surroundings) katakanaIsKanji(r rune) bool {
	han := hanOrMark(s.last) || hanOrMark(s.next)
	if !s.modern() || startsWith(s.after, "の字 文字 音 長調 短調") {
		return false
	}
	switch r {
	case 'カ':
		if within(s.next, "所国月年条村処店箇点町地校社院線島郡寺") && !hiragana(s.last) {
			return false
		}
		return han || hiragana(s.last) && hiragana(s.next)
	case 'ロ':
		if within(s.last, "日米中対訪駐独仏英北欧親反在") || within(s.next, "軍大政兵国外産") {
			return false
		}
		return han || hiragana(s.last) && hiragana(s.next)
	case 'ト':
		return within(s.last, "占亀") || within(s.next, "占部筮伝")
	}
	return han
}

// modern says whether the text around has hiragana: what is all in katakana and kanji uses カ, ト, ニ and ハ as particles.
func (s surroundings) modern() bool {
	near := func(text string) bool { return strings.IndexFunc(text, hiragana) >= 0 }
	return near(s.before[max(0, len(s.before)-120):]) || near(s.after[:min(len(s.after), 120)])
}

// hiraganaWithinKatakana says whether へ, べ or ぺ is katakana: へルメット, but not 学校へバスで or 食べログ.
func (s surroundings) hiraganaWithinKatakana(r rune) bool {
	switch {
	case katakana(s.next) && cannotBegin(s.next):
		return true
	case r == 'へ':
		return katakana(s.next) && (s.last == 0 || within(s.last, "のなをはがにでもや、。，．,.「『（(“\" \u3000\n"))
	case katakana(s.next):
		return katakana(s.last) || !within(s.last, "らすたなう食調比並述延浮飲及滑")
	}
	return katakana(s.last) && !within(s.next, "るりっられきしく")
}

// dashIsMark says whether a dash is a long vowel mark: コ―ヒ―, but not ロンドン―パリ.
func (s surroundings) dashIsMark() bool {
	return katakana(s.last) && s.last != 'ー' && cannotBegin(s.next)
}

// startsWith says whether a text starts with one of the words.
func startsWith(text, words string) bool {
	for word := range strings.SplitSeq(words, " ") {
		if strings.HasPrefix(text, word) {
			return true
		}
	}
	return false
}

// endsWith says whether a text ends with one of the words.
func endsWith(text, words string) bool {
	for word := range strings.SplitSeq(words, " ") {
		if strings.HasSuffix(text, word) {
			return true
		}
	}
	return false
}

// Words that stand beside a kanji without being its other half.
const (
	lookAlikeCounters = "キロ ミリ メートル センチ グラム トン ドル ユーロ セント ポンド リットル パーセント ポイント ページ クラス チーム グループ ケース カップ パック セット " +
		"ゲーム イニング リーグ シーズン ヶ ケ月 ケ所 ケ国 カ月 カ所 カ国 カ年 カ村 ヵ コマ ステージ ラウンド ゴール タイプ パターン ジャンル ヘクタール ワット ボルト バイト ビット アウト ストライク " +
		"ボール レーン クール ターン ダース マイル インチ フィート カラット カロリー ヘルツ オクターブ ルート サイクル シート プレー"
	places    = "アジア アメリカ ヨーロッパ ロシア アフリカ クラス チーム グループ リーグ"
	abilities = "チーム ブランド コミュニケーション デザイン パンチ スピード ゲーム リーダー プレゼン マネジメント キック シュート ゴール メンタル ディフェンス コスト " +
		"ネット パワー サービス マーケティング プロデュース アピール エンジン ブレーキ グリップ コンテンツ リーダーシップ メディア スキル バッテリー ゲート ドア バス " +
		"メッキ タイル ガラス ペンキ レンガ プレス ライン パート"
	onesOnly       = "人番緒度回部般時定致種体切瞬層旦応括式杯匹冊枚個件覧連言台発点年族団"
	onesAfterKanji = onesOnly + "つ日月年方階家生気目面員例歩本等位変他同級流向環因端律新再点社国県市行文句晩夜昨両郎太丸筋"
)
