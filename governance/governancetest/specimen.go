package governancetest

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/shugo-data/shugo/governance"
)

// newID returns an identifier that no other event of any run of the suite has, since stores may outlive a run.
func newID() (id governance.EventID) {
	binary.BigEndian.PutUint64(id[:8], uint64(time.Now().UnixMilli())<<16|0x7000|rand.Uint64()&0x0fff)
	binary.BigEndian.PutUint64(id[8:], 1<<63|rand.Uint64()>>2)
	return id
}

// sparse returns an event that has only what is guaranteed to a sink.
func sparse(kind governance.Kind) governance.Event {
	return governance.Event{Facts: governance.Facts{
		ID: newID(), Kind: kind, Time: time.Date(2026, 3, 1, 12, 30, 15, 123_456_000, time.UTC), Action: governance.Read,
		Version: "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Rows: governance.NotCounted,
	}}
}

// full returns an event that has all that an event of its kind can have.
func full(kind governance.Kind) governance.Event {
	e := sparse(kind)
	e.Operation, e.Store, e.Dataset = "messages.list", "postgresql", "conversation_messages"
	e.Categories = []governance.Category{governance.UserData, governance.ConversationData, governance.AnalyticsData}
	e.Purpose, e.Rule = "tutoring", "learners-have-their-own-data"
	e.Actor, e.Subject = "support-1", "learner-7"
	switch kind {
	case governance.Denial:
		e.Stage, e.Reason = governance.StageCompliance, governance.ReasonNoConsent
	case governance.Failure:
		e.Reason, e.Rows = governance.ReasonCallFailed, 3
	case governance.Effect:
		e.Rows = 41
		e.Masked = []string{"user_id", "content", "email"}
	case governance.Attempt:
		e.Masked = []string{"user_id", "content", "email"}
	}
	return e
}

func kinds() []governance.Kind {
	return []governance.Kind{governance.Attempt, governance.Denial, governance.Effect, governance.Failure}
}

func stages() []governance.Stage {
	return []governance.Stage{governance.StageAccess, governance.StageCompliance, governance.StageRetention,
		governance.StageQuality, governance.StageAudit}
}

func reasons() []governance.Reason {
	return []governance.Reason{
		governance.ReasonNoCaller, governance.ReasonUnknownRole, governance.ReasonUnknownPurpose, governance.ReasonUnknown,
		governance.ReasonNoRule, governance.ReasonDenied, governance.ReasonNotOwner, governance.ReasonPurpose,
		governance.ReasonNoConsent, governance.ReasonRestricted, governance.ReasonHeld, governance.ReasonPolicy,
		governance.ReasonExpired, governance.ReasonCheck, governance.ReasonUnrecorded, governance.ReasonCanceled,
		governance.ReasonHostFailed, governance.ReasonCallFailed, governance.ReasonPanic, governance.ReasonLeftEarly,
	}
}

// awkward are names that a store or a file format could mistake for something else.
func awkward() []string {
	return []string{
		`it's "quoted"`, "`back` 'ticks'", `100%_done`, `back\slash\`, `{a,"b",NULL}`, `NULL`, `null`, `[]`, `0`, `-1`,
		`'; DROP TABLE audit; --`, `$1 :name ? @p %s %!d(MISSING)`, `{"json":true}`, `<b>&amp;</b>`, `a,b;c|d` + "\te",
		"two\nlines\r\n", " spaces around ", "日本語の会話", "e\u0301 and \u00e9", "👩‍🎓", "\u202eright to left", "\u2028", "\ufeff",
		"Ünï", "ｶﾅ", strings.Repeat("長", 300),
	}
}

// difference describes the first difference between two records, or is empty.
func difference(want, got governance.Record) string {
	fields := []struct{ name, want, got string }{
		{"Time", want.Time.Format(time.RFC3339Nano), got.Time.Format(time.RFC3339Nano)},
		{"Operation", strconv.Quote(want.Operation), strconv.Quote(got.Operation)},
		{"Store", strconv.Quote(want.Store), strconv.Quote(got.Store)},
		{"Dataset", strconv.Quote(want.Dataset), strconv.Quote(got.Dataset)},
		{"Categories", fmt.Sprintf("%q", want.Categories), fmt.Sprintf("%q", got.Categories)},
		{"Action", strconv.Quote(string(want.Action)), strconv.Quote(string(got.Action))},
		{"Purpose", strconv.Quote(string(want.Purpose)), strconv.Quote(string(got.Purpose))},
		{"Version", strconv.Quote(string(want.Version)), strconv.Quote(string(got.Version))},
		{"Stage", strconv.Quote(string(want.Stage)), strconv.Quote(string(got.Stage))},
		{"Rule", strconv.Quote(want.Rule), strconv.Quote(got.Rule)},
		{"Reason", strconv.Quote(string(want.Reason)), strconv.Quote(string(got.Reason))},
		{"Rows", fmt.Sprint(want.Rows), fmt.Sprint(got.Rows)},
		{"Masked", fmt.Sprintf("%q", want.Masked), fmt.Sprintf("%q", got.Masked)},
		{"Actor", strconv.Quote(string(want.Actor)), strconv.Quote(string(got.Actor))},
		{"Subject", strconv.Quote(string(want.Subject)), strconv.Quote(string(got.Subject))},
	}
	for _, f := range fields {
		if f.want != f.got {
			return fmt.Sprintf("%s is %.200s on record, want %.200s", f.name, f.got, f.want)
		}
	}
	return ""
}
