package blockstate

import (
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	pageSize      = 8192
	pageHeader    = 24
	blocksPerMap  = (pageSize - pageHeader) * 4 // two bits a block
	blocksInRange = 128                         // a range of a megabyte
)

// observation is what is known of the table's file once the snapshot is taken.
type observation struct {
	server digest   // which running server, and database of it
	lsn    uint64   // the end of the log, noted before everything that follows
	blocks int64    // length of the table
	maps   []uint64 // log position of each page of the visibility map
	// visible says of each range whether all of its blocks are marked visible to all.
	visible []bool
}

// span is the blocks of range i of a table: from first, up to but not including after.
func span(i int, blocks int64) (first, after int64) {
	first = int64(i) * blocksInRange
	return first, min(first+blocksInRange, blocks)
}

func rangesOf(blocks int64) int { return int((blocks + blocksInRange - 1) / blocksInRange) }

// readMap reads the pages of the visibility map. A block without a page is not visible to all.
func (o *observation) readMap(pages []byte) error {
	if len(pages)%pageSize != 0 {
		return fmt.Errorf("the visibility map has %d bytes: want pages of %d", len(pages), pageSize)
	}
	o.maps = make([]uint64, len(pages)/pageSize)
	for i := range o.maps {
		page := pages[i*pageSize : (i+1)*pageSize]
		if err := checkLayout(page); err != nil {
			return fmt.Errorf("page %d of the visibility map: %w", i, err)
		}
		o.maps[i] = pageLSN(page)
	}
	o.visible = make([]bool, rangesOf(o.blocks))
	for i := range o.visible {
		o.visible[i] = true
		for block, after := span(i, o.blocks); block < after && o.visible[i]; block++ {
			o.visible[i] = allVisible(pages, block)
		}
	}
	return nil
}

func allVisible(pages []byte, block int64) bool {
	page, in := block/blocksPerMap, block%blocksPerMap
	at := page*pageSize + pageHeader + in/4
	return at < int64(len(pages)) && pages[at]>>(in%4*2)&1 == 1
}

// checkLayout wants a page of 8 KiB of layout 4, little-endian, or one that was never written.
func checkLayout(page []byte) error {
	if v := binary.LittleEndian.Uint16(page[18:]); v != pageSize|4 && v != 0 {
		return errors.New("the layout of the page is not known")
	}
	return nil
}

// pageLSN is the position in the log of the last record about a page: two words, the high one first.
func pageLSN(page []byte) uint64 {
	return uint64(binary.LittleEndian.Uint32(page))<<32 | uint64(binary.LittleEndian.Uint32(page[4:]))
}

// mapUnchanged reports whether no mark has been set since in the pages of the map that cover a range.
func (o *observation) mapUnchanged(i int, before *state) bool {
	first, after := span(i, o.blocks)
	for page := first / blocksPerMap; page <= (after-1)/blocksPerMap; page++ {
		if page >= int64(len(o.maps)) || page >= int64(len(before.maps)) || o.maps[page] != before.maps[page] {
			return false
		}
	}
	return true
}
