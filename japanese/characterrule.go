package japanese

import "unicode/utf8"

// characterRule returns a rule that looks for characters with traits, outside of mojibake; find is asked only of texts that have them.
func characterRule(rule Rule, which traits, find func(*Document) []Finding) Rule {
	rule.Check = func(d *Document) []Finding {
		if d.traits&which == 0 {
			return nil
		}
		return find(d)
	}
	return rule
}

// characterFinding returns a finding in a span of a document.
func (d *Document) characterFinding(s Span, text string, confidence float64, fix *Fix) Finding {
	return Finding{At: d.Position(s), Text: text, Confidence: confidence, Fix: fix,
		Evidence: []Evidence{{Kind: "character", At: s, Note: text}}}
}

// deletion returns the fix that takes a span out.
func deletion(s Span) *Fix { return &Fix{At: s} }

// runsWith returns the runs of characters that have one of some traits, outside of mojibake.
func (d *Document) runsWith(which traits) []Span {
	var runs []Span
	spoilt := d.spoilt
	for i := 0; i < len(d.Text); {
		if len(spoilt) > 0 && i >= spoilt[0].At.Start {
			i = max(i, spoilt[0].At.End)
			spoilt = spoilt[1:]
			continue
		}
		_, size := utf8.DecodeRuneInString(d.Text[i:])
		if traitsOfText(d.Text[i:i+size])&which != 0 {
			if n := len(runs); n > 0 && runs[n-1].End == i {
				runs[n-1].End = i + size
			} else {
				runs = append(runs, Span{i, i + size})
			}
		}
		i += size
	}
	return runs
}

// charactersWith returns the single characters that have one of some traits, outside of mojibake.
func (d *Document) charactersWith(which traits) []Span {
	var single []Span
	for _, run := range d.runsWith(which) {
		for i, r := range d.In(run) {
			if r != utf8.RuneError {
				single = append(single, Span{run.Start + i, run.Start + i + utf8.RuneLen(r)})
			}
		}
	}
	return single
}
