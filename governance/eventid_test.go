package governance_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/shugo-data/shugo/governance"
)

// idsAt returns the IDs of n calls at one time.
func idsAt(t *testing.T, when time.Time, n int) []governance.EventID {
	t.Helper()
	g, sink := guard(t, func(c *governance.Config) { c.Clock = func() time.Time { return when } })
	read := governance.Wrap(g, readEntry(), found)
	var ids []governance.EventID
	for range n {
		if _, err := read(t.Context(), query{}); err == nil {
			t.Fatal("a call without caller is allowed")
		}
		ids = append(ids, lastEvent(t, sink).ID)
	}
	return ids
}

// TestEventIDIsUUIDv7 reads the fields of RFC 9562, section 5.7.
func TestEventIDIsUUIDv7(t *testing.T) {
	t.Parallel()
	seen := map[governance.EventID]bool{}
	for _, id := range idsAt(t, now(), 1000) {
		if id[6]>>4 != 7 || id[8]>>6 != 0b10 {
			t.Fatalf("%s: version %d, variant %b", id, id[6]>>4, id[8]>>6)
		}
		var ms int64
		for _, b := range id[:6] {
			ms = ms<<8 | int64(b)
		}
		if ms != now().UnixMilli() {
			t.Fatalf("%s is of %d ms, want %d", id, ms, now().UnixMilli())
		}
		if seen[id] {
			t.Fatalf("%s twice", id)
		}
		seen[id] = true
	}
	for bit := range 16 * 8 { // every random bit takes both values
		ones := 0
		for id := range seen {
			ones += int(id[bit/8] >> (7 - bit%8) & 1)
		}
		fixed := bit < 66
		if random := ones > 350 && ones < 650; random == fixed {
			t.Errorf("bit %d is set in %d of 1000 IDs", bit, ones)
		}
	}
}

func TestEventIDsSortByTime(t *testing.T) {
	t.Parallel()
	var last governance.EventID
	for i := range 100 {
		id := idsAt(t, now().Add(time.Duration(i)*time.Microsecond), 1)[0]
		if bytes.Compare(last[:], id[:]) >= 0 || last.String() >= id.String() {
			t.Fatalf("%s is not before %s", last, id)
		}
		last = id
	}
}

func TestEventIDText(t *testing.T) {
	t.Parallel()
	id := governance.EventID{0x01, 0x9c, 0xa8, 0xbb, 0xb6, 0x3b, 0x77, 0xae, 0x9e, 0xab, 0x80, 0xa4, 0x9b, 0xd8, 0xbb, 0x7d}
	const text = "019ca8bb-b63b-77ae-9eab-80a49bd8bb7d"
	if got := id.String(); got != text {
		t.Errorf("got %s, want %s", got, text)
	}
	marshalled, err := json.Marshal(id)
	if err != nil || string(marshalled) != `"`+text+`"` {
		t.Errorf("got %s, %v", marshalled, err)
	}
	var got governance.EventID
	if err := json.Unmarshal([]byte(strings.ToUpper(string(marshalled))), &got); err != nil || got != id {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestEventIDRefusesOtherText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "019ca8bbb63b77ae9eab80a49bd8bb7d", "019ca8bb-b63b-77ae-9eab-80a49bd8bb7", "019ca8bb-b63b-77ae-9eab-80a49bd8bb7dd",
		"019ca8bb-b63b-77ae-9eab-80a49bd8bb7g", "019ca8bb-b63b-77ae-9eab080a49bd8bb7d", "{19ca8bb-b63b-77ae-9eab-80a49bd8bb7}",
		"019ca8bb-b63b-77ae-9eab-80a4-bd8bb7d",
	} {
		id := governance.EventID{1}
		if err := id.UnmarshalText([]byte(text)); err == nil || id != (governance.EventID{1}) {
			t.Errorf("%q: got %s, %v", text, id, err)
		}
	}
}

func FuzzEventID(f *testing.F) {
	f.Add([]byte("019ca8bb-b63b-77ae-9eab-80a49bd8bb7d"))
	f.Add([]byte("019CA8BB-B63B-77AE-9EAB-80A49BD8BB7D"))
	f.Add([]byte("------------------------------------"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var id governance.EventID
		if err := id.UnmarshalText(text); err != nil {
			return
		}
		if !strings.EqualFold(id.String(), string(text)) {
			t.Fatalf("%q becomes %s", text, id)
		}
	})
}
