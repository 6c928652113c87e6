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
	probeSize  = 4 << 10  // of each of four samples of larger ones
)

func newEncoder(concurrency int) (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(concurrency),
		zstd.WithEncoderCRC(false), zstd.WithWindowSize(512<<10), zstd.WithLowerEncoderMem(true))
}

func newDecoder() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(backup.MaxChunk), zstd.IgnoreChecksum(true))
}

// encode appends the codec and what it makes of data to buf, which has room for as much as data and a little.
func encode(e *zstd.Encoder, scratch, buf, data []byte, encoded bool) []byte {
	at := len(buf)
	if !encoded && pays(e, scratch, data) {
		buf = e.EncodeAll(data, append(buf, codecZstd))
		if len(buf)-at < len(data)-len(data)/32 {
			return buf
		}
	}
	return append(append(buf[:at], codecRaw), data...)
}

// pays guesses from samples whether compression gains anything, for a fraction of its price.
func pays(e *zstd.Encoder, scratch, data []byte) bool {
	if len(data) < probeLeast {
		return len(data) >= 64
	}
	for i := range 4 {
		at := (len(data) - probeSize) / 4 * i
		if len(e.EncodeAll(data[at:at+probeSize], scratch[:0])) < probeSize-probeSize/20 {
			return true
		}
	}
	return false
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
