package repository

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	magic      = "shugo-1\n"
	saltSize   = 32
	headerSize = len(magic) + saltSize
	prefixSize = 4  // of a frame: its length
	tagSize    = 16 // of AES-GCM
)

var errSeal = errors.New("repository: does not authenticate")

// sealed is an object under construction: header, then frames that are sealed in place.
type sealed struct {
	name string
	aead cipher.AEAD
	code parity
	buf  []byte // code.front() bytes kept free, header, frames
	at   int    // where the plaintext of the open frame begins
	next uint32 // number of the next frame
}

// begin starts the object of a name in buf, which is overwritten.
func (k *keys) begin(buf []byte, name string, code parity) (*sealed, error) {
	s := &sealed{name: name, code: code}
	s.buf = append(append(buf[:0], make([]byte, code.front())...), magic...)
	var salt [saltSize]byte
	rand.Read(salt[:])
	s.buf = append(s.buf, salt[:]...)
	var err error
	s.aead, err = k.object(salt[:])
	return s, err
}

// salt of the object.
func (s *sealed) salt() []byte { return s.buf[s.code.front()+len(magic):][:saltSize] }

// size is the length of header and frames so far.
func (s *sealed) size() int { return len(s.buf) - s.code.front() }

// open begins a frame: what is appended to buf from now on is its plaintext.
func (s *sealed) open() {
	s.buf = append(s.buf, 0, 0, 0, 0)
	s.at = len(s.buf)
}

// close seals the open frame.
func (s *sealed) close(last bool) {
	plain := s.buf[s.at:]
	binary.BigEndian.PutUint32(s.buf[s.at-prefixSize:], uint32(len(plain)+tagSize))
	n := nonce(s.next, last)
	s.buf = s.aead.Seal(s.buf[:s.at], n[:], plain, []byte(s.name))
	s.next++
}

// finish returns the bytes to put, with parity.
func (s *sealed) finish() ([]byte, error) { return s.code.protect(s.buf) }

// nonce is unique within an object: its key has no other.
func nonce(frame uint32, last bool) (n [12]byte) {
	binary.BigEndian.PutUint32(n[7:], frame)
	if last {
		n[11] = 1
	}
	return n
}

// frame opens one frame, without its prefix. It is opened in place.
func (k *keys) frame(salt []byte, name string, number uint32, last bool, text []byte) ([]byte, error) {
	aead, err := k.object(salt)
	if err != nil {
		return nil, err
	}
	n := nonce(number, last)
	plain, err := aead.Open(text[:0], n[:], text, []byte(name))
	if err != nil {
		return nil, fmt.Errorf("frame %d: %w", number, errSeal)
	}
	return plain, nil
}

// frames opens all frames of an object, in place. Data is damaged if it fails.
func (k *keys) frames(name string, data []byte) ([][]byte, error) {
	if len(data) < headerSize+prefixSize+tagSize || string(data[:len(magic)]) != magic {
		return nil, fmt.Errorf("%d bytes without the header of an object", len(data))
	}
	aead, err := k.object(data[len(magic):headerSize])
	if err != nil {
		return nil, err
	}
	var all [][]byte
	for rest := data[headerSize:]; ; {
		text, after, err := cut(rest)
		if err != nil {
			return nil, err
		}
		n := nonce(uint32(len(all)), len(after) == 0)
		plain, err := aead.Open(text[:0], n[:], text, []byte(name))
		if err != nil {
			return nil, fmt.Errorf("frame %d: %w", len(all), errSeal)
		}
		all = append(all, plain)
		if rest = after; len(rest) == 0 {
			return all, nil
		}
	}
}

// cut takes the sealed text of the first frame off.
func cut(data []byte) (text, rest []byte, err error) {
	if len(data) < prefixSize {
		return nil, nil, fmt.Errorf("ends %d bytes into a frame's length", len(data))
	}
	n := binary.BigEndian.Uint32(data)
	if data = data[prefixSize:]; n < tagSize || uint64(n) > uint64(len(data)) {
		return nil, nil, fmt.Errorf("a frame of %d bytes in %d", n, len(data))
	}
	return data[:n:n], data[n:], nil
}

// sealOne returns an object with a single frame.
func (k *keys) sealOne(name string, code parity, plain []byte) ([]byte, error) {
	s, err := k.begin(make([]byte, 0, code.capacity(headerSize+prefixSize+len(plain)+tagSize)), name, code)
	if err != nil {
		return nil, err
	}
	s.open()
	s.buf = append(s.buf, plain...)
	s.close(true)
	return s.finish()
}
