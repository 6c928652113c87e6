package blockstate

// conditions are what a range must meet to be left unread. All hold, but in the tests that show what each is for.
type conditions struct{ wasVisible, isVisible, sameMap, sameHeap bool }

func everyCondition() conditions { return conditions{true, true, true, true} }

// plan divides the ranges: those to keep as they are, those that are unchanged if the log positions of their pages say so,
// and those to read.
type plan struct{ keep, doubtful, read []int }

func (c conditions) plan(now *observation, before *state) plan {
	var p plan
	for i := range now.visible {
		switch {
		case before == nil || i >= len(before.visible),
			!sameExtent(i, now.blocks, before.blocks),
			c.wasVisible && !before.visible[i],
			c.isVisible && !now.visible[i]:
			p.read = append(p.read, i)
		case c.sameMap && !now.mapUnchanged(i, before):
			p.doubtful = append(p.doubtful, i)
		default:
			p.keep = append(p.keep, i)
		}
	}
	return p
}

// sameExtent reports whether a range has the same blocks in two tables: the last of a table may have grown, or shrunk.
func sameExtent(i int, now, before int64) bool {
	_, a := span(i, now)
	_, b := span(i, before)
	return a == b
}
