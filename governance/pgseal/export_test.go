package pgseal_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/shugo-data/shugo/governance/pgseal"
)

// exported returns the export of a trail of several checkpoints.
func exported(t *testing.T, b *bench) []byte {
	t.Helper()
	for _, n := range []int{3, 300, 1} {
		b.record(t, n)
		b.seal(t, b.sealer(t))
	}
	if _, err := b.sink.Erase(t.Context(), "learner 7"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := pgseal.Export(t.Context(), b.pool, &out, pgseal.ExportConfig{Schema: b.schema, Proofs: true}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// independent verifies an export by the words of the package comment, with libraries that are not ours.
func independent(export []byte, keys note.Verifiers) (leaves, proofs int, err error) {
	type line struct {
		Type, Format, Origin, Note string
		Root, Leaf                 []byte
		Hashes, Proof              [][]byte
		From, To, Size, Index      int64
	}
	var all tlog.Tree
	roots := map[int64]tlog.Hash{}
	var hashes []tlog.Hash
	stored := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, i := range indexes {
			found = append(found, hashes[i])
		}
		return found, nil
	})
	list := func(given [][]byte) (p []tlog.Hash) {
		for _, b := range given {
			p = append(p, tlog.Hash(b))
		}
		return p
	}
	lines := bufio.NewScanner(bytes.NewReader(export))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return leaves, proofs, err
		}
		switch l.Type {
		case "checkpoint":
			n, err := note.Open([]byte(l.Note), keys)
			if err != nil {
				return leaves, proofs, err
			}
			text := strings.Split(n.Text, "\n")
			size, _ := strconv.ParseInt(text[1], 10, 64)
			root, _ := base64.StdEncoding.DecodeString(text[2])
			all = tlog.Tree{N: size, Hash: tlog.Hash(root)}
			roots[size] = all.Hash
		case "consistency":
			if err := tlog.CheckTree(list(l.Hashes), l.To, roots[l.To], l.From, roots[l.From]); err != nil {
				return leaves, proofs, err
			}
			proofs++
		case "leaf":
			if err := tlog.CheckRecord(list(l.Proof), all.N, all.Hash, l.Index, tlog.RecordHash(l.Leaf)); err != nil {
				return leaves, proofs, fmt.Errorf("leaf %d: %w", l.Index, err)
			}
			next, err := tlog.StoredHashes(l.Index, l.Leaf, stored)
			if err != nil {
				return leaves, proofs, err
			}
			hashes = append(hashes, next...)
			leaves++
			proofs++
		}
	}
	root, err := tlog.TreeHash(int64(leaves), stored)
	if err == nil && (int64(leaves) != all.N || root != all.Hash) {
		err = errors.New("another root")
	}
	return leaves, proofs, err
}

// TestExportVerifies verifies an export with our verifier, and with others.
func TestExportVerifies(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	export := exported(t, b)
	done, err := pgseal.VerifyExport(bytes.NewReader(export), b.keys)
	if err != nil || done.Leaves != 304 || done.Checkpoints < 3 || done.Proofs < 306 || done.Logs != 1 || len(done.Last) != 1 {
		t.Errorf("%+v (%v)", done, err)
	}
	leaves, proofs, err := independent(export, b.keys)
	if err != nil || leaves != 304 || proofs != done.Proofs {
		t.Errorf("%d leaves, %d proofs (%v)", leaves, proofs, err)
	}
	_, others := newKey(t, "tutor.example/audit")
	if _, err := pgseal.VerifyExport(bytes.NewReader(export), others); !errors.Is(err, pgseal.ErrExport) {
		t.Errorf("with another key: %v", err)
	}
	if _, err := pgseal.VerifyExport(bytes.NewReader(export), nil); !errors.Is(err, pgseal.ErrExport) {
		t.Errorf("without keys: %v", err)
	}
}

// TestForgedExport changes, drops, doubles and exchanges lines.
func TestForgedExport(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	lines := strings.SplitAfter(strings.TrimSuffix(string(exported(t, b)), "\n"), "\n")
	lines[len(lines)-1] += "\n"
	try := func(name string, forged []string) {
		if _, err := pgseal.VerifyExport(strings.NewReader(strings.Join(forged, "")), b.keys); !errors.Is(err, pgseal.ErrExport) {
			t.Errorf("%s: %v, want ErrExport", name, err)
		}
	}
	for i, text := range lines {
		if strings.Contains(text, `"type":"leaf"`) && i%7 != 0 {
			continue // one leaf is like another
		}
		// Proofs of consistency are there for whoever has no leaves: here all leaves are, and prove the same.
		if !strings.Contains(text, `"type":"consistency"`) {
			try(fmt.Sprintf("without line %d: %.60s", i, text), append(append([]string{}, lines[:i]...), lines[i+1:]...))
			try(fmt.Sprintf("line %d twice: %.60s", i, text), append(append(append([]string{}, lines[:i]...), text), lines[i:]...))
		}
		at := len(text) / 2
		for text[at] == '"' || text[at] == ',' || text[at] == ':' {
			at++
		}
		changed := append([]string{}, lines...)
		changed[i] = text[:at] + string(text[at]^1) + text[at+1:]
		try(fmt.Sprintf("line %d changed at %d: %.60s", i, at, text), changed)
	}
	try("nothing", nil)
	try("a line more", append(append([]string{}, lines...), "{}\n"))
}

func FuzzVerifyExport(f *testing.F) {
	_, keys := newKey(f, "fuzz")
	f.Add([]byte(`{"type":"header","format":"shugo-audit-export/1"}` + "\n" + `{"type":"end","leaves":0}` + "\n"))
	f.Add([]byte(`{"type":"header","format":"shugo-audit-export/1"}` + "\n" + `{"type":"log","era":1}` + "\n" + `{"type":"leaf","index":0,"leaf":"AQ=="}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		done, err := pgseal.VerifyExport(bytes.NewReader(b), keys)
		if err == nil {
			t.Errorf("%+v without a signature", done)
		}
	})
}

func FuzzOpenCheckpoint(f *testing.F) {
	signer, keys := newKey(f, "fuzz")
	signed, err := note.Sign(&note.Note{Text: "a/1\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nnumber 1\ntime 2026-07-01T00:00:00Z\ndatabase 1/1/1\n"}, signer)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := pgseal.OpenCheckpoint(string(signed), keys); err != nil {
		f.Fatal(err)
	}
	f.Add(string(signed))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := pgseal.OpenCheckpoint(text, keys)
		if err == nil && c.Note != text {
			t.Error("another note")
		}
		if err != nil && !errors.Is(err, pgseal.ErrCheckpoint) {
			t.Errorf("error %v", err)
		}
	})
}
