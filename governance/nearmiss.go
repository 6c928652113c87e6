package governance

import "math"

// refusal returns what a caller is told whom decide refused, or nil when that takes a closer look: a rule that denies may
// stand between a caller with several roles and what one of them would allow.
func (t *table) refusal(c *resolved, s state, out outcome) *refusal {
	if out.effect == deny || len(c.roles) < 2 {
		return t.refusals[out.no]
	}
	if t.denies {
		return nil
	}
	row := t.cells[c.purpose*t.roles:]
	best := t.refusals[out.no]
	for _, role := range c.roles[1:] {
		if no := t.refusals[row[role][s%states].no]; no == nil || best == nil || no.rank < best.rank {
			best = no
		}
	}
	return best
}

// refuse works out the refusals of callers with one role or none, so that a refused call costs what an allowed one does.
func (t *table) refuse(cells []cell, rules []Rule) {
	t.refusals = []*refusal{nil}
	seen := map[refusal]uint16{}
	for i := range cells {
		for s := range state(states) {
			o := &cells[i][s]
			if o.effect == allow {
				continue
			}
			no := t.reason(cells, i, s)
			if no.near >= 0 {
				no.refusal.rule = rules[no.near].label(int(no.near))
			}
			at, known := seen[no.refusal]
			if !known && len(t.refusals) <= math.MaxUint16 {
				at = uint16(len(t.refusals))
				seen[no.refusal] = at
				t.refusals = append(t.refusals, &no.refusal)
			}
			o.no = at
		}
	}
}

// nearMiss is a refusal and the rule that denied, or that would have allowed if its condition held; -1: none.
type nearMiss struct {
	refusal refusal
	near    int32
}

// reason says why a cell refuses in a state, in the order of matter.silence.
func (t *table) reason(cells []cell, at int, s state) nearMiss {
	miss := func(rank uint8, stage Stage, reason Reason, rule int32) nearMiss {
		return nearMiss{refusal{rank: rank, stage: stage, reason: reason, category: t.category}, rule}
	}
	here := &cells[at]
	switch {
	case here[s].effect == deny:
		return miss(0, StageAccess, ReasonDenied, here[s].rule)
	case here[s|consented].effect == allow:
		return miss(1, StageCompliance, ReasonNoConsent, here[s|consented].rule)
	case here[s|owned|consented].effect == allow:
		return miss(2, StageAccess, ReasonNotOwner, here[s|owned|consented].rule)
	}
	for other := at % t.roles; other < len(cells); other += t.roles {
		if near := cells[other][s|consented]; near.effect == allow {
			return miss(3, StageCompliance, ReasonPurpose, near.rule)
		}
	}
	return miss(4, StageAccess, ReasonNoRule, -1)
}
