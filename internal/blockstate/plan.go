package blockstate

// conditions are what a range must meet to be left unread. All hold, but in the tests that show what each is for.
type conditions struct {
	wasSettled bool // only what was written since can have changed what is seen of it
	isVisible  bool // no mark of it was cleared
	sameMap    bool // no mark of it was set
	sameHeap   bool // nothing was logged of it
	writers    bool // who wrote on it had ended when it is taken for settled
	snapshot   bool // they had ended at the snapshot that uses it
}

func everyCondition() conditions { return conditions{true, true, true, true, true, true} }

// plan divides the ranges: those to keep as they are, those that are unchanged if the log positions of their pages say so,
// and those to read. Of the last, settling are those that are settled then if the positions say that nothing was written.
type plan struct{ keep, doubtful, read, settling []int }

// plan compares a state whose values are yet to come with an earlier one of the same width, or none. Oldest is the least
// transaction that had not ended at the snapshot.
func (c conditions) plan(now, before *state, oldest uint64) plan {
	var p plan
	for i := range now.visible {
		switch {
		case before == nil || !sameBlocks(i, now.extent, before.extent),
			c.isVisible && before.visible[i] && !now.visible[i]:
			p.read = append(p.read, i)
		case before.visible[i] && !(c.sameMap && !sameMap(i, now, before)):
			p.keep = append(p.keep, i)
		case (before.settled[i] || !c.wasSettled) && (before.visible[i] || oldest >= before.ended || !c.snapshot):
			p.doubtful = append(p.doubtful, i)
		default:
			p.read = append(p.read, i)
			if !now.visible[i] && (oldest >= before.next || !c.writers) {
				p.settling = append(p.settling, i)
			}
		}
	}
	return p
}

// sameBlocks reports whether a range has the same blocks in both: the table may have grown, or been cut off.
func sameBlocks(i int, now, before extent) bool {
	_, a := now.span(i)
	_, b := before.span(i)
	return i < before.ranges() && a == b
}

// sameMap reports whether no mark has been set since in the pages of the map that cover a range.
func sameMap(i int, now, before *state) bool {
	first, after := now.extent.span(i)
	for page := first / blocksPerMap; page <= (after-1)/blocksPerMap; page++ {
		if page >= int64(len(now.maps)) || page >= int64(len(before.maps)) || now.maps[page] != before.maps[page] {
			return false
		}
	}
	return true
}
