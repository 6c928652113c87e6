package pgpolicy_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"net"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgpolicy"
)

// trips counts the messages that ask a server to answer: Sync of the extended protocol, Query of the simple one.
type trips struct {
	net.Conn
	count *atomic.Int64
	begun bool // the first message has no type
}

func (l *trips) Write(p []byte) (int, error) {
	if !l.begun {
		l.begun = true
		return l.Conn.Write(p)
	}
	for rest := p; len(rest) >= 5; { // pgx writes whole messages
		if rest[0] == 'S' || rest[0] == 'Q' {
			l.count.Add(1)
		}
		rest = rest[1+binary.BigEndian.Uint32(rest[1:]):]
	}
	return l.Conn.Write(p)
}

// TestDriftIsOneRoundTrip counts from the first use of a connection on.
func TestDriftIsOneRoundTrip(t *testing.T) {
	t.Parallel()
	p := newPlace(t, tutorSQL(t), standingTable)
	policy := p.apply(t, tutor())
	config, err := pgx.ParseConfig(p.address)
	if err != nil {
		t.Fatal(err)
	}
	var count atomic.Int64
	dial := config.DialFunc
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		return &trips{Conn: conn, count: &count}, err
	}
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for range 3 {
		before := count.Load()
		if _, err := policy.Drift(t.Context(), conn); err != nil {
			t.Fatal(err)
		}
		if n := count.Load() - before; n != 1 {
			t.Errorf("%d round trips, want 1", n)
		}
	}
}

// TestSnapshotNeedsNothing takes snapshots as the application, of a session with another search path, which stays.
func TestSnapshotNeedsNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t, tutorSQL(t), standingTable)
	policy := p.apply(t, tutor())
	admin, err := policy.Snapshot(t.Context(), p.admin)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := p.application.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	if _, err := tx.Exec(t.Context(), "SET search_path = public, governed"); err != nil {
		t.Fatal(err)
	}
	application, err := policy.Snapshot(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(policy.Compare(admin).Differences) + len(policy.Compare(application).Differences); n != 0 {
		t.Errorf("%d differences:\n%s%s", n, policy.Compare(admin), policy.Compare(application))
	}
	var path string
	if err := tx.QueryRow(t.Context(), "SHOW search_path").Scan(&path); err != nil || path != "public, governed" {
		t.Errorf("search path %q, %v", path, err)
	}
}

// TestSnapshotIsCarried has a snapshot judged that came as JSON, and a change change its fingerprint.
func TestSnapshotIsCarried(t *testing.T) {
	t.Parallel()
	p := newPlace(t, tutorSQL(t), standingTable)
	policy := p.apply(t, tutor())
	take := func() pgpolicy.Snapshot {
		s, err := policy.Snapshot(t.Context(), p.admin)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	before := take()
	text, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	var carried pgpolicy.Snapshot
	if err := json.Unmarshal(text, &carried); err != nil {
		t.Fatal(err)
	}
	if carried.Fingerprint() != before.Fingerprint() || len(policy.Compare(carried).Differences) != 0 {
		t.Errorf("carried as JSON: %s, want %s\n%s", carried.Fingerprint(), before.Fingerprint(), policy.Compare(carried))
	}
	p.exec(t, "GRANT SELECT ON users TO PUBLIC")
	if after := take(); after.Fingerprint() == before.Fingerprint() {
		t.Error("a grant does not change the fingerprint")
	}
}

// TestEmptySnapshot compares with a database of which nothing is known.
func TestEmptySnapshot(t *testing.T) {
	t.Parallel()
	c := tutor()
	c.Owner, c.Application = "o", "a"
	policy, err := pgpolicy.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if got := kinds(policy.Compare(pgpolicy.Snapshot{})); len(got) != 1 || got[0] != pgpolicy.RoleMissing {
		t.Errorf("kinds %q", got)
	}
	if _, err := policy.Snapshot(t.Context(), broken{}); err == nil {
		t.Error("no error of a broken connection")
	}
}

// broken is a connection that answers nothing.
type broken struct{ pgx.Row }

func (b broken) QueryRow(context.Context, string, ...any) pgx.Row { return b }

func (broken) Scan(...any) error { return net.ErrClosed }

// FuzzSnapshot reads texts that may be snapshots, and compares with what it gets.
func FuzzSnapshot(f *testing.F) {
	for _, text := range []string{
		`{}`, `null`, `[]`, `{"relations":[{"name":["s"]}]}`,
		`{"version":150000,"roles":[{"name":"o"},{"name":"a","super":true}],"relations":[{"name":["public","users"],"kind":"r",` +
			`"governed":true,"owner":"a","acl":["=r*/a"],"columns":[{"name":"id","type":"text","acl":["\"x \"\"y\"=w/a"]}]}]}`,
		`{"roles":[{"name":"o"},{"name":"a"}],"functions":[{"schema":"governed","name":"caller","kind":"f"}],"members":[{"role":"o","member":"a"}],` +
			`"settings":[{"setting":"row_security=off"}],"privileged":[{"kind":"function","name":"f","acl":["=X/o"]}]}`,
	} {
		f.Add(text)
	}
	c := pgpolicy.Config{Manifest: governance.Tutor(), Owner: "o", Application: "a", Standing: pgx.Identifier{"public", "standing"}}
	policy, err := pgpolicy.New(c)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s pgpolicy.Snapshot
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			return
		}
		r := policy.Compare(s)
		again, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var same pgpolicy.Snapshot
		if err := json.Unmarshal(again, &same); err != nil {
			t.Fatalf("%v: %s", err, again)
		}
		if got := policy.Compare(same); got.String() != r.String() {
			t.Errorf("carried once more:\n%s\nwant\n%s", got, r)
		}
	})
}
