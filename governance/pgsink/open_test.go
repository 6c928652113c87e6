package pgsink

import (
	"bytes"
	"testing"
	"time"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/internal/leaf"
)

// FuzzOpen opens bytes as an entry: what is taken is what an entry writes, and can be read and indexed.
func FuzzOpen(f *testing.F) {
	good := leaf.New(governance.Record{
		Facts: governance.Facts{
			ID: governance.EventID{1}, Kind: governance.Attempt, Time: time.Unix(1_770_000_000, 0), Action: governance.Read,
			Categories: []governance.Category{"notes", `"{`},
		},
		Actor: "0123456789abcdef0123456789abcdef",
	}).Marshal(nil)
	f.Add([]byte(nil))
	f.Add([]byte{0, 0, 0, 1, 1, 0})
	f.Add(good)
	f.Add(good[:60])
	if _, err := open(good); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := open(b)
		if err != nil {
			return
		}
		if again := e.Marshal(nil); !bytes.Equal(b, again) {
			t.Errorf("%x is an entry, and written as %x", b, again)
		}
		var l listing
		l.add(place{1, "1", 1}, e)
		if len(l.ids) != 1 || len(l.bad.seq) != 0 {
			t.Errorf("%x is taken, and not indexed", b)
		}
	})
}
