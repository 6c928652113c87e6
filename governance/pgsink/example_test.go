package pgsink_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/shugo-data/shugo/governance"
	"github.com/shugo-data/shugo/governance/pgsink"
)

// Message is what the repository of the examples keeps.
type Message struct{ UserID, Content string }

// Messages is a repository; it takes its transaction from the context.
type Messages struct{}

func (Messages) Append(ctx context.Context, m Message) error {
	tx, ok := pgsink.TxFrom(ctx)
	if !ok {
		return errors.New("messages: no transaction")
	}
	_, err := tx.Exec(ctx, `INSERT INTO conversation_messages (user_id, content) VALUES ($1, $2)`, m.UserID, m.Content)
	return err
}

// openSink returns a sink on a server that does not answer, so that the examples run without one.
func openSink() *pgsink.Sink {
	pool, err := pgxpool.New(context.Background(), "postgres://shugo@127.0.0.1:1/shugo?connect_timeout=5")
	if err != nil {
		log.Fatal(err)
	}
	// The key is read from where the host keeps its secrets.
	key, err := governance.NewPseudonyms([]byte("thirty-two bytes, at random, or more"))
	if err != nil {
		log.Fatal(err)
	}
	sink, err := pgsink.New(pgsink.Config{Pool: pool, Pseudonyms: key})
	if err != nil {
		log.Fatal(err)
	}
	return sink
}

// What cannot go on record does not happen: here the database is not there.
func ExampleInTxErr() {
	sink := openSink()
	guard, err := governance.New(governance.Config{
		Manifest: governance.Manifest{
			Classes:  []governance.Class{{Category: "conversation", Classification: "sensitive PII", Personal: true}},
			Datasets: []governance.Dataset{{Store: "postgresql", Name: "conversation_messages", Category: "conversation"}},
			Rules: []governance.Rule{{
				Roles: []string{"learner"}, Categories: []governance.Category{"conversation"},
				Actions: []governance.Action{governance.Create}, Own: true,
			}},
		},
		Audit: sink,
	})
	if err != nil {
		log.Fatal(err)
	}
	appendMessage := pgsink.InTxErr(sink, governance.WrapErr(guard, governance.Operation[Message, governance.Nothing]{
		Name: "messages.append", Dataset: "conversation_messages", Action: governance.Create,
		Subject: func(m Message) governance.Subject { return governance.Subject(m.UserID) },
	}, Messages{}.Append))

	ctx := governance.WithCaller(context.Background(), governance.Caller{ID: "u-1", Roles: []string{"learner"}})
	err = appendMessage(ctx, Message{UserID: "u-1", Content: "こんにちは"})
	var denied *governance.DeniedError
	if errors.As(err, &denied) {
		fmt.Println("denied at", denied.Stage, "because", denied.Reason)
	}
	// Output:
	// denied at audit because unrecorded
}

// Reading the trail is an operation like any other: governed, and itself on record.
func ExampleSink_Search() {
	sink := openSink()
	guard, err := governance.New(governance.Config{
		Manifest: governance.Manifest{
			Classes:  []governance.Class{{Category: "audit", Classification: "pseudonymous", Personal: true}},
			Datasets: []governance.Dataset{{Store: "postgresql", Name: "audit_record", Category: "audit"}},
			Rules: []governance.Rule{{
				Name: "auditors-audit", Roles: []string{"auditor"}, Categories: []governance.Category{"audit"},
				Actions: []governance.Action{governance.Read},
			}},
		},
		Audit: sink,
	})
	if err != nil {
		log.Fatal(err)
	}
	search := governance.WrapSeq(guard, governance.Operation[pgsink.Query, governance.Record]{
		Name: "audit.search", Dataset: "audit_record", Action: governance.Read,
		Subject: func(q pgsink.Query) governance.Subject { return q.Subject },
	}, sink.Search)

	ctx := governance.WithCaller(context.Background(), governance.Caller{ID: "u-9", Roles: []string{"auditor"}})
	for record, err := range search(ctx, pgsink.Query{Subject: "u-1", Limit: 50}) {
		if err != nil {
			fmt.Println("not allowed:", errors.Is(err, governance.ErrDenied)) // no server here to take the attempt
			break
		}
		fmt.Println(record.Time, record.Kind, record.Operation, record.Actor)
	}
	// Output:
	// not allowed: true
}

func ExampleSchema() {
	for line := range strings.Lines(pgsink.Schema("audit")) {
		if strings.HasPrefix(line, "CREATE SCHEMA") || strings.HasPrefix(line, "CREATE TABLE") {
			fmt.Print(line)
		}
	}
	// Output:
	// CREATE SCHEMA IF NOT EXISTS "audit";
	// CREATE TABLE IF NOT EXISTS "audit"."audit_record" (
	// CREATE TABLE IF NOT EXISTS "audit"."audit_once" (
	// CREATE TABLE IF NOT EXISTS "audit"."audit_origin" (
	// CREATE TABLE IF NOT EXISTS "audit"."audit_index" (
	// CREATE TABLE IF NOT EXISTS "audit"."audit_aside" (
	// CREATE TABLE IF NOT EXISTS "audit"."audit_indexed" (
}
