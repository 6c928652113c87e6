package pgseal_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/mod/sumdb/note"

	"github.com/shugo-data/shugo/governance/pgseal"
)

// A sealer needs a key. The private part belongs outside the database; the public part is given to whoever verifies.
func Example() {
	private, public, err := note.GenerateKey(rand.Reader, "tutor.example/audit")
	if err != nil {
		log.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		log.Fatal(err)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		log.Fatal(err)
	}
	pool, err := pgxpool.New(context.Background(), "postgres://nobody@127.0.0.1:1/nothing")
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()
	sealer, err := pgseal.New(pgseal.Config{Pool: pool, Origin: "tutor.example/audit", Signers: []note.Signer{signer}})
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	fmt.Println("ended with its context:", sealer.Run(ctx)) // no server here: it tries again until then
	_, err = pgseal.Verify(ctx, pool, pgseal.VerifyConfig{Keys: note.VerifierList(verifier)})
	fmt.Println("verified:", err == nil)
	// Output:
	// ended with its context: <nil>
	// verified: false
}

// An auditor who has a checkpoint and the key needs nothing else to believe what it says.
func ExampleOpenCheckpoint() {
	const key = "tutor.example/audit+e1bb3a9f+AXJGyrKyUTYcZnCTRfHOwNEeQI3jDhPDZOhSSv5fbP0+"
	verifier, err := note.NewVerifier(key)
	fmt.Println("a key with a wrong hash is refused:", err != nil)
	private, public, _ := note.GenerateKey(rand.Reader, "tutor.example/audit")
	signer, _ := note.NewSigner(private)
	verifier, _ = note.NewVerifier(public)
	text := "tutor.example/audit/1\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n" +
		"number 1\ntime 2026-07-01T03:04:05Z\ndatabase 7493/1/16384\n"
	signed, _ := note.Sign(&note.Note{Text: text}, signer)
	c, err := pgseal.OpenCheckpoint(string(signed), note.VerifierList(verifier))
	fmt.Println(c.Origin, c.Size, c.Time, err)
	_, err = pgseal.OpenCheckpoint(strings.Replace(string(signed), "\n0\n", "\n1\n", 1), note.VerifierList(verifier))
	fmt.Println("changed:", errors.Is(err, pgseal.ErrCheckpoint))
	// Output:
	// a key with a wrong hash is refused: true
	// tutor.example/audit/1 0 2026-07-01 03:04:05 +0000 UTC <nil>
	// changed: true
}
