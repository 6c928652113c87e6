package walsink_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/governancetest"
	"github.com/shugo-data/shugo/governance/walsink"
)

// TestSink holds the sink against the contract of governance.AuditSink, with all events in the files.
func TestSink(t *testing.T) {
	t.Parallel()
	governancetest.TestSink(t, func(t *testing.T) governancetest.SinkHarness {
		dir := t.TempDir()
		sink := open(t, walsink.Config{Dir: dir, SegmentBytes: 16 << 10})
		return governancetest.SinkHarness{
			Sink: sink, Pseudonyms: pseudonyms(t), Stall: sink.Stall,
			Records: func(context.Context) ([]governance.Record, error) { return collect(dir) },
			Dump:    func(context.Context) ([]byte, error) { return dump(dir) },
		}
	})
}

// TestSinkWithWrites holds the sink against the contract when another one takes the effects of writes.
func TestSinkWithWrites(t *testing.T) {
	t.Parallel()
	governancetest.TestSink(t, func(t *testing.T) governancetest.SinkHarness {
		dir := t.TempDir()
		var writes governancetest.Sink
		sink := open(t, walsink.Config{Dir: dir, Writes: &writes})
		return governancetest.SinkHarness{
			Sink: sink, Pseudonyms: pseudonyms(t), Stall: sink.Stall,
			Records: func(context.Context) ([]governance.Record, error) {
				records, err := collect(dir)
				return append(records, writes.Records(pseudonyms(t))...), err
			},
		}
	})
}

func pseudonyms(tb testing.TB) governance.Pseudonyms {
	tb.Helper()
	p, err := governance.NewPseudonyms([]byte("a key for tests of thirty-two b."))
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// open returns a sink that is shut down at the test's end.
func open(tb testing.TB, c walsink.Config) *walsink.Sink {
	tb.Helper()
	c.Pseudonyms = pseudonyms(tb)
	sink, err := walsink.New(c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { sink.Shutdown(context.Background()) })
	return sink
}

// collect returns the records of a directory.
func collect(dir string) ([]governance.Record, error) {
	var records []governance.Record
	for r, err := range walsink.Records(dir) {
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, nil
}

// dump returns the bytes of all files of a directory.
func dump(dir string) ([]byte, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return nil, err
	}
	var all [][]byte
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return bytes.Join(all, nil), nil
}
