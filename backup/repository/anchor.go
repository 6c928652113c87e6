package repository

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// An Anchor keeps the newest state of a repository that this host has seen, where nobody who can replace the places can
// replace it too: a disk of the host, a row in its database. With it, an older repository that is put in place of a newer
// one is refused with backup.ErrRollback. It is safe for concurrent use.
type Anchor interface {
	// Load returns what was stored last, or the zero state if nothing was.
	Load(ctx context.Context) (AnchorState, error)
	// Store keeps a state, durable when it returns.
	Store(ctx context.Context, state AnchorState) error
}

// AnchorState is the newest that was seen of a repository.
type AnchorState struct {
	Repository string            `json:"repository"`     // identity
	Sequence   uint64            `json:"sequence"`       // of the newest commit record
	Digest     string            `json:"digest"`         // of that record
	Logs       map[string]uint64 `json:"logs,omitempty"` // sequence of the newest object of each log
}

// FileAnchor keeps the state in a file of the given path, which must not be in a place.
type FileAnchor string

// Load implements Anchor.
func (f FileAnchor) Load(context.Context) (AnchorState, error) {
	var s AnchorState
	text, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return s, fmt.Errorf("repository: anchor: %w", err)
	}
	return s, nil
}

// Store implements Anchor: it writes a file beside, and renames it.
func (f FileAnchor) Store(_ context.Context, state AnchorState) error {
	text, err := json.Marshal(state)
	if err != nil {
		return err
	}
	if err := replace(string(f), text); err != nil {
		return fmt.Errorf("repository: anchor: %w", err)
	}
	return nil
}

// replace puts text in place of a file, durably.
func replace(path string, text []byte) error {
	dir := filepath.Dir(path)
	file, err := os.CreateTemp(dir, ".anchor-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(text)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
