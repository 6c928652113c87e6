package quality

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// RowName returns the name that reports give to a failing row: the values of its key as text, joined by ", "; with Hashed the first 16
// bytes of the SHA-256 of those texts in hexadecimal, each with its length before it. Who knows the keys can tell which of them a hash
// stands for, so the hash of what is easily guessed hides it from a reader, not from a search.
func (s Suite) RowName(key []any) string {
	texts := make([]string, len(key))
	for i, v := range key {
		texts[i] = keyText(v)
	}
	if !s.Hashed {
		return strings.Join(texts, ", ")
	}
	var b []byte
	for _, text := range texts {
		b = append(binary.AppendUvarint(b, uint64(len(text))), text...)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// keyText returns a value of a key as text.
func keyText(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case []byte:
		return hex.EncodeToString(v)
	case *big.Rat:
		if v == nil {
			return "NULL"
		}
		if digits, exact := v.FloatPrec(); exact { // as it is written in the dataset, not as a fraction
			return v.FloatString(digits)
		}
	}
	return fmt.Sprint(v)
}
