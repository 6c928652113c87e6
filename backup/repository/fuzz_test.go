package repository

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func FuzzDecodePacked(f *testing.F) {
	f.Add([]byte{})
	f.Add(appendPacked(nil, packed{name: "pack/a/00000001", chunks: []placed{{id{1}, 70, 40}, {id{2}, 80, 50}}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := decodePacked(b)
		if err != nil {
			return
		}
		var again []byte
		for _, p := range all {
			again = appendPacked(again, p)
		}
		if !bytes.Equal(again, b) {
			t.Errorf("%x becomes %x", b, again)
		}
	})
}

func FuzzDecodeRefs(f *testing.F) {
	f.Add(appendRef(appendRef(nil, ref{id{1}, 2}), ref{id{3}, 4}))
	f.Fuzz(func(t *testing.T, b []byte) {
		refs, err := decodeRefs(b)
		if err != nil {
			return
		}
		var again []byte
		for _, r := range refs {
			again = appendRef(again, r)
		}
		if !bytes.Equal(again, b) {
			t.Errorf("%x becomes %x", b, again)
		}
	})
}

func FuzzDecodeLine(f *testing.F) {
	f.Add([]byte(`{"name":"table","kind":"rows","meta":"AQ==","chunks":1,"size":10,"list":{"refs":"AAAA"}}`))
	f.Add([]byte(`{"name":"","chunks":-1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := decodeLine(b)
		if err == nil && (l.Name == "" || l.Chunks < 0 || l.Size < 0) {
			t.Errorf("%q is accepted as %+v", b, l)
		}
		if err == nil {
			_, _ = l.List.ids()
		}
	})
}

// FuzzMend shows that what parity gives back, if anything, has the checksums of the table.
func FuzzMend(f *testing.F) {
	p := parity{Parity{Data: 3, Shards: 2}}
	whole, err := p.protect(append(make([]byte, p.front(), p.capacity(20)), "twenty bytes, or so.."[:20]...))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)-30])
	f.Fuzz(func(t *testing.T, b []byte) {
		unwrap(b)
		object, _, err := mend(b)
		if err != nil {
			return
		}
		w, ok := tableOf(b)
		if !ok || len(object) != w.size {
			t.Errorf("%d bytes of %d are mended", len(object), w.size)
		}
	})
}

// FuzzFrames shows that nothing but what was sealed is opened.
func FuzzFrames(f *testing.F) {
	k, err := derive(Key{1}, [32]byte{2})
	if err != nil {
		f.Fatal(err)
	}
	s, err := k.begin(nil, "pack/a/00000001", parity{})
	if err != nil {
		f.Fatal(err)
	}
	for i := range 3 {
		s.open()
		s.buf = append(s.buf, byte(i))
		s.close(i == 2)
	}
	f.Add(bytes.Clone(s.buf))
	f.Add(s.buf[:len(s.buf)-21])
	want := bytes.Clone(s.buf)
	f.Fuzz(func(t *testing.T, b []byte) {
		// Only the bytes above can be sealed with the key of a salt that was drawn for them.
		if _, err := k.frames("pack/a/00000001", bytes.Clone(b)); err == nil && !bytes.Equal(b, want) &&
			bytes.HasPrefix(b, want[:headerSize]) {
			t.Errorf("%x is opened", b)
		}
		_, _ = openAll(k, "pack/a/00000001", bytes.Clone(b))
	})
}

func FuzzDecodeHead(f *testing.F) {
	r := &Repository{identity: [32]byte{2}}
	var err error
	if r.keys, err = derive(Key{1}, r.identity); err != nil {
		f.Fatal(err)
	}
	h, err := r.encodeHead(record{Version: 1, Sequence: 7, Repository: hex.EncodeToString(r.identity[:])})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(bytes.Clone(h.bytes), uint64(7))
	f.Add(h.bytes[:50], uint64(7))
	f.Fuzz(func(t *testing.T, b []byte, sequence uint64) {
		if got, err := r.decodeHead(sequence, b); err == nil && got.digest != h.digest {
			t.Errorf("%x is accepted", b)
		}
		headSequence(string(b))
	})
}
