package governance_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

func pseudonyms(t testing.TB, fill byte) governance.Pseudonyms {
	t.Helper()
	p, err := governance.NewPseudonyms(bytes.Repeat([]byte{fill}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPseudonyms(t *testing.T) {
	t.Parallel()
	p, same, other := pseudonyms(t, 1), pseudonyms(t, 1), pseudonyms(t, 2)
	if p.Of("ann") != same.Of("ann") {
		t.Error("equal persons have different pseudonyms under one key")
	}
	if p.Of("ann") == p.Of("bob") {
		t.Error("different persons have one pseudonym")
	}
	if p.Of("ann") == other.Of("ann") {
		t.Error("the pseudonym does not depend on the key")
	}
	if got := p.Of(""); got != "" {
		t.Errorf("nobody has the pseudonym %q", got)
	}
	// HMAC-SHA-256 of "ann" under 32 bytes of 0x01, cut to 128 bits; computed with openssl.
	if got, want := p.Of("ann"), governance.Pseudonym("d6b4fe4fb5a556eadede70c66740f387"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPseudonymsNeedAKey(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 31} {
		p, err := governance.NewPseudonyms(make([]byte, n))
		if err == nil || !p.IsZero() {
			t.Errorf("a key of %d bytes is accepted", n)
		}
	}
	if p := (governance.Pseudonyms{}); !p.IsZero() || p.Of("ann") != "" {
		t.Error("the zero Pseudonyms makes pseudonyms")
	}
	if pseudonyms(t, 1).IsZero() {
		t.Error("Pseudonyms with a key are zero")
	}
}

func TestPseudonymsKeepACopyOfTheKey(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte{1}, 32)
	p, err := governance.NewPseudonyms(key)
	if err != nil {
		t.Fatal(err)
	}
	before := p.Of("ann")
	clear(key)
	if p.Of("ann") != before {
		t.Error("changing the caller's slice changes the key")
	}
}

func TestPseudonymsNeverRenderTheirKey(t *testing.T) {
	t.Parallel()
	p, err := governance.NewPseudonyms([]byte(canary + "-and-enough-bytes-for-a-key"))
	if err != nil {
		t.Fatal(err)
	}
	decimal := fmt.Sprint([]byte(canary))
	decimal = decimal[1 : len(decimal)-1]
	for _, v := range []any{p, &p, []governance.Pseudonyms{p}, struct{ p governance.Pseudonyms }{p}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%t", "%c"} {
			text := fmt.Sprintf(verb, v)
			requireNoCanary(t, verb, text)
			if bytes.Contains([]byte(text), []byte(decimal)) {
				t.Errorf("%s shows the bytes of the key: %s", verb, text)
			}
		}
		text, err := json.Marshal(v)
		requireNoCanary(t, "JSON", string(text), fmt.Sprint(err))
	}
}

func TestEventRecord(t *testing.T) {
	t.Parallel()
	p := pseudonyms(t, 1)
	e := governance.Event{
		Facts: governance.Facts{Kind: governance.Effect, Operation: "entries.read", Rows: 3},
		Actor: "ann", Subject: "bob",
	}
	want := governance.Record{Facts: e.Facts, Actor: p.Of("ann"), Subject: p.Of("bob")}
	if diff := cmp.Diff(want, e.Record(p)); diff != "" {
		t.Errorf("record differs (-want +got):\n%s", diff)
	}
	e.Subject = ""
	if got := e.Record(p); got.Subject != "" {
		t.Errorf("an event about nobody has the subject %q", got.Subject)
	}
	if got := e.Record(governance.Pseudonyms{}); got.Actor != "" {
		t.Errorf("without a key the actor is %q", got.Actor)
	}
}

func BenchmarkPseudonym(b *testing.B) {
	p, err := governance.NewPseudonyms(make([]byte, 32))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		p.Of("learner-4711")
	}
}
