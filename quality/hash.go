package quality

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
)

// sum returns the digest of a text in lower-case hexadecimal.
func (h Hash) sum(text string) string {
	if h == MD5 {
		sum := md5.Sum([]byte(text))
		return hex.EncodeToString(sum[:])
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
