package backup

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// CertificatesLog is the name of the log in which a repository keeps certificates. The Start of an entry is the moment at
// which the drill finished, in nanoseconds since 1970, and its Data the JSON of the Certificate.
const CertificatesLog = "certificates"

// signed is put before what is signed, so that a signature means nothing anywhere else.
const signed = "shugo backup certificate 1\n"

// Certificate is the evidence of a drill, signed by who ran it. Its verdict is not kept: Passed derives it.
type Certificate struct {
	Source    string            `json:"source"`            // Name of the Source
	Tier      string            `json:"tier"`              // that it was held against
	Snapshot  Snapshot          `json:"snapshot"`          // that was restored
	Goal      Goal              `json:"goal"`              // to which it was carried on
	Logs      []LogRange        `json:"logs,omitempty"`    // that were read
	Bytes     int64             `json:"bytes"`             // of the snapshot and its logs
	Started   time.Time         `json:"started"`           // UTC
	Finished  time.Time         `json:"finished"`          // UTC
	RTO       time.Duration     `json:"rto_ns"`            // from the call of Restore to its return, in nanoseconds
	Want      []Fact            `json:"want"`              // observed in the live store
	Got       []Fact            `json:"got"`               // found in the restored store
	Findings  []Finding         `json:"findings"`          // of the restored store, and of the host's invariants
	Versions  map[string]string `json:"versions"`          // of the programs at work
	Failure   string            `json:"failure,omitempty"` // why the drill did not come to an end
	PublicKey []byte            `json:"public_key"`        // ed25519, of the signer
	Signature []byte            `json:"signature"`         // ed25519, of all the above
}

// Difference is a fact that was not found again.
type Difference struct {
	Name  string `json:"name"`          // of the fact
	Want  string `json:"want"`          // in the live store
	Got   string `json:"got,omitempty"` // in the restored one
	Found bool   `json:"found"`         // the restored store has such a fact
}

// Differences returns the facts of the live store that the restored store does not show, in their order.
func (c Certificate) Differences() []Difference {
	got := map[string][]string{}
	for _, f := range c.Got {
		got[f.Name] = append(got[f.Name], f.Value)
	}
	var all []Difference
	for _, want := range c.Want {
		d := Difference{Name: want.Name, Want: want.Value, Found: len(got[want.Name]) > 0}
		differs := !d.Found
		for _, value := range got[want.Name] {
			if value != want.Value && !differs {
				d.Got, differs = value, true
			}
		}
		if differs {
			all = append(all, d)
		}
	}
	return all
}

// Passed reports whether the drill came to its end, every fact of the live store was found again, of which there was at
// least one, and no finding is against it.
func (c Certificate) Passed() bool {
	for _, f := range c.Findings {
		if !f.Passed {
			return false
		}
	}
	return c.Failure == "" && len(c.Want) > 0 && len(c.Differences()) == 0
}

// Verdict says in one line what Passed says, and why.
func (c Certificate) Verdict() string {
	failed := 0
	first := ""
	for _, f := range c.Findings {
		if !f.Passed {
			if failed++; first == "" {
				first = f.Check
			}
		}
	}
	differences := c.Differences()
	switch {
	case c.Failure != "":
		return "failed: " + c.Failure
	case len(c.Want) == 0:
		return "failed: the live store gave no facts to compare with"
	case len(differences) > 0:
		return fmt.Sprintf("failed: %d of %d facts were not found again, the first is %q", len(differences), len(c.Want), differences[0].Name)
	case failed > 0:
		return fmt.Sprintf("failed: %d of %d findings are against it, the first is %q", failed, len(c.Findings), first)
	}
	return fmt.Sprintf("passed: %d facts were found again, %d findings", len(c.Want), len(c.Findings))
}

// message returns what is signed.
func (c Certificate) message() ([]byte, error) {
	c.Signature = nil
	text, err := json.Marshal(c)
	return append([]byte(signed), text...), err
}

// Sign returns the certificate with the key and the signature of a signer, which is ed25519.
func (c Certificate) Sign(signer crypto.Signer) (Certificate, error) {
	public, ok := signer.Public().(ed25519.PublicKey)
	if !ok {
		return Certificate{}, fmt.Errorf("backup: a signer with a public key of type %T, expected ed25519.PublicKey", signer.Public())
	}
	c.PublicKey = bytes.Clone(public)
	message, err := c.message()
	if err != nil {
		return Certificate{}, fmt.Errorf("backup: certificate: %w", err)
	}
	if c.Signature, err = signer.Sign(rand.Reader, message, crypto.Hash(0)); err != nil {
		return Certificate{}, fmt.Errorf("backup: signature of a certificate: %w", err)
	}
	return c, nil
}

// Verify returns nil if the certificate is what the holder of the private key signed. An error is ErrCorrupt.
func (c Certificate) Verify(public ed25519.PublicKey) error {
	message, err := c.message()
	if err != nil || len(public) != ed25519.PublicKeySize || !ed25519.Verify(public, message, c.Signature) {
		return fmt.Errorf("backup: certificate of %s: the signature is not of it by this key: %w", c.Source, ErrCorrupt)
	}
	return nil
}

// ParseCertificate reads the JSON of a certificate, in the one form in which json.Marshal writes it: any other text, though
// it meant the same, is refused with ErrCorrupt. It does not look at the signature.
func ParseCertificate(text []byte) (Certificate, error) {
	var c Certificate
	if err := json.Unmarshal(text, &c); err != nil {
		return Certificate{}, fmt.Errorf("backup: certificate of %d bytes is no JSON of one: %w", len(text), ErrCorrupt)
	}
	if again, err := json.Marshal(c); err != nil || !bytes.Equal(again, text) {
		return Certificate{}, fmt.Errorf("backup: certificate of %d bytes is not in the form that is written: %w", len(text), ErrCorrupt)
	}
	return c, nil
}

// of reports whether the certificate is about a snapshot, and not about another of the same name.
func (c Certificate) of(s Snapshot) bool {
	return c.Snapshot.ID == s.ID && c.Snapshot.plain() == s.plain()
}

// plain returns the snapshot with times that compare equal when they are.
func (s Snapshot) plain() Snapshot {
	for _, t := range []*time.Time{&s.Cut.Time, &s.Started, &s.Finished} {
		*t = t.UTC().Round(0)
	}
	return s
}

// believed is what of the certificates of a job was read last.
type believed struct {
	read         LogState // of the log then
	certificates []Certificate
}

// certificates returns those of a source that one of the known keys signed. Others are as if they were not there.
func (r *Runner) certificates(ctx context.Context, j *job, logs []LogState) ([]Certificate, error) {
	var state LogState
	for _, l := range logs {
		if l.Name == CertificatesLog {
			state = l
		}
	}
	j.mu.Lock()
	known := j.believed
	j.mu.Unlock()
	if known.read.Last == state.Last && known.read.Size == state.Size {
		return known.certificates, nil
	}
	fresh := believed{read: state}
	for e, err := range j.Repository.Log(CertificatesLog).Entries(ctx, 0) {
		if errors.Is(err, ErrGap) {
			continue // time passes between two certificates
		}
		if err != nil {
			return fresh.certificates, fmt.Errorf("backup: certificates of %s: %w", j.name, err)
		}
		if c, err := ParseCertificate(e.Data); err == nil && c.Source == j.name && r.trusts(c) {
			fresh.certificates = append(fresh.certificates, c)
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.believed = fresh
	return fresh.certificates, nil
}

// trusts reports whether one of the known keys signed a certificate.
func (r *Runner) trusts(c Certificate) bool {
	for _, key := range append([]ed25519.PublicKey{r.public}, r.config.Trust...) {
		if key.Equal(ed25519.PublicKey(c.PublicKey)) && c.Verify(key) == nil {
			return true
		}
	}
	return false
}

// keep signs a certificate and appends it to the repository.
func (r *Runner) keep(ctx context.Context, j *job, c Certificate) (Certificate, error) {
	c, err := c.Sign(r.config.Signer)
	if err != nil {
		return c, err
	}
	text, err := json.Marshal(c)
	if err != nil {
		return c, fmt.Errorf("backup: certificate: %w", err)
	}
	at := uint64(max(0, c.Finished.UnixNano()))
	for range 100 { // two drills may finish at the same moment
		err = j.Repository.Log(CertificatesLog).Append(ctx, Entry{Start: at, End: at + 1, Time: c.Finished, Data: text})
		if !errors.Is(err, ErrExists) {
			break
		}
		at++
	}
	if err != nil {
		return c, fmt.Errorf("backup: certificate of %s: %w", j.name, err)
	}
	return c, nil
}
