package pgseal_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/shugo-data/shugo/governance/pgseal"
)

// TestRetired trusts a key up to the last checkpoint that it signed, in every way of verifying.
func TestRetired(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	key := verifierOf(t, b)
	next, nextKeys := newKey(t, "tutor.example/audit-2027")
	var last pgseal.Checkpoint
	for i, signer := range []note.Signer{b.signer, b.signer, next} {
		b.record(t, 5)
		b.settled(t)
		made := b.seal(t, b.sealer(t, func(c *pgseal.Config) { c.Signers = []note.Signer{signer} })).Checkpoint
		if i == 1 {
			last = *made
		}
	}
	trusted := verifiers{note.VerifierList(pgseal.Retired(key, last)), nextKeys}
	earlier := last
	earlier.Size--
	tooEarly := verifiers{note.VerifierList(pgseal.Retired(key, earlier)), nextKeys}
	r, err := pgseal.Verify(t.Context(), b.pool, pgseal.VerifyConfig{Schema: b.schema, Keys: trusted})
	if err != nil || !r.Passed() {
		t.Errorf("the log whose key has changed: %v (%v)", r.Findings, err)
	}
	r, err = pgseal.Verify(t.Context(), b.pool, pgseal.VerifyConfig{Schema: b.schema, Keys: tooEarly})
	if err != nil || r.Passed() || kindsOf(r)[pgseal.Unsigned] != 1 {
		t.Errorf("retired before its last checkpoint: %v (%v)", r.Findings, err)
	}
	var out bytes.Buffer
	if err := pgseal.Export(t.Context(), b.pool, &out, pgseal.ExportConfig{Schema: b.schema}); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		keys note.Verifiers
		want error
	}{"in time": {trusted, nil}, "too early": {tooEarly, pgseal.ErrExport}} {
		if _, err := pgseal.VerifyExport(strings.NewReader(out.String()), test.keys); !errors.Is(err, test.want) {
			t.Errorf("export, %s: %v, want %v", name, err, test.want)
		}
	}
}

// TestRetiredPlaces signs with a retired key what whoever has stolen it might.
func TestRetiredPlaces(t *testing.T) {
	t.Parallel()
	b := &bench{}
	b.signer, b.keys = newKey(t, "tutor.example/audit")
	keys := note.VerifierList(pgseal.Retired(verifierOf(t, b), pgseal.Checkpoint{Origin: "tutor.example/audit/2", Size: 10}))
	for name, test := range map[string]struct {
		origin, size string
		want         error
	}{
		"the last":                {"tutor.example/audit/2", "10", nil},
		"before it":               {"tutor.example/audit/2", "9", nil},
		"after it":                {"tutor.example/audit/2", "11", pgseal.ErrCheckpoint},
		"the log before, larger":  {"tutor.example/audit/1", "999", nil},
		"the next log, smaller":   {"tutor.example/audit/3", "1", pgseal.ErrCheckpoint},
		"the next log, written 0": {"tutor.example/audit/02", "1", pgseal.ErrCheckpoint},
		"another trail":           {"other.example/audit/1", "1", pgseal.ErrCheckpoint},
		"a name within the name":  {"tutor.example/audit/1/1", "1", pgseal.ErrCheckpoint},
	} {
		signed, err := note.Sign(&note.Note{Text: test.origin + "\n" + test.size + "\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nnumber 1\ntime " +
			time.Unix(0, 0).UTC().Format(time.RFC3339) + "\ndatabase 1/1/1\n"}, b.signer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pgseal.OpenCheckpoint(string(signed), keys); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

// verifierOf returns the verifier of the trail's own key.
func verifierOf(t *testing.T, b *bench) note.Verifier {
	t.Helper()
	v, err := b.keys.Verifier(b.signer.Name(), b.signer.KeyHash())
	if err != nil {
		t.Fatal(err)
	}
	return v
}
