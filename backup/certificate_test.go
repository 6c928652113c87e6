package backup_test

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
)

func certificate(t testing.TB) backup.Certificate {
	t.Helper()
	at := time.Date(2026, 4, 1, 12, 0, 0, 5, time.UTC)
	c, err := backup.Certificate{
		Source: "postgres", Tier: "critical", Started: at, Finished: at.Add(time.Minute), RTO: 30 * time.Second, Bytes: 1000,
		Snapshot: backup.Snapshot{ID: "7", Source: "postgres", Cut: backup.Cut{Time: at, System: "1", Timeline: 1, LSN: 80}, Size: 900},
		Goal:     backup.Goal{LSN: 160}, Logs: []backup.LogRange{{Log: "wal.1.1", From: 80, To: 160}},
		Want: []backup.Fact{{Name: "table messages", Value: "守護 100 rows"}}, Got: []backup.Fact{{Name: "table messages", Value: "守護 100 rows"}},
		Findings: []backup.Finding{{Check: "index is valid", Passed: true}}, Versions: map[string]string{"b": "2", "a": "1"},
	}.Sign(signer())
	return must(c, err)(t)
}

// TestCertificateChanged changes every byte of a certificate, to several others, and takes every byte away.
func TestCertificateChanged(t *testing.T) {
	t.Parallel()
	text := must(json.Marshal(certificate(t)))(t)
	public := signer().Public().(ed25519.PublicKey)
	if c := must(backup.ParseCertificate(text))(t); c.Verify(public) != nil || !c.Passed() {
		t.Fatalf("a sound certificate is refused: %v, %s", c.Verify(public), c.Verdict())
	}
	believed := func(text []byte) bool {
		c, err := backup.ParseCertificate(text)
		return err == nil && c.Verify(public) == nil
	}
	for i := range text {
		for _, bits := range []byte{1, 32, 255} {
			changed := append([]byte(nil), text...)
			changed[i] ^= bits
			if believed(changed) {
				t.Errorf("byte %d %q changed to %q: believed", i, text[i], changed[i])
			}
		}
		if believed(append(append([]byte(nil), text[:i]...), text[i+1:]...)) {
			t.Errorf("byte %d %q taken away: believed", i, text[i])
		}
		if believed(text[:i]) {
			t.Errorf("cut at %d: believed", i)
		}
	}
	if believed(append(text, ' ')) {
		t.Error("a byte added: believed")
	}
}

func FuzzParseCertificate(f *testing.F) {
	text, err := json.Marshal(certificate(f))
	if err != nil {
		f.Fatal(err)
	}
	public := signer().Public().(ed25519.PublicKey)
	f.Add(text)
	f.Add([]byte(`{"want":[{"name":"a","value":"b"}]}`))
	f.Fuzz(func(t *testing.T, got []byte) {
		c, err := backup.ParseCertificate(got)
		if err != nil {
			if !errors.Is(err, backup.ErrCorrupt) {
				t.Errorf("error %v is not ErrCorrupt", err)
			}
			return
		}
		if c.Verify(public) == nil && string(got) != string(text) {
			t.Errorf("another text is believed: %q", got)
		}
		if c.Passed() && len(c.Want) == 0 {
			t.Error("passed without facts")
		}
	})
}

// TestVerdict derives the verdict from the evidence alone.
func TestVerdict(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*backup.Certificate)
		want   string
	}{
		"sound":              {func(*backup.Certificate) {}, "passed: 1 facts were found again, 1 findings"},
		"more in the copy":   {func(c *backup.Certificate) { c.Got = append(c.Got, backup.Fact{Name: "other"}) }, "passed: 1 facts were found again, 1 findings"},
		"no facts":           {func(c *backup.Certificate) { c.Want = nil }, "failed: the live store gave no facts to compare with"},
		"fact is missing":    {func(c *backup.Certificate) { c.Got = nil }, `failed: 1 of 1 facts were not found again, the first is "table messages"`},
		"fact is other":      {func(c *backup.Certificate) { c.Got[0].Value = "99 rows" }, `failed: 1 of 1 facts were not found again, the first is "table messages"`},
		"fact is both":       {func(c *backup.Certificate) { c.Got = append(c.Got, backup.Fact{Name: c.Got[0].Name}) }, `failed: 1 of 1 facts were not found again, the first is "table messages"`},
		"finding is bad":     {func(c *backup.Certificate) { c.Findings[0].Passed = false }, `failed: 1 of 1 findings are against it, the first is "index is valid"`},
		"did not come along": {func(c *backup.Certificate) { c.Failure = "restore: no space" }, "failed: restore: no space"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := certificate(t)
			test.change(&c)
			if diff := cmp.Diff(test.want, c.Verdict()); diff != "" {
				t.Error(diff)
			}
			if c.Passed() != (test.want[0] == 'p') {
				t.Errorf("Passed is %v", c.Passed())
			}
		})
	}
}
