package quality

// Breach is a finding that somebody should hear of.
type Breach struct {
	Suite     string    `json:"suite"`               // name of the suite
	Dataset   string    `json:"dataset"`             // what was assessed
	Code      string    `json:"code"`                // stable: what kind of breach, such as "threshold" or "drop"
	Dimension Dimension `json:"dimension,omitempty"` // empty: the whole
	Check     string    `json:"check,omitempty"`     // empty: the dimension, or the whole
	Severity  Severity  `json:"severity"`            // how much it matters
	Verdict   Verdict   `json:"verdict"`             // of what was breached
	Score     float64   `json:"score"`               // of what was breached
	Limit     float64   `json:"limit"`               // the score, or number, that was expected at least
	Before    *float64  `json:"before,omitempty"`    // the score, or number, of the past
	Text      string    `json:"text"`                // what is wrong, in words, without a value of a field
}
