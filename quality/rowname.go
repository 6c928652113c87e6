package quality

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// RowName returns the name that reports give to a failing row: the values of its key, joined by ", "; with Hashed the first 16 bytes
// of their SHA-256 in hexadecimal. Who knows the keys can tell which of them a hash stands for, so the hash of what is easily guessed
// hides it from a reader, not from a search.
func (s Suite) RowName(key []any) string {
	if s.Hashed {
		var b []byte
		for _, v := range key {
			var ok bool
			if b, ok = appendValue(b, v); !ok {
				b = fmt.Append(append(b, '?'), v)
			}
		}
		sum := sha256.Sum256(b)
		return hex.EncodeToString(sum[:16])
	}
	texts := make([]string, len(key))
	for i, v := range key {
		switch v := v.(type) {
		case nil:
			texts[i] = "NULL"
		case time.Time:
			texts[i] = v.UTC().Format(time.RFC3339Nano)
		case []byte:
			texts[i] = hex.EncodeToString(v)
		default:
			texts[i] = fmt.Sprint(v)
		}
	}
	return strings.Join(texts, ", ")
}
