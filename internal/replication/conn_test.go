package replication_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/shugo-data/shugo/internal/pgerror"
	"github.com/shugo-data/shugo/internal/replication"
	"github.com/shugo-data/shugo/internal/servertest"
)

// dial connects to a cluster.
func dial(t testing.TB, address string) *replication.Conn {
	t.Helper()
	config, err := pgconn.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := replication.Connect(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// TestServer asks a real server everything.
func TestServer(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn := dial(t, servertest.NewCluster(t).URL)
	if conn.Version() < 14 || conn.Recovery() {
		t.Errorf("version %d, in recovery %t", conn.Version(), conn.Recovery())
	}
	system, err := conn.System(ctx)
	if err != nil || system.Timeline != 1 || system.LSN == 0 || len(system.ID) < 10 {
		t.Fatalf("system %+v, %v", system, err)
	}
	if size, err := conn.SegmentSize(ctx); err != nil || size != 16<<20 {
		t.Errorf("segments of %d, %v", size, err)
	}
	if slot, err := conn.Slot(ctx, "one"); err != nil || slot.Exists {
		t.Errorf("slot %+v, %v", slot, err)
	}
	if err := conn.CreateSlot(ctx, "one"); err != nil {
		t.Fatal(err)
	}
	if err := conn.CreateSlot(ctx, "one"); pgerror.State(err) != replication.StateDuplicateObject {
		t.Errorf("a slot was created twice: %v", err)
	}
	slot, err := conn.Slot(ctx, "one")
	if err != nil || !slot.Exists || slot.LSN == 0 || slot.LSN > system.LSN || slot.Timeline != 1 {
		t.Errorf("slot %+v, %v", slot, err)
	}
	if _, err := conn.History(ctx, 7); pgerror.State(err) != replication.StateUndefinedFile {
		t.Errorf("history of no timeline: %v", err)
	}
	if _, err := conn.Start(ctx, "two", 1, slot.LSN); pgerror.State(err) != replication.StateUndefinedObject {
		t.Errorf("stream with no slot: %v", err)
	}
	stream, err := conn.Start(ctx, "one", 1, slot.LSN)
	if err != nil {
		t.Fatal(err)
	}
	m, err := stream.Receive(ctx)
	for ; err == nil && len(m.Data) == 0; m, err = stream.Receive(ctx) {
	}
	if err != nil || m.Start != slot.LSN || time.Since(m.Time).Abs() > time.Hour {
		t.Fatalf("first message %+v, %v", m, err)
	}
	if err := stream.Send(ctx, replication.Status{Write: m.Start, Flush: m.Start, Time: time.Now(), Reply: true}); err != nil {
		t.Fatal(err)
	}
	for m, err = stream.Receive(ctx); err == nil && m.Data != nil; m, err = stream.Receive(ctx) {
	}
	if err != nil {
		t.Fatalf("no sign of life: %v", err)
	}
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	for err == nil {
		_, err = stream.Receive(short)
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("receiving with a time limit: %v", err)
	}
	if err := stream.Send(ctx, replication.Status{Time: time.Now(), Reply: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Receive(ctx); err != nil {
		t.Errorf("receiving after a time limit: %v", err)
	}
	conn.Close(ctx)

}

// script has a server that says what it is told to: it answers the start of a session, waits for a query, writes the
// answer, and ends the connection.
func script(t testing.TB, answer []byte) *replication.Conn {
	t.Helper()
	config, err := pgconn.ParseConfig("host=script user=u sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	config.LookupFunc = func(context.Context, string) ([]string, error) { return []string{"127.0.0.1"}, nil }
	taken := false
	config.DialFunc = func(context.Context, string, string) (net.Conn, error) {
		if taken {
			return nil, errors.New("the script is over")
		}
		taken = true
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			b := pgproto3.NewBackend(server, server)
			if _, err := b.ReceiveStartupMessage(); err != nil {
				return
			}
			b.Send(&pgproto3.AuthenticationOk{})
			b.Send(&pgproto3.ParameterStatus{Name: "server_version", Value: "15.1"})
			b.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
			if b.Flush() != nil {
				return
			}
			if _, err := b.Receive(); err != nil {
				return
			}
			go io.Copy(io.Discard, server)
			server.Write(answer)
		}()
		return client, nil
	}
	conn, err := replication.Connect(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

// encode encodes messages.
func encode(t testing.TB, messages ...pgproto3.BackendMessage) []byte {
	t.Helper()
	var b []byte
	for _, m := range messages {
		var err error
		if b, err = m.Encode(b); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// receiveAll starts a stream and receives until an error, which it returns.
func receiveAll(conn *replication.Conn) (messages int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	stream, err := conn.Start(ctx, "", 1, 0)
	for err == nil {
		if _, err = stream.Receive(ctx); err == nil {
			messages++
		}
	}
	return messages, err
}

func TestStream(t *testing.T) {
	t.Parallel()
	row := func(values ...string) *pgproto3.DataRow {
		r := &pgproto3.DataRow{}
		for _, v := range values {
			r.Values = append(r.Values, []byte(v))
		}
		return r
	}
	fields := &pgproto3.RowDescription{Fields: []pgproto3.FieldDescription{{Name: []byte("next_tli")}, {Name: []byte("next_tli_startpos")}}}
	both, done, ready := &pgproto3.CopyBothResponse{}, &pgproto3.CopyDone{}, &pgproto3.ReadyForQuery{TxStatus: 'I'}
	complete := &pgproto3.CommandComplete{CommandTag: []byte("COPY 0")}
	data := &pgproto3.CopyData{Data: xlogData(0, 1, 2, "x")}
	end := &replication.EndOfTimeline{Next: 3, LSN: 0x500}
	for name, test := range map[string]struct {
		answer   []byte
		messages int
		want     error
	}{
		"a timeline that ends":         {encode(t, both, data, data, done, fields, row("3", "0/500"), complete, complete, ready), 2, end},
		"a timeline that has ended":    {encode(t, fields, row("3", "0/500"), complete, ready), 0, end},
		"an end without the next":      {encode(t, both, done, complete, ready), 0, replication.ErrProtocol},
		"an end with one field":        {encode(t, both, done, fields, row("3"), complete, ready), 0, replication.ErrProtocol},
		"an end with timeline 0":       {encode(t, both, done, fields, row("0", "0/500"), complete, ready), 0, replication.ErrProtocol},
		"an end with no position":      {encode(t, both, done, fields, row("3", "x"), complete, ready), 0, replication.ErrProtocol},
		"something else at first":      {encode(t, complete), 0, replication.ErrProtocol},
		"something else later":         {encode(t, both, data, ready), 1, replication.ErrProtocol},
		"a short message":              {encode(t, both, &pgproto3.CopyData{Data: []byte("w")}), 0, replication.ErrProtocol},
		"a notice between":             {encode(t, both, &pgproto3.NoticeResponse{Message: "x"}, data, done, fields, row("3", "0/500"), ready), 1, end},
		"a connection that is cut":     {encode(t, both, data)[:12], 0, io.ErrUnexpectedEOF},
		"a message of a huge length":   {append(encode(t, both), 'd', 0x7f, 0xff, 0xff, 0xff), 0, &pgproto3.ExceededMaxBodyLenErr{}},
		"a message of negative length": {append(encode(t, both), 'd', 0x80, 0, 0, 0), 0, &pgerror.Failure{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			messages, err := receiveAll(script(t, test.answer))
			if messages != test.messages {
				t.Errorf("%d messages, expected %d", messages, test.messages)
			}
			switch want := test.want.(type) {
			case *replication.EndOfTimeline:
				got := (*replication.EndOfTimeline)(nil)
				if !errors.As(err, &got) || *got != *want {
					t.Errorf("error %v, expected %v", err, want)
				}
			case *pgproto3.ExceededMaxBodyLenErr:
				if !errors.As(err, &want) {
					t.Errorf("error %v", err)
				}
			case *pgerror.Failure:
				if !errors.As(err, &want) {
					t.Errorf("error %v", err)
				}
			default:
				if !errors.Is(err, want) {
					t.Errorf("error %v, expected %v", err, want)
				}
			}
		})
	}
}

// TestErrors shows that errors have codes and no texts of the server.
func TestErrors(t *testing.T) {
	t.Parallel()
	refusal := &pgproto3.ErrorResponse{Severity: "ERROR", Code: "58P01", Message: "geheim"}
	for name, answer := range map[string][]byte{
		"at first": encode(t, refusal, &pgproto3.ReadyForQuery{TxStatus: 'I'}),
		"later":    encode(t, &pgproto3.CopyBothResponse{}, refusal),
	} {
		_, err := receiveAll(script(t, answer))
		if pgerror.State(err) != replication.StateUndefinedFile || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzStream(f *testing.F) {
	f.Add(encode(f, &pgproto3.CopyBothResponse{}, &pgproto3.CopyData{Data: xlogData(0, 1, 2, "x")}, &pgproto3.CopyDone{}))
	f.Add(encode(f, &pgproto3.RowDescription{}, &pgproto3.DataRow{Values: [][]byte{[]byte("3"), []byte("0/500")}}, &pgproto3.ReadyForQuery{TxStatus: 'I'}))
	f.Add(encode(f, &pgproto3.ErrorResponse{Code: "58P01"}))
	f.Fuzz(func(t *testing.T, answer []byte) {
		_, err := receiveAll(script(t, answer))
		if errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it hangs: %v", err)
		}
	})
}
