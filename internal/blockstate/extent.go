package blockstate

// extent is a table's length and its division: range i is the blocks from i*width, the last may be shorter.
type extent struct{ blocks, width int64 }

const (
	// leastWidth is a quarter of a megabyte. Narrower ranges read less around a changed page, and cost more each: a state
	// of 20 counts has some 20 bytes a range, and a range of 32 pages costs 5 % more to read than its pages do.
	leastWidth = 32
	// mostRanges bounds the state. A longer table has wider ranges, in powers of two.
	mostRanges = 1 << 16
)

// divide gives a table ranges: those it had, as long as there are not too many of them by far.
func divide(blocks int64, before *state) extent {
	if before != nil && (extent{blocks, before.extent.width}).ranges() <= 2*mostRanges {
		return extent{blocks, before.extent.width}
	}
	e := extent{blocks, leastWidth}
	for e.ranges() > mostRanges {
		e.width *= 2
	}
	return e
}

func (e extent) ranges() int { return int((e.blocks + e.width - 1) / e.width) }

// span is the blocks of a range: from first, up to but not including after.
func (e extent) span(i int) (first, after int64) {
	first = int64(i) * e.width
	return first, min(first+e.width, e.blocks)
}

// spans is span of several.
func (e extent) spans(ranges []int) (first, after []int64) {
	first, after = make([]int64, len(ranges)), make([]int64, len(ranges))
	for k, i := range ranges {
		first[k], after[k] = e.span(i)
	}
	return first, after
}

// pages is the number of blocks in ranges.
func (e extent) pages(ranges []int) int64 {
	var n int64
	for _, i := range ranges {
		first, after := e.span(i)
		n += after - first
	}
	return n
}
