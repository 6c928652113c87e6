package unidic

import (
	"context"
	"fmt"
	"math"

	"github.com/ikawaha/kagome-dict/dict"
	"github.com/ikawaha/kagome-dict/uni"
)

// Columns of kagome-dict's contents: UniDic's features without the part of speech.
const (
	columnType   = uni.CType - uni.POSHierarchy
	columnForm   = uni.CForm - uni.POSHierarchy
	columnLForm  = uni.LForm - uni.POSHierarchy
	columnLemma  = uni.Lemma - uni.POSHierarchy
	columnOrth   = uni.Orth - uni.POSHierarchy
	columnPron   = uni.Pron - uni.POSHierarchy
	columnBase   = uni.OrthBase - uni.POSHierarchy
	columnOrigin = uni.Goshu - uni.POSHierarchy
)

// packer makes tables of a dictionary.
type packer struct {
	from     *dict.Dict
	to       *tables
	lefts    []uint16 // class by identifier, as the right word of a pair
	rights   []uint16 // and as the left word
	texts    map[string]uint32
	grammars map[grammarKey]uint16
	short    error // first string that is too long
}

type grammarKey struct {
	pos                [4]string
	kind, form, origin string
}

// pack makes tables of a dictionary. It ends early, with the context's error, when the context ends.
func pack(ctx context.Context, from *dict.Dict) (*tables, error) {
	p := &packer{from: from, to: &tables{}, texts: make(map[string]uint32, len(from.Morphs)), grammars: map[grammarKey]uint16{}}
	if n := len(from.Morphs); n != len(from.Contents) || n != len(from.POSTable.POSs) || n == 0 {
		return nil, fmt.Errorf("unidic: dictionary with %d words, %d contents and %d parts of speech", n, len(from.Contents), len(from.POSTable.POSs))
	}
	p.place("")
	for _, step := range []func() error{p.connections, p.surfaces, p.lexicon, p.unknowns} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := step(); err != nil {
			return nil, err
		}
	}
	return p.to, nil
}

// connections merges the identifiers whose costs are the same everywhere: a fifth of the rows and of the columns.
func (p *packer) connections() error {
	rows, columns, costs := int(p.from.Connection.Row), int(p.from.Connection.Col), p.from.Connection.Vec
	if rows <= 0 || columns <= 0 || rows > math.MaxInt16 || columns > math.MaxInt16 || len(costs) != rows*columns {
		return fmt.Errorf("unidic: connection costs of %d rows and %d columns", rows, columns)
	}
	sums, left := make([]uint64, rows), make([]uint64, columns)
	for c := range columns {
		row := costs[c*rows : (c+1)*rows]
		sum := uint64(fnvOffset)
		for r, cost := range row {
			v := uint64(uint16(cost))
			sum = (sum ^ v) * fnvPrime
			sums[r] = (sums[r] ^ v) * fnvPrime
		}
		left[c] = sum
	}
	var keptLefts, keptRights []int
	p.lefts, keptLefts = merge(left)
	p.rights, keptRights = merge(sums)
	p.to.rights = len(keptRights)
	p.to.matrix = make([]int16, 0, len(keptLefts)*len(keptRights))
	for _, c := range keptLefts {
		row := costs[c*rows : (c+1)*rows]
		for _, r := range keptRights {
			p.to.matrix = append(p.to.matrix, row[r])
		}
	}
	p.to.edge = entry{left: p.lefts[0], right: p.rights[0]}
	return nil
}

// The hash of Fowler, Noll and Vo, over costs instead of bytes.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// merge numbers equal sums, and returns the first of each.
func merge(sums []uint64) (classes []uint16, kept []int) {
	known := map[uint64]uint16{}
	for i, sum := range sums {
		class, ok := known[sum]
		if !ok {
			class = uint16(len(kept))
			known[sum] = class
			kept = append(kept, i)
		}
		classes = append(classes, class)
	}
	return classes, kept
}
