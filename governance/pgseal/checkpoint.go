package pgseal

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/shugo-data/shugo/internal/merkle"
)

// Checkpoint is a signed statement of what a log holds at one moment. Its text is a note (golang.org/x/mod/sumdb/note): the
// lines of a C2SP tlog-checkpoint, then extension lines, an empty line, and a line for each signature:
//
//	tutor.example/audit/1                          the origin and the era of the log
//	1234                                           its leaves
//	CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=   the root of their tree
//	number 17                                      of the checkpoint: dense, from 1
//	time 2026-07-01T03:04:05.000006Z               when it was made
//	previous tutor.example/audit/0 99 Zm9v...      only in a log that continues another: name, size and root of that
//	database 7493…/1/16384                         system identifier, timeline and database that the log is written in
type Checkpoint struct {
	Origin   string    // name of the log: Config.Origin, a slash and the era
	Size     uint64    // leaves
	Root     [32]byte  // of the tree of them
	Number   int64     // of the checkpoint: dense in its log, from 1
	Time     time.Time // when it was made, UTC; never before that of the checkpoint before it
	Previous string    // "origin size root" of the log that this one continues; empty: none
	Database string    // "system/timeline/oid" of the database that the log is written in
	Note     string    // the signed text
}

// text returns what is signed.
func (c Checkpoint) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
	fmt.Fprintf(&b, "number %d\ntime %s\n", c.Number, c.Time.Format(time.RFC3339Nano))
	if c.Previous != "" {
		fmt.Fprintf(&b, "previous %s\n", c.Previous)
	}
	fmt.Fprintf(&b, "database %s\n", c.Database)
	return b.String()
}

// sign returns the checkpoint with its note, signed by all signers.
func (c Checkpoint) sign(signers []note.Signer) (Checkpoint, error) {
	signed, err := note.Sign(&note.Note{Text: c.text()}, signers...)
	c.Note = string(signed)
	return c, err
}

// link is what a log that continues this one says of it.
func (c Checkpoint) link() string {
	return fmt.Sprintf("%s %d %s", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// OpenCheckpoint reads a note and checks that one of the verifiers' keys has signed it. Errors wrap ErrCheckpoint.
func OpenCheckpoint(text string, verifiers note.Verifiers) (Checkpoint, error) {
	if verifiers == nil {
		return Checkpoint{}, fmt.Errorf("%w: no keys to check it with", ErrCheckpoint)
	}
	n, err := note.Open([]byte(text), verifiers)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	c, err := parseCheckpoint(n.Text)
	c.Note = text
	return c, err
}

// parseCheckpoint reads the signed text. It takes only what text writes.
func parseCheckpoint(text string) (Checkpoint, error) {
	var c Checkpoint
	lines := strings.Split(text, "\n")
	if len(lines) < 7 {
		return c, fmt.Errorf("%w: %d lines", ErrCheckpoint, len(lines))
	}
	c.Origin = lines[0]
	var err error
	if c.Size, err = strconv.ParseUint(lines[1], 10, 63); err != nil {
		return c, fmt.Errorf("%w: the size is no number", ErrCheckpoint)
	}
	if c.Root, err = parseHash(lines[2]); err != nil {
		return c, err
	}
	for _, line := range lines[3:] {
		name, value, _ := strings.Cut(line, " ")
		switch name {
		case "number":
			c.Number, err = strconv.ParseInt(value, 10, 64)
		case "time":
			c.Time, err = time.Parse(time.RFC3339Nano, value)
		case "previous":
			c.Previous = value
		case "database":
			c.Database = value
		}
		if err != nil {
			return c, fmt.Errorf("%w: the %s cannot be read", ErrCheckpoint, name)
		}
	}
	if c.text() != text {
		return c, fmt.Errorf("%w: not in the form that a sealer writes", ErrCheckpoint)
	}
	return c, nil
}

func parseHash(text string) ([32]byte, error) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) != merkle.HashSize {
		return [32]byte{}, fmt.Errorf("%w: the root is no hash", ErrCheckpoint)
	}
	return [32]byte(b), nil
}

// logName is the name of one log in checkpoints.
func logName(origin string, era int16) string { return origin + "/" + strconv.Itoa(int(era)) }

// eraOf returns the era of a log by its name, and whether it is one of the trail of that origin.
func eraOf(name, origin string) (era int16, ours bool) {
	number, ours := strings.CutPrefix(name, origin+"/")
	n, err := strconv.ParseInt(number, 10, 16)
	return int16(n), ours && err == nil && logName(origin, int16(n)) == name
}

// signedText returns the part of a note that is signed, unchecked.
func signedText(text string) string {
	at := strings.LastIndex(text, "\n\n")
	if at < 0 {
		return ""
	}
	return text[:at+1]
}
