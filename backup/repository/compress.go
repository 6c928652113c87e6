package repository

import (
	"fmt"

	"github.com/klauspost/compress/zstd"

	"github.com/shugo-data/shugo/backup"
)

// The codecs of a chunk: the first byte of its plaintext.
const (
	codecRaw  = 0
	codecZstd = 1
)

const (
	probeLeast = 64 << 10 // smaller chunks are tried as a whole
	probeSize  = 8 << 10  // of each of four samples of larger ones: a page of PostgreSQL
)

// compressor tries zstd on chunks. It is safe for concurrent use.
type compressor struct {
	whole   *zstd.Encoder
	matches *zstd.Encoder // leaves literals as they are, at more than twice the speed
}

func newCompressor(concurrency int) (*compressor, error) {
	whole, err := newEncoder(concurrency)
	if err != nil {
		return nil, err
	}
	matches, err := newEncoder(concurrency, zstd.WithNoEntropyCompression(true))
	return &compressor{whole, matches}, err
}

func newEncoder(concurrency int, more ...zstd.EOption) (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, append([]zstd.EOption{zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(concurrency),
		zstd.WithEncoderCRC(false), zstd.WithWindowSize(512 << 10), zstd.WithLowerEncoderMem(true)}, more...)...)
}

func (c *compressor) close() {
	c.whole.Close()
	c.matches.Close()
}

// encode appends the codec and what it makes of data to buf, which has room for as much as data and a little.
func (c *compressor) encode(scratch, buf, data []byte, encoded bool) []byte {
	at := len(buf)
	if encoded {
		return append(append(buf, codecRaw), data...)
	}
	if e := c.choose(scratch, data); e != nil {
		buf = e.EncodeAll(data, append(buf, codecZstd))
		if len(buf)-at < len(data)-len(data)/32 {
			return buf
		}
	}
	return append(append(buf[:at], codecRaw), data...)
}

// choose guesses from samples what pays, for a fraction of its price; nil: nothing does. Coding literals by their entropy must gain an
// eighth to be worth its time: texts gain more, pages of embeddings less.
func (c *compressor) choose(scratch, data []byte) *zstd.Encoder {
	if len(data) < probeLeast {
		if len(data) < 64 {
			return nil
		}
		return c.whole
	}
	whole, matches := 0, 0
	for i := range 4 {
		at := (len(data) - probeSize) / 4 * i &^ (probeSize - 1)
		sample := data[at : at+probeSize]
		whole += len(c.whole.EncodeAll(sample, scratch[:0]))
		matches += len(c.matches.EncodeAll(sample, scratch[:0]))
	}
	const all = 4 * probeSize
	switch {
	case whole >= all-all/20:
		return nil
	case matches-whole < matches/8:
		return c.matches
	}
	return c.whole
}

func newDecoder() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(backup.MaxChunk), zstd.IgnoreChecksum(true))
}

// decode undoes encode. The result may share memory with plain.
func decode(d *zstd.Decoder, plain []byte) ([]byte, error) {
	if len(plain) == 0 {
		return nil, fmt.Errorf("a chunk without its codec")
	}
	switch plain[0] {
	case codecRaw:
		return plain[1:], nil
	case codecZstd:
		return d.DecodeAll(plain[1:], nil)
	}
	return nil, fmt.Errorf("codec %d: %w", plain[0], backup.ErrVersion)
}

// pack compresses metadata.
func pack(text []byte) ([]byte, error) {
	e, err := newEncoder(1)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	return e.EncodeAll(text, nil), nil
}

// unpack undoes pack.
func unpack(data []byte) ([]byte, error) {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<30))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.DecodeAll(data, nil)
}
