package main

import (
	"syscall"
	"testing"
)

func TestParseStat(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		stat string
		want process
		ok   bool
	}{
		"plain":         {stat: "7 (cat) S 3 5 5 0 -1", want: process{7, 3, 5}, ok: true},
		"odd name":      {stat: "7 (a) Z 9) (b) R 3 5 5 0 -1\n", want: process{7, 3, 5}, ok: true},
		"zombie":        {stat: "7 (cat) Z 3 5 5 0 -1"},
		"cut off":       {stat: "7 (cat) S 3"},
		"not a number":  {stat: "7 (cat) S x 5 5"},
		"nothing":       {},
		"no parenthese": {stat: "S 3 5", want: process{7, 3, 5}, ok: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := parseStat(7, []byte(test.stat))
			if ok != test.ok || ok && got != test.want {
				t.Errorf("got %+v, %t, want %+v, %t", got, ok, test.want, test.ok)
			}
		})
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add([]byte("7 (cat) S 3 5 5 0 -1"))
	f.Fuzz(func(t *testing.T, stat []byte) {
		if p, ok := parseStat(7, stat); ok && p.pid != 7 {
			t.Errorf("%q: got %+v", stat, p)
		}
	})
}

// Descendants are ended also when they are in another group.
func TestEndFamily(t *testing.T) {
	t.Parallel()
	pid, wait := shell(t, "setsid sleep 1000 >/dev/null & while ! grep -q sleep /proc/$!/comm; do :; done")
	members := family(pid)
	if len(members) < 2 {
		t.Fatalf("got %v, want the shell and its child", members)
	}
	end(pid, syscall.SIGTERM)
	for _, member := range members {
		if alive(member) {
			t.Errorf("%d is left of %v", member, members)
		}
	}
	wait()
}
