package pgwal

// chunkSize is at what offsets files are cut. It is a multiple of the size of a page, so that the parts of a relation that
// did not change are the chunks that the repository has already.
const chunkSize = 1 << 20

// buffers hands out chunks of memory and takes them back, so that a backup of any size uses as many as are at work at once.
type buffers chan []byte

func newBuffers() buffers { return make(buffers, 64) }

func (b buffers) get() []byte {
	select {
	case p := <-b:
		return p
	default:
		return make([]byte, chunkSize)
	}
}

func (b buffers) put(p []byte) {
	select {
	case b <- p[:chunkSize]:
	default:
	}
}

// zero reports whether all bytes are zero.
func zero(p []byte) bool {
	for _, b := range p {
		if b != 0 {
			return false
		}
	}
	return true
}
