package governance_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

func TestSubjectShowsItselfToNobody(t *testing.T) {
	t.Parallel()
	const ann governance.Subject = canary
	for verb, want := range map[string]string{
		"%v": "[redacted]", "%+v": "[redacted]", "%#v": `"[redacted]"`, "%s": "[redacted]", "%q": `"[redacted]"`,
		"%x": "[redacted]", "%X": "[redacted]", "%d": "[redacted]", "%t": "[redacted]", "%10.3s": "[redacted]",
	} {
		if got := fmt.Sprintf(verb, ann); got != want {
			t.Errorf("%s: got %s, want %s", verb, got, want)
		}
	}
	type record struct {
		Who  governance.Subject
		More []any
	}
	held := record{ann, []any{ann, []governance.Subject{ann}, map[governance.Subject]governance.Subject{ann: ann}}}
	for _, v := range []any{ann, held, &held, []record{held}, map[string]record{"a": held}, fmt.Errorf("about %v", ann)} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X"} {
			requireNoCanary(t, verb, fmt.Sprintf(verb, v))
		}
	}
	requireNoCanary(t, "Sprint", fmt.Sprint(ann), fmt.Sprintln(held), ann.String())
}

func TestSubjectInEncodings(t *testing.T) {
	t.Parallel()
	const ann governance.Subject = canary
	values := map[string]any{"one": ann, "list": []governance.Subject{ann}, "value": map[string]governance.Subject{"a": ann}}
	got, err := json.Marshal(values)
	if want := `{"list":["[redacted]"],"one":"[redacted]","value":{"a":"[redacted]"}}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	got, err = xml.Marshal(struct{ Who governance.Subject }{ann})
	requireNoCanary(t, "XML", string(got), fmt.Sprint(err))
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info("log", "subject", ann, slog.Group("group", "list", []governance.Subject{ann}), "pointer", &named{ann})
	}
	requireNoCanary(t, "log", log.String())
}

type named struct{ Who governance.Subject }

func TestEmptySubjectShowsNothing(t *testing.T) {
	t.Parallel()
	const nobody governance.Subject = ""
	got, err := json.Marshal(nobody)
	if fmt.Sprint(nobody) != "" || nobody.String() != "" || string(got) != `""` || err != nil ||
		nobody.LogValue().String() != "" || fmt.Sprintf("%q", nobody) != `""` {
		t.Errorf("nobody shows as %q and %s", nobody, got)
	}
}

func TestActions(t *testing.T) {
	t.Parallel()
	want := []governance.Action{"create", "read", "update", "delete", "export", "erase", "restore"}
	if diff := cmp.Diff(want, governance.Actions()); diff != "" {
		t.Errorf("actions differ (-want +got):\n%s", diff)
	}
	governance.Actions()[0] = ""
	if governance.Actions()[0] != governance.Create {
		t.Error("callers share the slice of actions")
	}
}

// TestTypesWithSubjectsHideThemBehindPointers renders pointers inside other values with verbs that do not fit a pointer,
// for which package fmt goes around the methods of what it points to.
func TestTypesWithSubjectsHideThemBehindPointers(t *testing.T) {
	t.Parallel()
	caller := governance.Caller{ID: canary, Roles: []string{"writer"}}
	event := governance.Event{Actor: canary, Subject: canary}
	question := governance.Question{Subject: canary}
	request := governance.Request{Caller: caller, Subject: canary}
	for _, v := range []any{
		[]*governance.Caller{&caller}, map[string]*governance.Caller{"a": &caller}, &caller, caller,
		[]*governance.Event{&event}, map[string]*governance.Event{"a": &event}, &event, event,
		[]*governance.Question{&question}, struct{ Q *governance.Question }{&question}, &question, question,
		[]*governance.Request{&request}, struct{ Q *governance.Request }{&request}, &request, request,
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%c"} {
			requireNoCanary(t, verb, fmt.Sprintf(verb, v))
		}
	}
	want := "governance.plain{ID:\"[redacted]\", Roles:[]string{\"writer\"}, Purpose:\"\"}"
	if got := fmt.Sprintf("%#v", caller); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := fmt.Sprintf("%+v", caller), "{ID:[redacted] Roles:[writer] Purpose:}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var none *governance.Caller
	if got := fmt.Sprint(none); got != "<nil>" {
		t.Errorf("got %s", got)
	}
}
