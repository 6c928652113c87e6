package pgwal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"hash/maphash"
	"io"

	"github.com/shugo-data/shugo/backup"
)

// sum is what was computed of a file that came.
type sum struct {
	size  int64
	value [32]byte // of the manifest's algorithm; shorter ones are followed by zeros
}

// sums are the sums of the files of a backup, by hashed path, so that memory does not grow with the length of names.
type sums struct {
	seed  maphash.Seed
	files map[uint64]sum
}

func newSums() *sums { return &sums{maphash.MakeSeed(), map[uint64]sum{}} }

// add takes the sum of a file; each may come once.
func (s *sums) add(name string, size int64, value []byte) error {
	key := maphash.String(s.seed, name)
	if _, twice := s.files[key]; twice {
		return corruptBase("a file came twice", nil)
	}
	entry := sum{size: size}
	copy(entry.value[:], value)
	s.files[key] = entry
	return nil
}

// take compares a file of the manifest with what came, and strikes it out.
func (s *sums) take(f manifestFile, algorithm string) error {
	name, err := f.path()
	if err != nil {
		return err
	}
	key := maphash.String(s.seed, name)
	came, found := s.files[key]
	if !found {
		return corruptBase("a file of the manifest is missing", nil)
	}
	delete(s.files, key)
	var want [32]byte
	value, err := hex.DecodeString(f.Checksum)
	if err != nil || f.Algorithm != algorithm || len(value) > len(want) {
		return corruptBase("a file of the manifest has no checksum of the kind that was asked for", err)
	}
	copy(want[:], value)
	if came.size != f.Size || came.value != want {
		return corruptBase(fmt.Sprintf("a file of %d bytes is not the one of the manifest, of %d bytes", came.size, f.Size), nil)
	}
	return nil
}

func corruptBase(text string, err error) error {
	return &backup.CorruptError{Object: "base backup", Text: text, Err: err}
}

// manifestFile is an entry of a backup manifest.
type manifestFile struct {
	Path      string `json:"Path"`
	Encoded   string `json:"Encoded-Path"` // hexadecimal, where the path is not UTF-8
	Size      int64  `json:"Size"`
	Algorithm string `json:"Checksum-Algorithm"`
	Checksum  string `json:"Checksum"`
}

func (f manifestFile) path() (string, error) {
	if f.Encoded == "" {
		return f.Path, nil
	}
	text, err := hex.DecodeString(f.Encoded)
	if err != nil {
		return "", corruptBase("a path of the manifest cannot be read", err)
	}
	return string(text), nil
}

// walRange is the part of a timeline that a backup needs.
type walRange struct {
	Timeline uint32     `json:"Timeline"`
	Start    backup.LSN `json:"Start-LSN"`
	End      backup.LSN `json:"End-LSN"`
}

// readManifest reads a backup manifest (chapter "Backup Manifest Format" of PostgreSQL's manual) as it comes, calls file for
// each entry, and returns the ranges of WAL. The manifest's own checksum has been verified when it returns without error.
func readManifest(in io.Reader, file func(manifestFile) error) ([]walRange, error) {
	own := &manifestSum{hash: sha256.New()}
	dec := json.NewDecoder(io.TeeReader(in, own))
	ranges, stated, err := decodeManifest(dec, file)
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(own, in); err != nil { // what the decoder did not ask for
		return nil, err
	}
	if err := own.verify(stated); err != nil {
		return nil, err
	}
	return ranges, nil
}

// decodeManifest walks through the object and returns the ranges and the stated checksum.
func decodeManifest(dec *json.Decoder, file func(manifestFile) error) (ranges []walRange, stated string, err error) {
	if err := expect(dec, json.Delim('{')); err != nil {
		return nil, "", err
	}
	seen := map[string]bool{}
	for dec.More() {
		key, err := dec.Token()
		name, ok := key.(string)
		if err != nil || !ok || seen[name] {
			return nil, "", corruptBase("the manifest is malformed", err)
		}
		seen[name] = true
		switch name {
		case "Files":
			err = decodeFiles(dec, file)
		case "WAL-Ranges":
			err = dec.Decode(&ranges)
		case "Manifest-Checksum":
			err = dec.Decode(&stated)
		default:
			err = dec.Decode(new(json.RawMessage))
		}
		if err != nil {
			return nil, "", manifestError(err)
		}
	}
	if !seen["Files"] || !seen["WAL-Ranges"] {
		return nil, "", corruptBase("the manifest is not whole", nil)
	}
	return ranges, stated, expect(dec, json.Delim('}'))
}

// decodeFiles reads the array of files.
func decodeFiles(dec *json.Decoder, file func(manifestFile) error) error {
	if err := expect(dec, json.Delim('[')); err != nil {
		return err
	}
	for dec.More() {
		var f manifestFile
		if err := dec.Decode(&f); err != nil {
			return err
		}
		if err := file(f); err != nil {
			return err
		}
	}
	return expect(dec, json.Delim(']'))
}

func expect(dec *json.Decoder, want json.Delim) error {
	token, err := dec.Token()
	if err != nil {
		return manifestError(err)
	}
	if token != want {
		return corruptBase("the manifest is malformed", nil)
	}
	return nil
}

// manifestError makes errors of JSON those of a corrupt manifest, and keeps all others.
func manifestError(err error) error {
	switch err.(type) {
	case *json.SyntaxError, *json.UnmarshalTypeError:
		return corruptBase("the manifest is malformed", err)
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return corruptBase("the manifest is torn", err)
	}
	return err
}

// maxLine bounds a line of a manifest, which has one path.
const maxLine = 64 << 10

// manifestSum computes the checksum of a manifest: SHA-256 of all lines but the last.
type manifestSum struct {
	hash hash.Hash
	line []byte // the last line seen so far
}

func (m *manifestSum) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		if n := len(m.line); n > 0 && m.line[n-1] == '\n' {
			m.hash.Write(m.line)
			m.line = m.line[:0]
		}
		end := bytes.IndexByte(rest, '\n') + 1
		if end == 0 {
			end = len(rest)
		}
		if len(m.line)+end > maxLine {
			return 0, corruptBase("the manifest has a line that is too long", nil)
		}
		m.line = append(m.line, rest[:end]...)
		rest = rest[end:]
	}
	return len(p), nil
}

// verify compares the computed checksum with the one that the manifest states in its last line.
func (m *manifestSum) verify(stated string) error {
	if hex.EncodeToString(m.hash.Sum(nil)) != stated || !bytes.HasPrefix(m.line, []byte(`"Manifest-Checksum"`)) {
		return corruptBase("the manifest's own checksum is wrong or missing", nil)
	}
	return nil
}
