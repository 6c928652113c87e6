package backup_test

import (
	"context"
	"fmt"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
)

// A source writes items of chunks; a reader gives them back.
func ExampleRepository() {
	ctx := context.Background()
	var repository backuptest.Repository
	snapshot, err := repository.Write(ctx, "notes", func(ctx context.Context, w backup.Writer) (backup.Cut, error) {
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
	r, err := repository.Open(ctx, snapshot.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, item := range r.Items() {
		text, err := r.Chunk(ctx, item.Name, 0)
		fmt.Println(item.Name, item.Size, string(text), err)
	}
	// Output:
	// note/1 20 を marks the object <nil>
}
