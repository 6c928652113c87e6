package japanese

// ClaimConfidence says how sure it is that no claim of an explanation is wrong.
//
// It is monotone in evidence: a further claim that facts or tables support, or one in place of an unknown one, never lowers it; a further claim that
// is unknown or contradicted never raises it, all with the same agreement; and less agreement never raises it. A claim that an Entailer supports
// counts as far as the Entailer is sure.
type ClaimConfidence struct {
	Probability   float64 `json:"probability"`   // that no claim is wrong: Score by the calibration; 0 when nothing is supported
	Score         float64 `json:"score"`         // between 0 and 1, before the calibration
	Claims        int     `json:"claims"`        // how many claims there are
	Coverage      float64 `json:"coverage"`      // share of claims that are supported or contradicted
	Support       float64 `json:"support"`       // share of claims that are supported, each as far as its verdict is probable
	Contradiction float64 `json:"contradiction"` // share of claims that are contradicted, each as far as its verdict is probable
	Entailment    float64 `json:"entailment"`    // share of claims whose verdict rests on an Entailer's word
	Agreement     float64 `json:"agreement"`     // mean agreement of resampled answers; 1 when none was asked for
}

// contradictionWeight is by how much one contradiction outweighs: with one, the score is below that of any explanation that has none and in
// which one of twenty claims is supported.
const contradictionWeight = 20

// confidenceIn puts the verdicts together. The score is agreement * s / (n + 1) / (1 + 20 c), of n claims with the weights s of the supported
// and c of the contradicted: s / (n + 1) is a mean with one unknown claim more than there are, as in the rule of succession, so that few
// claims prove less than many.
func confidenceIn(results []ClaimResult, calibration Calibration) ClaimConfidence {
	c := ClaimConfidence{Claims: len(results), Agreement: 1}
	if len(results) == 0 {
		return c
	}
	n, settled, agreement, entailed := float64(len(results)), 0.0, 0.0, 0.0
	supported, contradicted := 0.0, 0.0
	for _, r := range results {
		agreement += r.Agreement
		switch r.Verdict {
		case VerdictSupported:
			settled++
			supported += r.Probability
		case VerdictContradicted:
			settled++
			contradicted += r.Probability
		}
		if r.Basis == BasisEntailment {
			entailed++
		}
	}
	c.Coverage, c.Support, c.Contradiction = settled/n, supported/n, contradicted/n
	c.Entailment, c.Agreement = entailed/n, agreement/n
	c.Score = c.Agreement * supported / (n + 1) / (1 + contradictionWeight*contradicted)
	if supported > 0 {
		c.Probability = calibration.At(c.Score)
	}
	return c
}
