package governance_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/shugo-data/shugo/governance"
)

// canary stands for a person's identifier, and for what the person wrote.
const canary = "canary-7f3a"

// requireNoCanary fails when one of the renderings shows the canary: plain, in hexadecimal, in base64 or byte by byte.
func requireNoCanary(t *testing.T, what string, renderings ...string) {
	t.Helper()
	raw := []byte(canary)
	decimal := fmt.Sprint(raw)
	hidden := []string{
		canary, hex.EncodeToString(raw), base64.StdEncoding.EncodeToString(raw), decimal[1 : len(decimal)-1],
	}
	for _, text := range renderings {
		for _, h := range hidden {
			if strings.Contains(strings.ToLower(text), strings.ToLower(h)) {
				t.Errorf("%s shows the canary: %s", what, text)
			}
		}
	}
}

// canaryErrors are the shapes of error in which a host may return a value.
func canaryErrors() map[string]error {
	value := quoting{Value: canary, State: canary}
	pointer := &value
	return map[string]error{
		"value": value, "pointer": pointer, "text": errors.New(canary), "wrapped": fmt.Errorf("%s: %w", canary, value),
		"joined": errors.Join(value, errors.New(canary)), "list": listing{canary, canary},
		"panicked": &governance.PanicError{Value: value}, "nested": &governance.DeniedError{Operation: "inner"},
	}
}

// listing is an error that is a slice, and so cannot be compared.
type listing []string

func (l listing) Error() string { return strings.Join(l, " ") }

// place is one at which a host can return an error or panic.
type place string

func places() []place {
	return []place{"subject", "created", "policy", "register", "check", "attempt", "next", "mask", "rows", "effect", "nothing"}
}

// TestCanary plants a canary at every place a host can put one, as an error and as a panic, and renders everything that
// comes out of the package: errors, events, records, explanations, decisions and the log.
func TestCanary(t *testing.T) {
	t.Parallel()
	for shape, err := range canaryErrors() {
		for _, at := range places() {
			for _, panics := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/panics=%t", shape, at, panics), func(t *testing.T) {
					t.Parallel()
					h := &hostile{at: at, err: err, panics: panics}
					h.run(t)
					if len(h.out) < 8 {
						t.Errorf("only %d values came out", len(h.out))
					}
					for _, v := range h.out {
						if shape == "value" || mayQuote(v) {
							requireHidden(t, v)
						}
					}
					requireNoCanary(t, "the log", h.log.String())
				})
			}
		}
	}
}

// mayQuote reports whether a value differs with the error of the host: only errors and explanations do.
func mayQuote(v any) bool {
	switch v.(type) {
	case error, governance.Explanation, string:
		return true
	}
	return false
}

// hostile is a host that fails at one place. Everything that it gets from the package it keeps in out.
type hostile struct {
	at     place
	err    error
	panics bool
	log    bytes.Buffer
	out    []any
}

// fail returns the error or panics with it, at one place.
func (h *hostile) fail(at place) error {
	if at != h.at {
		return nil
	}
	if h.panics {
		panic(h.err)
	}
	return h.err
}

// must is fail where a function cannot return an error.
func (h *hostile) must(at place) {
	if err := h.fail(at); err != nil {
		panic(err)
	}
}

func (h *hostile) guard(t *testing.T) *governance.Guard {
	t.Helper()
	p := pseudonyms(t, 1)
	g, err := governance.New(governance.Config{
		Manifest: diary(), Clock: now, Logger: slog.New(slog.NewJSONHandler(&h.log, nil)),
		Audit: governance.Vouch(governance.AuditSinkFunc(func(_ context.Context, e governance.Event) error {
			h.out = append(h.out, e, e.Record(p), e.Facts)
			if e.Kind == governance.Attempt {
				return h.fail("attempt")
			}
			return h.fail("effect")
		}), governance.Durable),
		Policies: []governance.Policy{governance.PolicyFunc(func(_ context.Context, q governance.Request) (
			governance.Verdict, error) {
			h.out = append(h.out, q, q.Caller)
			return governance.Verdict{Opinion: governance.Allow, Mask: []string{"text"}}, h.fail("policy")
		})},
		Register: governance.RegisterFunc(func(context.Context, governance.Subject, governance.Purpose) (
			governance.Standing, error) {
			return governance.Standing{Consented: true}, h.fail("register")
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// run makes every kind of call and question.
func (h *hostile) run(t *testing.T) {
	g := h.guard(t)
	op := governance.Operation[query, entry]{
		Name: "read", Dataset: "entries", Action: governance.Read,
		Subject: func(q query) governance.Subject { h.must("subject"); return q.Writer },
		Created: func(q query) time.Time { h.must("created"); return q.Made },
		Mask:    map[string]func(*entry){"text": func(*entry) { h.must("mask") }},
		Rows:    func(entry) int { h.must("rows"); return 1 },
	}
	next := func(context.Context, query) (entry, error) {
		return entry{Writer: canary, Text: canary}, h.fail("next")
	}
	check := func(context.Context, query) error { return h.fail("check") }
	seq := func(ctx context.Context, q query) iter.Seq2[entry, error] {
		return func(yield func(entry, error) bool) { yield(next(ctx, q)) }
	}
	listed := op
	listed.Name = "list"
	read, list := governance.Wrap(g, op, next, check), governance.WrapSeq(g, listed, seq, check)
	in := query{Writer: canary, Made: now()}
	roles := []string{"writer"}
	if h.at == "nothing" || h.at == "effect" { // guests get no further than the rules, and their denial on record
		roles = append(roles, "guest")
	}
	for _, role := range roles {
		ctx := governance.WithTrace(as(canary, "care", role), func(e governance.Explanation) { h.out = append(h.out, e) })
		h.keep(func() error { _, err := read(ctx, in); return err })
		h.keep(func() (failure error) {
			for _, err := range list(ctx, in) {
				failure = err
			}
			return failure
		})
		h.keep(func() error {
			for range list(ctx, in) {
				break
			}
			return nil
		})
		e, err := governance.Explain(ctx, g, op, in, check)
		if err != nil {
			t.Error(err)
		}
		q := governance.Question{Category: "entries", Action: governance.Read, Subject: canary}
		h.out = append(h.out, e, e.String(), q, g.Decide(ctx, q))
	}
}

// keep runs a call and keeps its error, and all that the package has put into it.
func (h *hostile) keep(call func() error) {
	defer func() { _ = recover() }() // a panic of next goes on with the host's value
	h.keepError(call())
}

func (h *hostile) keepError(err error) {
	if err == nil || !strings.Contains(reflect.TypeOf(err).String(), "*governance.") {
		return // what the host returned is its own, and shows what it likes
	}
	h.out = append(h.out, err)
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			h.keepError(inner)
		}
	case interface{ Unwrap() error }:
		h.keepError(e.Unwrap())
	}
}

// requireHidden renders a value in every way that a host may, alone and inside others.
func requireHidden(t *testing.T, v any) {
	t.Helper()
	for name, c := range containers(v) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			requireNoCanary(t, fmt.Sprintf("%s of %T as %s", verb, v, name), fmt.Sprintf(verb, c))
		}
		text, err := json.Marshal(c)
		requireNoCanary(t, fmt.Sprintf("JSON of %T as %s", v, name), string(text), fmt.Sprint(err))
		var log bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
			slog.New(handler).Info("log", "v", c, slog.Group("group", "v", c))
		}
		requireNoCanary(t, fmt.Sprintf("the log of %T as %s", v, name), log.String())
	}
	if err, ok := v.(error); ok {
		requireNoCanary(t, "Error", err.Error(), fmt.Errorf("wrapped: %w", err).Error(), errors.Join(err, err).Error())
	}
}

// containers returns a value inside pointers, slices, maps and structs.
func containers(v any) map[string]any {
	typ := reflect.TypeOf(v)
	pointer := reflect.New(typ)
	pointer.Elem().Set(reflect.ValueOf(v))
	slice := reflect.Append(reflect.MakeSlice(reflect.SliceOf(typ), 0, 1), reflect.ValueOf(v))
	pointers := reflect.Append(reflect.MakeSlice(reflect.SliceOf(pointer.Type()), 0, 1), pointer)
	values := reflect.MakeMap(reflect.MapOf(reflect.TypeFor[string](), typ))
	values.SetMapIndex(reflect.ValueOf("key"), reflect.ValueOf(v))
	return map[string]any{
		"itself": v, "a pointer": pointer.Interface(), "a slice": slice.Interface(), "a slice of pointers": pointers.Interface(),
		"a map": values.Interface(), "a slice of any": []any{v}, "a field": struct{ V any }{v},
		"a pointer in a field": struct{ V any }{pointer.Interface()},
	}
}
