package pgseal_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"

	"github.com/shugo-data/shugo/governance/pgseal"
)

const (
	goldenExport = "testdata/export-1.jsonl"
	goldenKey    = "testdata/export-1.key"
)

// goldenLeaf returns the bytes of a leaf by the words of the package comment, with persons whose salts are fixed.
func goldenLeaf(n byte) (leaf, actor, subject []byte) {
	id := bytes.Repeat([]byte{n}, 16)
	text := func(s string) []byte { return append([]byte{byte(len(s))}, s...) }
	opening := func(role byte) []byte { return append(bytes.Repeat([]byte{role}, 16), bytes.Repeat([]byte{n}, 16)...) }
	commitment := func(role byte, opening []byte) []byte {
		input := append([]byte{2, role}, opening[16:]...)
		input = append(append(input, id...), 3)
		sum := sha256.Sum256(append(input, opening[:16]...))
		return append([]byte{1}, sum[:]...)
	}
	leaf = append([]byte{1}, id...)
	leaf = binary.BigEndian.AppendUint64(leaf, uint64(time.Date(2026, 7, 1, 0, 0, int(n), 0, time.UTC).UnixMicro()))
	leaf = binary.BigEndian.AppendUint64(leaf, 1)
	for _, s := range []string{"effect", "messages.append", "postgresql", "conversation_messages", "create", "tutoring", "sha256:0", "", "own", ""} {
		leaf = append(leaf, text(s)...)
	}
	leaf = append(append(append(leaf, 1), text("conversation_data")...), 0)
	actor, subject = opening(1), opening(2)
	return append(append(leaf, commitment(1, actor)...), commitment(2, subject)...), actor, subject
}

// goldenTrail makes the trail that the golden file is an export of: three records, then two, of which one is erased.
func goldenTrail(t *testing.T, signer note.Signer) []byte {
	t.Helper()
	b := newBench(t)
	now := time.Date(2026, 7, 1, 0, 1, 0, 0, time.UTC)
	s := b.sealer(t, func(c *pgseal.Config) {
		c.Signers, c.Clock = []note.Signer{signer}, func() time.Time { return now }
	})
	for n := byte(1); n <= 5; n++ {
		leaf, actor, subject := goldenLeaf(n)
		if n == 2 {
			actor, subject = nil, nil
		}
		b.exec(t, `INSERT INTO {s}.audit_record (leaf, actor, subject) VALUES ($1, $2, $3)`, leaf, actor, subject)
		if n == 3 {
			sealAt(t, b, s, 3)
			now = now.Add(time.Second)
		}
	}
	sealAt(t, b, s, 5)
	var out bytes.Buffer
	if err := pgseal.Export(context.Background(), b.pool, &out, pgseal.ExportConfig{Schema: b.schema, Proofs: true}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// sealAt seals everything in one batch, whatever else runs on the server.
func sealAt(t *testing.T, b *bench, s *pgseal.Sealer, size uint64) {
	t.Helper()
	b.settled(t)
	if done := b.seal(t, s); done.Size != size {
		t.Fatalf("%d sealed: want %d", done.Size, size)
	}
}

// TestGoldenExport reads an export that was written once and is never changed, and writes the same trail again: but for the
// database that the checkpoints name, and so their signatures, it is the same bytes. Version 1 of the format is that file.
func TestGoldenExport(t *testing.T) {
	t.Parallel()
	public, err := os.ReadFile(goldenKey)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(string(bytes.TrimSpace(public)))
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(goldenExport)
	if err != nil {
		t.Fatal(err)
	}
	keys := note.VerifierList(verifier)
	done, err := pgseal.VerifyExport(bytes.NewReader(want), keys)
	if err != nil || done.Leaves != 5 || done.Checkpoints != 2 || done.Proofs != 6 || done.Logs != 1 {
		t.Errorf("%+v (%v)", done, err)
	}
	if leaves, proofs, err := independent(want, keys); err != nil || leaves != 5 || proofs != 6 {
		t.Errorf("by others: %d leaves, %d proofs (%v)", leaves, proofs, err)
	}
	signer, _ := newKey(t, verifier.Name())
	got := goldenTrail(t, signer)
	if diff := cmp.Diff(string(local(want)), string(local(got))); diff != "" {
		t.Errorf("written again (-golden +now):\n%s", diff)
	}
}

// local blanks the database that a checkpoint names, and its signature.
func local(export []byte) []byte {
	return regexp.MustCompile(`database [^\\]*\\n\\n[^"]*"`).ReplaceAll(export, []byte(`"`))
}
