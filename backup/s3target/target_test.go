package s3target_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/backup/backuptest"
	"github.com/shugo-data/shugo/backup/s3target"
	"github.com/shugo-data/shugo/internal/servertest"
)

// bucket makes a bucket on a server and returns its configuration and the client that made it.
func bucket(t testing.TB, s servertest.S3, name string, lock bool) (s3target.Config, *minio.Client) {
	t.Helper()
	client, err := minio.New(s.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(s.Access, s.Secret, ""), Region: s.Region})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.MakeBucket(t.Context(), name, minio.MakeBucketOptions{ObjectLocking: lock}); err != nil {
		t.Fatal(err)
	}
	return s3target.Config{Endpoint: s.Endpoint, Bucket: name, Region: s.Region, AccessKey: s.Access, SecretKey: s3target.Secret(s.Secret),
		Plain: true, PathStyle: true}, client
}

func open(t testing.TB, c s3target.Config) *s3target.Target {
	t.Helper()
	target, err := s3target.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func TestConforms(t *testing.T) {
	t.Parallel()
	server := servertest.NewS3(t)
	for name, lock := range map[string]bool{"plain": false, "locked": true} {
		t.Run(name, func(t *testing.T) {
			c, _ := bucket(t, server, name+"-bucket", lock)
			if lock {
				c.Retain = time.Hour
				c.Governance = true
			}
			number := 0
			backuptest.TestTarget(t, func(t testing.TB) backup.BackupTarget {
				number++
				c.Folder = fmt.Sprintf("tutors/%d", number)
				return open(t, c)
			})
		})
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	_, err := s3target.New(t.Context(), s3target.Config{Folder: "A", Kind: "tape", Retain: -1, Attempts: -1, SecretKey: "hush"})
	if err == nil {
		t.Fatal("New accepts a Config without anything")
	}
	for _, want := range []string{"Endpoint", "Bucket", "AccessKey", "Folder", "Kind", "Retain", "Attempts"} {
		if !strings.Contains(err.Error(), "Config."+want) {
			t.Errorf("New = %v, want it to name %s", err, want)
		}
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	t.Parallel()
	c := s3target.Config{SecretKey: "hush", Session: "hush"}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if text := fmt.Sprintf(format, c); strings.Contains(text, "hush") {
			t.Errorf("%s prints %s", format, text)
		}
	}
}

func TestLock(t *testing.T) {
	t.Parallel()
	ctx, server := t.Context(), servertest.NewS3(t)
	c, _ := bucket(t, server, "unlocked", false)
	c.Retain = time.Hour
	if _, err := s3target.New(ctx, c); err == nil || !strings.Contains(err.Error(), "object lock") {
		t.Errorf("New with Retain in a bucket without lock = %v", err)
	}
	c, client := bucket(t, server, "default", true)
	days, unit, mode := uint(2), minio.Days, minio.Governance
	if err := client.SetObjectLockConfig(ctx, c.Bucket, &mode, &days, &unit); err != nil {
		t.Fatal(err)
	}
	target := open(t, c)
	if got := target.Capabilities().Retain; got != 48*time.Hour {
		t.Errorf("Capabilities().Retain = %v, want 48h", got)
	}
	if err := target.Put(ctx, "a", []byte("data")); err != nil {
		t.Fatalf("Put in a bucket with a default = %v", err)
	}
	if err := target.Delete(ctx, "a"); !errors.Is(err, backup.ErrRetained) {
		t.Errorf("Delete = %v, want ErrRetained", err)
	}
}

func TestWrongSecret(t *testing.T) {
	t.Parallel()
	c, _ := bucket(t, servertest.NewS3(t), "bucket", false)
	c.SecretKey = "not-the-secret"
	_, err := s3target.New(t.Context(), c)
	if err == nil || errors.Is(err, backup.ErrUnavailable) || errors.Is(err, backup.ErrNotFound) || strings.Contains(err.Error(), string(c.SecretKey)) {
		t.Errorf("New with a wrong secret = %v", err)
	}
	c.Bucket = "absent"
	if _, err := s3target.New(t.Context(), c); err == nil {
		t.Error("New without the bucket succeeds")
	}
}
