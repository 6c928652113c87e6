// Reader reads a backup with nothing of Shugo: a directory that is a place of a repository, its key, the standard library and a
// decompressor. It shows that what was backed up can be read when the library is gone, and is short enough to be written again.
//
//	reader DIRECTORY KEY                    lists snapshots
//	reader DIRECTORY KEY SNAPSHOT FOLDER    writes the items of one into a new folder: 000001, 000002 ..., and their names in "items"
//
// The format is described in the documentation of backup/repository. All that is read is authenticated.
package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "reader:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) != 2 && len(args) != 4 {
		return errors.New("usage: reader DIRECTORY KEY [SNAPSHOT FOLDER]")
	}
	zip, err := zstd.NewReader(nil)
	p := &place{dir: args[0], chunks: map[[32]byte]location{}, zip: zip}
	if err := errors.Join(err, p.open(args[1])); err != nil {
		return err
	}
	for _, s := range p.state.Snapshots {
		if len(args) == 4 && s.ID == args[2] {
			return p.write(s.Manifest, args[3])
		}
		fmt.Fprintf(out, "%s  %s  %s  %d items, %d bytes\n", s.ID, s.Finished, s.Source, s.Items, s.Size)
	}
	if len(args) == 4 {
		err = errors.New("there is no such snapshot, but those above")
	}
	return err
}

// list names chunks: 32 bytes of name and 4 of length each, or chunks that hold such a list. A location is where a chunk is.
type (
	list     struct{ Refs, Lists []byte }
	location struct {
		pack  string
		frame int
	}
)

// place is a directory of a repository.
type place struct {
	dir, last string // last is the object that was opened last, and opened are its frames
	secret    []byte // of the keys of objects
	opened    [][]byte
	chunks    map[[32]byte]location
	zip       *zstd.Decoder
	state     struct { // the newest commit record
		Indexes   []string
		Snapshots []struct {
			ID, Source, Finished string
			Items, Size          int64
			Manifest             list
		}
	}
}

// open reads what repository this is, its newest commit record, and where chunks are.
func (p *place) open(digits string) error {
	var config struct{ Repository string }
	key, _ := hex.DecodeString(digits)
	p.secret, _ = hkdf.Key(sha256.New, key, make([]byte, 32), "shugo seal 1", 32)
	frames, err := p.frames("config")
	if err != nil || json.Unmarshal(frames[0], &config) != nil {
		return fmt.Errorf("no repository that this key of 64 hexadecimal digits opens: %w", err)
	}
	identity, _ := hex.DecodeString(config.Repository)
	p.secret, _ = hkdf.Key(sha256.New, key, identity, "shugo seal 1", 32)
	seed, _ := hkdf.Key(sha256.New, key, identity, "shugo sign 1", 32)
	heads, _ := filepath.Glob(filepath.Join(p.dir, "head", "*"))
	if frames, err = p.frames("head/" + filepath.Base(strings.Join(heads[max(0, len(heads)-1):], ""))); err != nil {
		return err // the last of them is the newest
	}
	text, err := p.zip.DecodeAll(frames[0], nil)
	var signed struct {
		Record    json.RawMessage
		Signature []byte
	}
	err = errors.Join(err, json.Unmarshal(text, &signed), json.Unmarshal(signed.Record, &p.state))
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	if err != nil || !ed25519.Verify(public, append([]byte("shugo commit record 1\n"), signed.Record...), signed.Signature) {
		return errors.New("the commit record is not signed with this key")
	}
	for _, name := range p.state.Indexes {
		if frames, err = p.frames(name); err != nil {
			return err
		}
		for b := frames[0]; len(b) > 0; {
			pack := string(b[1 : 1+b[0]])
			b = b[1+len(pack)+32:]
			count := int(binary.BigEndian.Uint32(b))
			for b, frame := b[4:], 0; frame < count; b, frame = b[40:], frame+1 {
				p.chunks[[32]byte(b)] = location{pack, frame}
			}
			b = b[4+40*count:]
		}
	}
	return nil
}

// write writes the items of a snapshot into a new folder.
func (p *place) write(manifest list, folder string) error {
	lines, err := p.read(manifest)
	err = errors.Join(err, os.Mkdir(folder, 0o700))
	var names bytes.Buffer
	for items, n := json.NewDecoder(bytes.NewReader(lines)), 1; err == nil && items.More(); n++ {
		var item struct {
			Name string
			List list
		}
		err = items.Decode(&item)
		content, broken := p.read(item.List)
		err = errors.Join(err, broken, os.WriteFile(filepath.Join(folder, fmt.Sprintf("%06d", n)), content, 0o600))
		fmt.Fprintf(&names, "%06d %q\n", n, item.Name)
	}
	return errors.Join(err, os.WriteFile(filepath.Join(folder, "items"), names.Bytes(), 0o600))
}

// read returns the chunks of a list, one after the other.
func (p *place) read(l list) (content []byte, _ error) {
	for ids := l.Lists; len(ids) > 0; ids = ids[32:] {
		more, err := p.read(list{Refs: append(ids[:32:32], 0, 0, 0, 0)})
		if err != nil {
			return nil, err
		}
		l.Refs = append(l.Refs, more...)
	}
	for ; len(l.Refs) > 0; l.Refs = l.Refs[36:] {
		at, found := p.chunks[[32]byte(l.Refs)]
		frames, err := p.frames(at.pack)
		if !found || err != nil {
			return nil, fmt.Errorf("chunk %x is missing: %w", l.Refs[:8], err)
		}
		if chunk := frames[at.frame]; chunk[0] == 0 {
			content = append(content, chunk[1:]...)
		} else if content, err = p.zip.DecodeAll(chunk[1:], content); err != nil {
			return nil, err
		}
	}
	return content, nil
}

// frames reads an object and opens its frames. It keeps the last.
func (p *place) frames(name string) (all [][]byte, _ error) {
	if name == p.last {
		return p.opened, nil
	}
	data, err := os.ReadFile(filepath.Join(p.dir, filepath.FromSlash(name)))
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(data, []byte("shugo-rs")) { // wrapped in parity
		front := 26 + 4*(int(data[8])+int(data[9]))
		data = data[front : front+int(binary.BigEndian.Uint64(data[10:]))]
	}
	key, _ := hkdf.Key(sha256.New, p.secret, data[8:40], "shugo object 1", 32)
	block, _ := aes.NewCipher(key)
	aead, _ := cipher.NewGCM(block)
	for data = data[40:]; len(data) > 0; {
		n := 4 + int(binary.BigEndian.Uint32(data))
		nonce := append(binary.BigEndian.AppendUint32(make([]byte, 7, 12), uint32(len(all))), 0)
		if len(data) == n {
			nonce[11] = 1
		}
		plain, err := aead.Open(nil, nonce, data[4:n], []byte(name))
		if err != nil {
			return nil, fmt.Errorf("%s does not authenticate: it is damaged, or the key is another", name)
		}
		all, data = append(all, plain), data[n:]
	}
	p.last, p.opened = name, all
	return all, nil
}
