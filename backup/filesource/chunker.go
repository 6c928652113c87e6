package filesource

// The sizes of chunks, in bytes.
const (
	leastChunk  = 512 << 10
	middleChunk = 1 << 20
	mostChunk   = 4 << 20
)

// chunker finds where chunks end by a gear hash: a table of random numbers that are shifted and added, so that the hash
// depends on the last 64 bytes. As in FastCDC (Xia et al., USENIX ATC 2016), the first bytes of a chunk are not looked at, and
// a boundary is less likely before the middle size than after it.
type chunker struct {
	gear [256]uint64
}

// newChunker fills the table by SplitMix64 (Steele, Lea, Flood 2014), which is the same everywhere: boundaries must not move
// from one snapshot to the next.
func newChunker() *chunker {
	c := &chunker{}
	state := uint64(0x73687567_6f000001)
	for i := range c.gear {
		state += 0x9e3779b97f4a7c15
		z := state
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		c.gear[i] = z ^ z>>31
	}
	return c
}

// cut returns the length of the first chunk of data, of which there are mostChunk bytes unless it ends before.
func (c *chunker) cut(data []byte) int {
	const (
		early = (1<<21 - 1) << (64 - 21) // one of 2 Mi positions
		late  = (1<<19 - 1) << (64 - 19) // one of 512 Ki
	)
	if len(data) <= leastChunk {
		return len(data)
	}
	data = data[:min(len(data), mostChunk)]
	middle := min(len(data), middleChunk)
	hash := uint64(0)
	for i, b := range data[leastChunk:middle] {
		if hash = hash<<1 + c.gear[b]; hash&early == 0 {
			return leastChunk + i + 1
		}
	}
	for i, b := range data[middle:] {
		if hash = hash<<1 + c.gear[b]; hash&late == 0 {
			return middle + i + 1
		}
	}
	return len(data)
}
