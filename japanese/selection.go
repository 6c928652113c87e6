package japanese

import (
	"slices"

	"github.com/shugo-data/shugo/quality"
)

// GrammarRules are the rules over forms and particles: what a teacher would call wrong.
func GrammarRules() []Rule {
	return slices.Concat(verbRules(), conjugationRules(), usageRules(), []Rule{DoubledParticles(ParticleConfig{})}, chainRules())
}

// StyleRules are the rules over how a text reads and is set: sentences, marks, widths, spaces, numerals, spellings. Most of them are a
// house's choice and Low. The rules that have a choice have its usual value: see their constructors for others.
func StyleRules() []Rule {
	return slices.Concat(
		[]Rule{RedundantExpressions(RedundancyConfig{})}, hedgeRules(), LengthRules(LengthConfig{}), rhythmRules(),
		bracketRules(), []Rule{MixedPunctuation(PunctuationConfig{})}, markRules(), widthRules(),
		SpacingRules(SpacingConfig{Letters: NoGap, Digits: NoGap}), numeralRules(), orthographyRules(),
	)
}

// RegisterRules are the rules over です・ます and だ・である.
func RegisterRules() []Rule { return []Rule{MixedRegister(MixtureConfig{})} }

// Default are the rules of grammar, style and register that are worth an interruption: those of a severity above Low. On edited human text
// they are silent but for what is wrong.
func Default() []Rule {
	all := slices.Concat(GrammarRules(), StyleRules(), RegisterRules())
	return slices.DeleteFunc(all, func(r Rule) bool { return r.Severity == quality.Low })
}
