package backup_test

import (
	"context"
	"crypto/ed25519"
	"fmt"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/governance"
)

// notes is a store of one text.
type notes struct{ text string }

func (n *notes) Name() string { return "notes" }

func (n *notes) Backup(ctx context.Context, w backup.Writer) (backup.Cut, error) {
	item, err := w.Create(ctx, "text", "text")
	if err != nil {
		return backup.Cut{}, err
	}
	if err := item.Append(ctx, backup.Chunk{Data: []byte(n.text)}); err != nil {
		return backup.Cut{}, err
	}
	if err := item.Commit(ctx, nil); err != nil {
		return backup.Cut{}, err
	}
	return backup.Cut{}, backup.WriteFacts(ctx, w, n.facts())
}

func (n *notes) facts() []backup.Fact {
	return []backup.Fact{{Name: "length", Value: fmt.Sprint(len(n.text))}}
}

func (n *notes) Restore(ctx context.Context, r backup.Reader, _ backup.Goal) error {
	text, err := r.Chunk(ctx, "text", 0)
	n.text = string(text)
	return err
}

func (n *notes) Examine(context.Context) (backup.Examination, error) {
	return backup.Examination{Facts: n.facts()}, nil
}

// Open makes notes their own scratch.
func (n *notes) Open(context.Context) (backup.Destination, func(context.Context) error, error) {
	return &notes{}, func(context.Context) error { return nil }, nil
}

// What was backed up is a backup when a drill has restored it and found the same.
func ExampleRunner() {
	ctx := context.Background()
	live := &notes{text: "守護"}
	runner, err := backup.New(backup.Config{
		Manifest: governance.Tutor(),
		Jobs:     []backup.Job{{Source: live, Categories: []governance.Category{governance.UserData}, Repository: &backuptest.Repository{}, Scratch: live}},
		Signer:   ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := runner.Backup(ctx, "notes"); err != nil {
		fmt.Println(err)
		return
	}
	status, err := runner.Status(ctx)
	fmt.Println(status.Err(), err)
	certificate, err := runner.Drill(ctx, "notes")
	fmt.Println(certificate.Verdict(), err)
	status, err = runner.Status(ctx)
	fmt.Println(status.Sources[0].Tier, status.Sources[0].Proven, err)
	// Output:
	// backup: not a backup: source notes: no drill was done <nil>
	// passed: 1 facts were found again, 0 findings <nil>
	// standard true <nil>
}
