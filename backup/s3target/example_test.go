package s3target_test

import (
	"context"
	"fmt"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/s3target"
)

// New tells everything that is wrong with a configuration before it asks the store, and no text has a secret.
func ExampleNew() {
	config := s3target.Config{Endpoint: "s3.example.com", AccessKey: "backup", SecretKey: "hush", Kind: backup.Cloud, Folder: "/tutors"}
	fmt.Println(config.SecretKey)
	_, err := s3target.New(context.Background(), config)
	fmt.Println(err)
	// Output:
	// [secret]
	// s3target: Config.Bucket is empty
	// s3target: Config.Folder: backup: not a name: byte 0x2f at 0, expected segments of a to z, 0 to 9, '.', '-' and '_' that do not begin with '.'
}
