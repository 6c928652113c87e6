package japanese

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ConjugationClass is how a word conjugates, in the words of textbooks.
type ConjugationClass string

// The classes. A noun conjugates with the copula, as a na-adjective does.
const (
	IchidanVerb ConjugationClass = "ichidan verb" // 食べる, 見る
	GodanVerb   ConjugationClass = "godan verb"   // 書く, 帰る, くださる
	SuruVerb    ConjugationClass = "suru verb"    // する, 勉強する; of a noun such as 勉強, する is added
	KuruVerb    ConjugationClass = "kuru verb"    // 来る, 持ってくる
	IAdjective  ConjugationClass = "i-adjective"  // 高い, いい; also ない and たい
	NaAdjective ConjugationClass = "na-adjective" // 静か
	Copula      ConjugationClass = "copula"       // だ
)

// The names of forms, as Fact.Form and Claim.Form have them.
const (
	DictionaryForm         = "dictionary"           // 食べる
	NegativeForm           = "negative"             // 食べない
	PastForm               = "past"                 // 食べた
	PastNegativeForm       = "past negative"        // 食べなかった
	PoliteForm             = "polite"               // 食べます
	PoliteNegativeForm     = "polite negative"      // 食べません
	PolitePastForm         = "polite past"          // 食べました
	PolitePastNegativeForm = "polite past negative" // 食べませんでした
	PoliteVolitionalForm   = "polite volitional"    // 食べましょう
	TeForm                 = "te"                   // 食べて
	NegativeTeForm         = "negative te"          // 食べなくて, 食べないで
	StemForm               = "stem"                 // 食べ: before ます
	VolitionalForm         = "volitional"           // 食べよう
	ImperativeForm         = "imperative"           // 食べろ
	ProhibitiveForm        = "prohibitive"          // 食べるな
	BaForm                 = "ba"                   // 食べれば
	NegativeBaForm         = "negative ba"          // 食べなければ
	TaraForm               = "tara"                 // 食べたら
	TariForm               = "tari"                 // 食べたり
	PotentialForm          = "potential"            // 食べられる
	PassiveForm            = "passive"              // 食べられる
	CausativeForm          = "causative"            // 食べさせる
	CausativePassiveForm   = "causative passive"    // 食べさせられる
	ProgressiveForm        = "progressive"          // 食べている
	DesiderativeForm       = "desiderative"         // 食べたい
	ZuForm                 = "zu"                   // 食べず
	RequestForm            = "request"              // 食べてください
	AdverbialForm          = "adverbial"            // 高く, 静かに
	AttributiveForm        = "attributive"          // 静かな
	PlainForm              = "plain"                // 静かだ
	NominalForm            = "nominal"              // 高さ
	AppearanceForm         = "appearance"           // 高そう
	ExcessiveForm          = "excessive"            // 高すぎる
)

// Conjugation is one form of a word. A form that is made in more than one way is there once for each, the common one first.
type Conjugation struct {
	Form string // one of the names of forms
	Text string // as it is written, with the kanji of the word
}

// ErrConjugation is the error of a word that does not have the ending of its class.
var ErrConjugation = errors.New("japanese: word does not conjugate so")

// Conjugate returns the forms of a word in its dictionary form: of standard Japanese, so without ら抜き, and without forms that a word
// lacks (ある has no passive). It follows the tables of the school grammar 学校文法, as in 益岡隆志・田窪行則『基礎日本語文法』1992, with the
// exceptions 行く, 問う, ある, くれる, いい, and the five honorific verbs in -aru. The word may be in kana, in kanji, or both.
func Conjugate(word string, class ConjugationClass) ([]Conjugation, error) {
	p := paradigm{word: word}
	var fits bool
	switch class {
	case IchidanVerb:
		fits = p.ichidan()
	case GodanVerb:
		fits = p.godan()
	case SuruVerb:
		fits = p.suru()
	case KuruVerb:
		fits = p.kuru()
	case IAdjective:
		fits = p.iAdjective()
	case NaAdjective:
		fits = p.naAdjective()
	case Copula:
		fits = p.copula()
	default:
		return nil, fmt.Errorf("%w: the class is none of the seven", ErrConjugation)
	}
	if !fits {
		return nil, fmt.Errorf("%w: %d characters, as %s", ErrConjugation, utf8.RuneCountInString(word), class)
	}
	return p.forms, nil
}

// paradigm collects the forms of a word.
type paradigm struct {
	word  string
	forms []Conjugation
}

// add adds ways to make a form.
func (p *paradigm) add(form string, texts ...string) {
	for _, text := range texts {
		p.forms = append(p.forms, Conjugation{form, text})
	}
}

// verbStems are what the forms of a verb are made from.
type verbStems struct {
	negative    string   // before ない: 書か
	polite      string   // before ます: 書き
	te          string   // 書いて
	past        string   // 書いた
	ba          string   // 書けば
	volitional  string   // 書こう
	zu          string   // before ず: 書か
	imperatives []string // 書け
	potentials  []string // 書ける
	passives    []string // 書かれる
	causatives  []string // 書かせる
	shortCause  string   // before される of the causative passive: 書か; empty: there is none
}

// verb adds the forms of a verb.
func (p *paradigm) verb(s verbStems) {
	p.add(DictionaryForm, p.word)
	if s.negative != "" {
		p.negatives(s.negative)
	}
	p.polites(s.polite)
	p.add(TeForm, s.te)
	p.add(PastForm, s.past)
	p.add(StemForm, s.polite)
	p.add(VolitionalForm, s.volitional)
	p.add(ImperativeForm, s.imperatives...)
	p.add(ProhibitiveForm, p.word+"な")
	p.add(BaForm, s.ba)
	p.add(TaraForm, s.past+"ら")
	p.add(TariForm, s.past+"り")
	p.add(PotentialForm, s.potentials...)
	p.add(PassiveForm, s.passives...)
	p.add(CausativeForm, s.causatives...)
	for _, causative := range s.causatives {
		if stem, long := strings.CutSuffix(causative, "せる"); long {
			p.add(CausativePassiveForm, stem+"せられる")
		}
	}
	if s.shortCause != "" {
		p.add(CausativePassiveForm, s.shortCause+"される")
	}
	p.add(ProgressiveForm, s.te+"いる", s.te+"る")
	p.add(DesiderativeForm, s.polite+"たい")
	if s.zu != "" {
		p.add(ZuForm, s.zu+"ず", s.zu+"ずに")
	}
	p.add(RequestForm, s.te+"ください", s.te+"下さい")
	p.add(AppearanceForm, s.polite+"そう")
	p.add(ExcessiveForm, s.polite+"すぎる", s.polite+"過ぎる")
}

// negatives adds the negative forms that are made with ない.
func (p *paradigm) negatives(stem string) {
	p.add(NegativeForm, stem+"ない")
	p.add(PastNegativeForm, stem+"なかった")
	p.add(NegativeTeForm, stem+"なくて", stem+"ないで")
	p.add(NegativeBaForm, stem+"なければ")
}

// polites adds the forms that are made with ます.
func (p *paradigm) polites(stem string) {
	p.add(PoliteForm, stem+"ます")
	p.add(PoliteNegativeForm, stem+"ません")
	p.add(PolitePastForm, stem+"ました")
	p.add(PolitePastNegativeForm, stem+"ませんでした")
	p.add(PoliteVolitionalForm, stem+"ましょう")
}
