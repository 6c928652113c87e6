package pgsink_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

func TestInTxCommitsTheWriteWithItsEffect(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	write := pgsink.InTx(b.sink, governance.Wrap(b.guard(t), operation("note.add"), b.insert))
	if _, err := write(writer(), note{"one"}); err != nil {
		t.Fatal(err)
	}
	want := map[governance.Kind]int{governance.Attempt: 1, governance.Effect: 1}
	if diff := cmp.Diff(want, b.kinds(t)); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	if n := b.count(t, `SELECT count(*) FROM {s}.note`); n != 1 {
		t.Errorf("%d notes: want 1", n)
	}
	if n := b.orphans(t); n != 0 {
		t.Errorf("%d writes or effects without the other in the same transaction", n)
	}
}
