package governancetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/shugo-data/shugo/governance"
)

// SinkHarness is a sink under test and what a suite needs to look behind it. Sink, Records and Pseudonyms are required.
type SinkHarness struct {
	// Sink is the sink under test, with nothing on record.
	Sink governance.AuditSink
	// Records returns everything that is on record, in any order. A sink that writes into a transaction of the caller's, or
	// that promises less than to have written when it returns, is first made to do what it promises.
	Records func(ctx context.Context) ([]governance.Record, error)
	// Pseudonyms are those under which the sink stores persons.
	Pseudonyms governance.Pseudonyms
	// Dump returns the bytes that the sink has stored, such as a file or a table as text, in which the suite looks for raw
	// identifiers. Nil: the suite looks only into Records.
	Dump func(ctx context.Context) ([]byte, error)
	// Stall makes the place where the sink stores give no answer, for instance by locking its table, until release is
	// called. Nil: the check ReturnsWhenContextEnds does not run.
	Stall func() (release func())
}

// TestSink checks the contract of governance.AuditSink with a subtest for each of its sentences. Each subtest calls open
// for a sink of its own; they run in parallel.
func TestSink(t *testing.T, open func(t *testing.T) SinkHarness) {
	t.Helper()
	test(t, sinkChecks(), open)
}

// CheckSink runs the checks of TestSink one after the other and returns nil, or Violations. It calls open for each.
// Checks for which the harness lacks a function are left out.
func CheckSink(ctx context.Context, open func() (SinkHarness, error)) error {
	return collect(ctx, sinkChecks(), open)
}

func sinkChecks() []check[SinkHarness] {
	return []check[SinkHarness]{
		{"Found", SinkHarness.found},
		{"EveryKind", SinkHarness.everyKind},
		{"EveryFact", SinkHarness.everyFact},
		{"Times", SinkHarness.times},
		{"Rows", SinkHarness.rows},
		{"Names", SinkHarness.names},
		{"Persons", SinkHarness.persons},
		{"NoRawPersons", SinkHarness.noRawPersons},
		{"IDs", SinkHarness.ids},
		{"Repeated", SinkHarness.repeated},
		{"RepeatedAtOnce", SinkHarness.repeatedAtOnce},
		{"FirstStays", SinkHarness.firstStays},
		{"Concurrent", SinkHarness.concurrent},
		{"EndedContext", SinkHarness.endedContext},
		{"ContextEndsMidway", SinkHarness.contextEndsMidway},
		{"ReturnsWhenContextEnds", SinkHarness.returnsWhenContextEnds},
		{"SlicesNotKept", SinkHarness.slicesNotKept},
		{"SlicesNotChanged", SinkHarness.slicesNotChanged},
	}
}

// record hands events to the sink, one after the other.
func (h SinkHarness) record(ctx context.Context, events ...governance.Event) error {
	for _, e := range events {
		if err := h.Sink.Record(ctx, e); err != nil {
			return fmt.Errorf("%s event refused: %w", e.Kind, err)
		}
	}
	return nil
}

// expect reports whether the sink holds one record of each event, and no other.
func (h SinkHarness) expect(ctx context.Context, events ...governance.Event) error {
	found, err := h.byKey(ctx)
	if err != nil {
		return err
	}
	for _, e := range events {
		key := eventKey{e.ID, e.Kind}
		switch records := found[key]; {
		case len(records) == 0:
			return fmt.Errorf("%s event of call %s: taken without an error, but not on record", e.Kind, e.ID)
		case len(records) > 1:
			return fmt.Errorf("%s event of call %s: %d records, want 1", e.Kind, e.ID, len(records))
		default:
			if diff := difference(e.Record(h.Pseudonyms), records[0]); diff != "" {
				return fmt.Errorf("%s event of call %s: %s", e.Kind, e.ID, diff)
			}
		}
		delete(found, key)
	}
	for key := range found {
		return fmt.Errorf("a record of call %s and kind %q, which nobody handed over", key.id, key.kind)
	}
	return nil
}

func (h SinkHarness) byKey(ctx context.Context) (map[eventKey][]governance.Record, error) {
	if h.Pseudonyms.IsZero() {
		return nil, fmt.Errorf("the harness has no pseudonyms")
	}
	records, err := h.Records(ctx)
	if err != nil {
		return nil, fmt.Errorf("read back: %w", err)
	}
	found := map[eventKey][]governance.Record{}
	for _, r := range records {
		key := eventKey{r.ID, r.Kind}
		found[key] = append(found[key], r)
	}
	return found, nil
}

// recordAndExpect hands events over and looks for them.
func (h SinkHarness) recordAndExpect(ctx context.Context, events ...governance.Event) error {
	if err := h.record(ctx, events...); err != nil {
		return err
	}
	return h.expect(ctx, events...)
}
