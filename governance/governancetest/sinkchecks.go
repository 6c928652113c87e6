package governancetest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/shugo-data/shugo/governance"
)

func (h SinkHarness) found(ctx context.Context) error {
	if err := h.expect(ctx); err != nil {
		return fmt.Errorf("a new sink: %w", err)
	}
	return h.recordAndExpect(ctx, full(governance.Attempt))
}

// everyKind has calls with all kinds of event under one ID, in the order in which they happen and in another.
func (h SinkHarness) everyKind(ctx context.Context) error {
	var events []governance.Event
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}} {
		id := newID()
		for _, i := range order {
			e := full(kinds()[i])
			e.ID = id
			events = append(events, e)
		}
	}
	return h.recordAndExpect(ctx, events...)
}

// everyFact has events with all facts, with only the guaranteed ones, and with each word of the closed vocabularies.
func (h SinkHarness) everyFact(ctx context.Context) error {
	var events []governance.Event
	for _, kind := range kinds() {
		events = append(events, full(kind), sparse(kind))
	}
	for _, action := range governance.Actions() {
		e := full(governance.Effect)
		e.Action = action
		events = append(events, e)
	}
	for i, reason := range reasons() {
		e := full(governance.Denial)
		e.Reason, e.Stage = reason, stages()[i%len(stages())]
		events = append(events, e)
	}
	reversed, single := full(governance.Effect), full(governance.Effect)
	slices.Reverse(reversed.Categories)
	slices.Reverse(reversed.Masked)
	single.Categories, single.Masked = single.Categories[:1], single.Masked[:1]
	return h.recordAndExpect(ctx, append(events, reversed, single)...)
}

func (h SinkHarness) times(ctx context.Context) error {
	var events []governance.Event
	for _, at := range []time.Time{
		time.Date(1970, 1, 1, 0, 0, 0, 1_000, time.UTC),
		time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(2024, 2, 29, 23, 59, 59, 999_999_000, time.UTC),
		time.Date(2026, 7, 1, 3, 4, 5, 0, time.UTC),
		time.Date(2026, 7, 1, 3, 4, 5, 1_000, time.UTC),
		time.Date(2400, 1, 1, 0, 0, 0, 120_000_000, time.UTC),
	} {
		e := full(governance.Effect)
		e.Time = at
		events = append(events, e)
	}
	return h.recordAndExpect(ctx, events...)
}

func (h SinkHarness) rows(ctx context.Context) error {
	var events []governance.Event
	for _, rows := range []int64{governance.NotCounted, 0, 1, math.MaxInt32 + 1, 1<<53 + 1, math.MaxInt64} {
		e := full(governance.Effect)
		e.Rows = rows
		events = append(events, e)
	}
	return h.recordAndExpect(ctx, events...)
}

func (h SinkHarness) names(ctx context.Context) error {
	var events []governance.Event
	for _, name := range awkward() {
		e := full(governance.Attempt)
		e.Operation, e.Store, e.Dataset, e.Rule = name, name, name, name
		e.Purpose, e.Categories = governance.Purpose(name), []governance.Category{"before", governance.Category(name), "after"}
		e.Masked = []string{name, "after"}
		events = append(events, e)
	}
	return h.recordAndExpect(ctx, events...)
}

// persons has each way in which an event can be about persons.
func (h SinkHarness) persons(ctx context.Context) error {
	var events []governance.Event
	for _, pair := range [][2]governance.Subject{
		{"learner-7", "learner-8"}, {"learner-8", "learner-7"}, {"learner-7", "learner-7"},
		{"learner-7", ""}, {"", "learner-7"}, {"", ""}, {"Learner-7", "learner-7 "}, {"system:sweeper", "山田 太郎"},
	} {
		e := full(governance.Effect)
		e.Actor, e.Subject = pair[0], pair[1]
		events = append(events, e)
	}
	for _, name := range awkward() {
		e := full(governance.Effect)
		e.Actor, e.Subject = governance.Subject(name), governance.Subject("about "+name)
		events = append(events, e)
	}
	return h.recordAndExpect(ctx, events...)
}

// noRawPersons looks for identifiers, and for what is as easily read, in everything that is stored.
func (h SinkHarness) noRawPersons(ctx context.Context) error {
	raw := []string{fmt.Sprintf("actor.%s@example.org", newID()), fmt.Sprintf("subject.%s@example.org", newID())}
	for _, kind := range kinds() {
		e := full(kind)
		e.Actor, e.Subject = governance.Subject(raw[0]), governance.Subject(raw[1])
		if err := h.record(ctx, e); err != nil {
			return err
		}
	}
	records, err := h.Records(ctx)
	if err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	stored := []byte(fmt.Sprintf("%+v", records))
	if h.Dump != nil {
		dump, err := h.Dump(ctx)
		if err != nil {
			return fmt.Errorf("dump: %w", err)
		}
		stored = append(stored, dump...)
	}
	for _, identifier := range raw {
		for _, form := range []string{identifier, strings.ToUpper(identifier), hex.EncodeToString([]byte(identifier)),
			base64.StdEncoding.EncodeToString([]byte(identifier))} {
			if bytes.Contains(stored, []byte(form)) {
				return fmt.Errorf("the identifier %q of a person is stored as %q", identifier, form)
			}
		}
	}
	return nil
}

// ids has identifiers that differ in a single byte.
func (h SinkHarness) ids(ctx context.Context) error {
	id := newID()
	first := full(governance.Attempt)
	first.ID = id
	events := []governance.Event{first}
	for i := range id {
		e := full(governance.Attempt)
		e.ID = id
		e.ID[i] ^= 0xa5
		events = append(events, e)
	}
	return h.recordAndExpect(ctx, events...)
}

func (h SinkHarness) repeated(ctx context.Context) error {
	first, second := full(governance.Attempt), full(governance.Effect)
	second.ID = first.ID
	if err := h.record(ctx, first, second, first, second, second, first); err != nil {
		return fmt.Errorf("handed over again: %w", err)
	}
	return h.expect(ctx, first, second)
}

func (h SinkHarness) repeatedAtOnce(ctx context.Context) error {
	events := []governance.Event{full(governance.Attempt), full(governance.Effect), full(governance.Denial)}
	err := parallel(goroutines, func(int) error { return h.record(ctx, events...) })
	if err != nil {
		return fmt.Errorf("handed over by %d goroutines: %w", goroutines, err)
	}
	return h.expect(ctx, events...)
}

// firstStays hands over an event that is on record already with other facts.
func (h SinkHarness) firstStays(ctx context.Context) error {
	first := full(governance.Denial)
	second := sparse(governance.Denial)
	second.ID, second.Action, second.Actor = first.ID, governance.Export, "somebody else"
	if err := h.record(ctx, first, second); err != nil {
		return fmt.Errorf("handed over again: %w", err)
	}
	return h.expect(ctx, first)
}
