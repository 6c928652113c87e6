// Package servertest gives tests a place of their own on the servers that the environment names.
//
// Without a server a test is skipped, and says so; with SHUGO_REQUIRE_SERVERS=1 it fails instead.
package servertest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Postgres returns the address of the server, for tests that make schemas of their own in its database.
func Postgres(t testing.TB) string {
	t.Helper()
	return variable(t, "SHUGO_POSTGRES_URL")
}

// Database makes an empty database for one test or benchmark and returns its address. It is dropped at the test's end.
func Database(t testing.TB) string {
	t.Helper()
	address := Postgres(t)
	name := "test_" + strings.ToLower(rand.Text())
	execute(t, address, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	t.Cleanup(func() { execute(t, address, "DROP DATABASE "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)") })
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal("SHUGO_POSTGRES_URL is not an address")
	}
	u.Path = "/" + name
	return u.String()
}

// Pool returns a pool of at most size connections to an address, which is closed at the test's end.
func Pool(t testing.TB, address string, size int) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	config.MaxConns = int32(size)
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func execute(t testing.TB, address, sql string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatalf("SHUGO_POSTGRES_URL: %v", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatal(err)
	}
}

// Neo4j returns the address, user and password of the graph server. Tests share its one database, so each uses labels of
// its own.
func Neo4j(t testing.TB) (address, user, password string) {
	t.Helper()
	return variable(t, "SHUGO_NEO4J_URL"), variable(t, "SHUGO_NEO4J_USER"), variable(t, "SHUGO_NEO4J_PASSWORD")
}

// Count returns the small count of a test, or the long one with SHUGO_LONG=1.
func Count(small, long int) int {
	if os.Getenv("SHUGO_LONG") == "1" {
		return long
	}
	return small
}

func variable(t testing.TB, name string) string {
	t.Helper()
	value := os.Getenv(name)
	if value != "" {
		return value
	}
	text := fmt.Sprintf("%s is not set: run the tests with `go run ./internal/devstack go test ./...`", name)
	if os.Getenv("SHUGO_REQUIRE_SERVERS") == "1" {
		t.Fatal(text)
	}
	t.Skip(text)
	return ""
}
