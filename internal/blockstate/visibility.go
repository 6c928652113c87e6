package blockstate

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

const (
	pageSize     = 8192
	pageHeader   = 24
	headerPart   = 20                          // the position in the log, and size and layout
	blocksPerMap = (pageSize - pageHeader) * 4 // two bits a block
)

// observation is what is known of the table's file once the snapshot is taken.
type observation struct {
	lsn    uint64   // the end of the log, noted before everything that follows
	next   uint64   // the least transaction not begun then
	blocks int64    // length of the table
	pages  []byte   // the visibility map
	maps   []uint64 // the log position of each page of it
}

// parse checks the pages of the visibility map and takes their log positions.
func (o *observation) parse() error {
	if len(o.pages)%pageSize != 0 {
		return fmt.Errorf("the visibility map has %d bytes: want pages of %d", len(o.pages), pageSize)
	}
	for page := range slices.Chunk(o.pages, pageSize) {
		if err := checkLayout(page); err != nil {
			return fmt.Errorf("page %d of the visibility map: %w", len(o.maps), err)
		}
		o.maps = append(o.maps, pageLSN(page))
	}
	return nil
}

// visible says of each range whether all of its blocks are marked visible to all. A block without a page of the map is not.
func (o *observation) visible(e extent) []bool {
	visible := make([]bool, e.ranges())
	for i := range visible {
		block, after := e.span(i)
		for block < after && allVisible(o.pages, block) {
			block++
		}
		visible[i] = block == after
	}
	return visible
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
