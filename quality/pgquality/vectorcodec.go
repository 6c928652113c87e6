package pgquality

import (
	"encoding/binary"
	"errors"
	"math"
)

// decode reads a vector in pgvector's binary form: two bytes with the number of dimensions, two without a meaning, and the components in
// single precision, all big-endian (vector_send of pgvector's vector.c).
func decode(b []byte) ([]float32, error) {
	if len(b) < 4 || len(b) != 4+4*int(binary.BigEndian.Uint16(b)) {
		return nil, errors.New("pgquality: the server's form of a vector is unknown: expected two bytes of dimensions, two of zero, and four for each")
	}
	v := make([]float32, 0, len(b)/4-1)
	for at := 4; at < len(b); at += 4 {
		v = append(v, math.Float32frombits(binary.BigEndian.Uint32(b[at:])))
	}
	return v, nil
}
