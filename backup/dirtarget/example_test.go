package dirtarget_test

import (
	"context"
	"fmt"
	"os"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/dirtarget"
)

// A directory becomes a place of a repository.
func ExampleNew() {
	dir, err := os.MkdirTemp("", "backups")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	target, err := dirtarget.New(dirtarget.Config{Dir: dir})
	if err != nil {
		fmt.Println(err)
		return
	}
	place := backup.Place{Name: "primary", Target: target}
	ctx := context.Background()
	fmt.Println(place.Target.Put(ctx, "notes/first", []byte("written once")))
	fmt.Println(place.Target.Put(ctx, "notes/first", []byte("written twice")))
	data, err := place.Target.Get(ctx, "notes/first", 8, -1)
	fmt.Println(string(data), err)
	// Output:
	// <nil>
	// dirtarget: put notes/first: backup: exists already
	// once <nil>
}
