package governance_test

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

// canary stands for a person's identifier, and for what the person wrote.
const canary = "canary-7f3a"

// requireNoCanary fails when one of the renderings shows the canary, whether plain, in hexadecimal or in base64.
func requireNoCanary(t *testing.T, what string, renderings ...string) {
	t.Helper()
	hidden := []string{canary, hex.EncodeToString([]byte(canary)), base64.StdEncoding.EncodeToString([]byte(canary))}
	for _, text := range renderings {
		for _, h := range hidden {
			if strings.Contains(strings.ToLower(text), strings.ToLower(h)) {
				t.Errorf("%s shows the canary: %s", what, text)
			}
		}
	}
}
