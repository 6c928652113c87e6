package filesource

// Fault makes a Directory call f before it writes each file.
func (d *Directory) Fault(f func(path string) error) { d.faults = f }

// Meanwhile makes a Source call f after it read each file, before it looks whether that stayed the same.
func (s *Source) Meanwhile(f func(path string)) { s.meanwhile = f }

// Cut is the cutting of the chunker.
func Cut(data []byte) int { return newChunker().cut(data) }

// The sizes of chunks.
const (
	LeastChunk = leastChunk
	MostChunk  = mostChunk
)

// Match is matches.
func Match(patterns []string, p string) bool { return matches(patterns, p) }
