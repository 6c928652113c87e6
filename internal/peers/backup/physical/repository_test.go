package physical

import (
	"testing"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
)

// newRepository makes a repository in a folder, sealed.
func newRepository(b *testing.B, dir string) backup.Repository {
	b.Helper()
	return &backuptest.Repository{}
}
