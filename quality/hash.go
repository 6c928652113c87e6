package quality

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
)

// of says whether a digest in lower-case hexadecimal is that of a text.
func (h Hash) of(digest, text string) bool {
	var room [2 * sha256.Size]byte
	if h == MD5 {
		sum := md5.Sum([]byte(text))
		return string(hex.AppendEncode(room[:0], sum[:])) == digest
	}
	sum := sha256.Sum256([]byte(text))
	return string(hex.AppendEncode(room[:0], sum[:])) == digest
}
