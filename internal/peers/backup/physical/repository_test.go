package physical

import (
	"context"
	"testing"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/dirtarget"
	"github.com/shugo-data/shugo/backup/repository"
)

// newRepository makes a repository in a folder, sealed, of one place.
func newRepository(b *testing.B, dir string) backup.Repository {
	b.Helper()
	target, err := dirtarget.New(dirtarget.Config{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	r, err := repository.Create(context.Background(), repository.Config{
		Places: []backup.Place{{Name: "disk", Target: target}}, Key: repository.NewKey(), Concurrency: 2,
	})
	if err != nil {
		b.Fatal(err)
	}
	return r
}
