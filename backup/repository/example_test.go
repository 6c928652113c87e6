package repository_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/dirtarget"
	"github.com/shugo-data/shugo/backup/repository"
)

// Three places, of which two are enough: one may burn down.
func Example() {
	ctx := context.Background()
	work, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(work)
	config := repository.Config{Key: repository.NewKey(), Anchor: repository.FileAnchor(filepath.Join(work, "anchor"))}
	for _, name := range []string{"tokyo", "osaka", "local"} {
		target, err := dirtarget.New(dirtarget.Config{Dir: filepath.Join(work, name), Kind: backup.Local})
		if err != nil {
			fmt.Println(err)
			return
		}
		config.Places = append(config.Places, backup.Place{Name: name, Target: target})
	}
	r, err := repository.Create(ctx, config)
	if err != nil {
		fmt.Println(err)
		return
	}
	snapshot, err := r.Write(ctx, "notes", func(ctx context.Context, w backup.Writer) (backup.Cut, error) {
		item, err := w.Create(ctx, "note/1", "text")
		if err != nil {
			return backup.Cut{}, err
		}
		if err := item.Append(ctx, backup.Chunk{Data: []byte("を marks the object")}); err != nil {
			return backup.Cut{}, err
		}
		return backup.Cut{}, item.Commit(ctx, nil)
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := os.RemoveAll(filepath.Join(work, "tokyo")); err != nil {
		fmt.Println(err)
		return
	}
	again, err := repository.Open(ctx, config)
	if err != nil {
		fmt.Println(err)
		return
	}
	reader, err := again.Open(ctx, snapshot.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := reader.Chunk(ctx, "note/1", 0)
	fmt.Println(string(text), err)
	// Output: を marks the object <nil>
}
