package pgwal

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/backup"
)

// signed ends a manifest as the server does.
func signed(body string) string {
	sum := sha256.Sum256([]byte(body))
	return body + fmt.Sprintf("\"Manifest-Checksum\": \"%s\"}\n", hex.EncodeToString(sum[:]))
}

const sampleManifest = `{ "PostgreSQL-Backup-Manifest-Version": 1,
"Files": [
{ "Path": "backup_label", "Size": 3, "Last-Modified": "2026-04-01 09:00:00 GMT", "Checksum-Algorithm": "CRC32C", "Checksum": "b73f4b36" },
{ "Encoded-Path": "e38182ff", "Size": 0, "Last-Modified": "2026-04-01 09:00:00 GMT", "Checksum-Algorithm": "CRC32C", "Checksum": "00000000" }
],
"WAL-Ranges": [
{ "Timeline": 1, "Start-LSN": "0/2000028", "End-LSN": "0/2000100" }
],
`

// arrived returns the sums of the files of sampleManifest: the first is "abc".
func arrived(t testing.TB) *sums {
	t.Helper()
	s := newSums()
	d, err := newDigest(CRC32C)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"backup_label": "abc", "\u3042\xff": ""} {
		d.reset()
		d.write([]byte(text))
		if err := s.add(name, int64(len(text)), d.sum()); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestManifest(t *testing.T) {
	t.Parallel()
	s := arrived(t)
	ranges, err := readManifest(iotest.OneByteReader(strings.NewReader(signed(sampleManifest))), func(f manifestFile) error { return s.take(f, "CRC32C") })
	if err != nil || len(s.files) != 0 {
		t.Fatalf("%v, %d files left", err, len(s.files))
	}
	if diff := cmp.Diff([]walRange{{1, 0x2000028, 0x2000100}}, ranges); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestManifestRefused refuses manifests that are not what the server wrote, or not of what came.
func TestManifestRefused(t *testing.T) {
	t.Parallel()
	whole := signed(sampleManifest)
	replaced := func(from, to string) string { return signed(strings.Replace(sampleManifest, from, to, 1)) }
	tests := map[string]string{
		"another checksum":    replaced("b73f4b36", "b73f4b37"),
		"another size":        replaced(`"Size": 3`, `"Size": 4`),
		"another algorithm":   replaced("CRC32C", "SHA224"),
		"no checksum":         replaced("b73f4b36", ""),
		"checksum of letters": replaced("b73f4b36", "zz"),
		"file that is not":    replaced("backup_label", "backup_lable"),
		"path of letters":     replaced("e38182ff", "zz"),
		"no files":            replaced(`"Files"`, `"File"`),
		"no ranges":           replaced(`"WAL-Ranges"`, `"WAL"`),
		"twice":               replaced(`"WAL-Ranges"`, `"Files"`),
		"size of letters":     replaced(`"Size": 3`, `"Size": "three"`),
		"own checksum":        strings.Replace(whole, "Last-Modified", "Last-modified", 1),
		"without its own":     strings.TrimSuffix(sampleManifest, ",\n") + "}\n",
		"a list":              "[]",
		"nothing":             "",
		"a long line":         `{ "x": "` + strings.Repeat("a", 2*maxLine) + `"`,
	}
	for _, length := range []int{1, 50, 300, len(whole) - 2} {
		tests[fmt.Sprintf("torn at %d", length)] = whole[:length]
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := arrived(t)
			_, err := readManifest(strings.NewReader(text), func(f manifestFile) error { return s.take(f, "CRC32C") })
			if !errors.Is(err, backup.ErrCorrupt) {
				t.Errorf("error %v, expected ErrCorrupt", err)
			}
		})
	}
}

// TestSumsTwice refuses a file that comes twice.
func TestSumsTwice(t *testing.T) {
	t.Parallel()
	if err := arrived(t).add("backup_label", 3, nil); !errors.Is(err, backup.ErrCorrupt) {
		t.Errorf("error %v", err)
	}
}

// FuzzManifest reads anything: only what has its own checksum right is accepted.
func FuzzManifest(f *testing.F) {
	f.Add(signed(sampleManifest))
	f.Add(signed(`{ "Files": [], "WAL-Ranges": [],` + "\n"))
	f.Add("{")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := readManifest(strings.NewReader(text), func(manifestFile) error { return nil })
		if err != nil {
			return
		}
		at := strings.LastIndex(strings.TrimSuffix(text, "\n"), "\n") + 1
		sum := sha256.Sum256([]byte(text[:at]))
		if !strings.Contains(text[at:], hex.EncodeToString(sum[:])) {
			t.Fatalf("accepted %q", text)
		}
	})
}
