package japanese

import (
	"testing"

	"golang.org/x/text/encoding/japanese"
)

// TestTwin holds the arithmetic of codes that mean the same against the tables of the decoder: each code of NEC has one of IBM.
func TestTwin(t *testing.T) {
	t.Parallel()
	read := func(code [2]byte) string {
		text, err := japanese.ShiftJIS.NewDecoder().String(string(code[:]))
		if err != nil {
			return "\uFFFD"
		}
		return text
	}
	pairs := 0
	for lead := 0x81; lead <= 0xFC; lead++ {
		for trail := 0x40; trail <= 0xFC; trail++ {
			code := [2]byte{byte(lead), byte(trail)}
			nec, ibm := twin(code[0], code[1])
			if nec == ibm && nec == code || trail == 0x7F {
				continue
			}
			pairs++
			if code != nec && code != ibm || read(nec) != read(ibm) || read(nec) == "\uFFFD" {
				t.Errorf("%x: %x is %q, %x is %q", code, nec, read(nec), ibm, read(ibm))
			}
		}
	}
	if pairs != 2*374 {
		t.Errorf("%d codes, want 748", pairs)
	}
}
