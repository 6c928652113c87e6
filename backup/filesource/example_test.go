package filesource_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/filesource"
)

// A directory is backed up, and restored beside it.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir) //nolint:errcheck // the system removes what is left
	prompts := filepath.Join(dir, "prompts")
	if err := os.Mkdir(prompts, 0o755); err != nil {
		fmt.Println(err)
		return
	}
	if err := os.WriteFile(filepath.Join(prompts, "explain.txt"), []byte("Explain を and に."), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	source, err := filesource.New(filesource.Config{Name: "files", Roots: []filesource.Root{
		{Name: "prompts", Path: prompts, Exclude: []string{"**/*.tmp"}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var repository backuptest.Repository
	snapshot, err := repository.Write(ctx, source.Name(), source.Backup)
	if err != nil {
		fmt.Println(err)
		return
	}
	reader, err := repository.Open(ctx, snapshot.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	directory, err := filesource.NewDirectory(filesource.DirectoryConfig{Path: filepath.Join(dir, "restored")})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := directory.Restore(ctx, reader, backup.Goal{}); err != nil {
		fmt.Println(err)
		return
	}
	text, err := os.ReadFile(filepath.Join(dir, "restored", "prompts", "explain.txt"))
	fmt.Println(string(text), err)
	// Output:
	// Explain を and に. <nil>
}
