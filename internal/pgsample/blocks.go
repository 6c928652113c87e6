package pgsample

import (
	"math/rand/v2"
	"slices"
)

// choose is a simple random sample of n of the numbers below total, without replacement and in order: each set is as likely
// as any other. It is algorithm F2 of Bentley and Floyd (1987), with the generator PCG.
func choose(n, total int64, seed uint64) []uint32 {
	r := rand.New(rand.NewPCG(seed, 0))
	chosen := make(map[uint32]bool, n)
	blocks := make([]uint32, 0, n)
	for last := total - n; last < total; last++ {
		block := uint32(r.Int64N(last + 1))
		if chosen[block] {
			block = uint32(last)
		}
		chosen[block] = true
		blocks = append(blocks, block)
	}
	slices.Sort(blocks) // the disk is read forwards
	return blocks
}
