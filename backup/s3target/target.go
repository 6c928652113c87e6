package s3target

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/shugo-data/shugo/backup"
)

const (
	probe = ".conditional-writes" // no object's name: it begins with a point
	token = "Shugo-Put"           // the metadata that tells whose Put it was
)

// Target is a backup.BackupTarget in a bucket. It is safe for concurrent use.
type Target struct {
	config Config
	client *minio.Core
	can    backup.Capabilities
}

var _ backup.BackupTarget = (*Target)(nil)

// New returns a Target, having found out that the bucket is there, that the store knows conditional writes, and what the bucket
// retains. It leaves one small object, which it needs for this and which List does not yield. An error is ErrUnavailable if the
// store does not answer.
func New(ctx context.Context, c Config) (*Target, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	client, err := c.client()
	if err != nil {
		return nil, err
	}
	t := &Target{config: c, client: client}
	if err := t.findLock(ctx); err != nil {
		return nil, err
	}
	if err := t.probe(ctx); err != nil {
		return nil, err
	}
	return t, nil
}

// findLock asks what the bucket retains.
func (t *Target) findLock(ctx context.Context) error {
	t.can = backup.Capabilities{Delete: true, Retain: t.config.Retain, Kind: t.config.Kind}
	var enabled bool
	err := t.try(ctx, "look at the lock of the bucket", "", func() error {
		lock, _, validity, unit, err := t.client.GetObjectLockConfig(ctx, t.config.Bucket)
		switch code := minio.ToErrorResponse(err).Code; {
		case code == "ObjectLockConfigurationNotFoundError" || code == "NotImplemented":
			return nil
		case err != nil:
			return err
		}
		enabled = lock == "Enabled"
		if enabled && validity != nil && unit != nil {
			days := time.Duration(*validity)
			if *unit == minio.Years {
				days *= 365
			}
			if t.config.Retain == 0 { // what a Put asks for goes before the default of the bucket
				t.can.Retain = days * 24 * time.Hour
			}
		}
		return nil
	})
	if err == nil && t.config.Retain > 0 && !enabled {
		err = fmt.Errorf("s3target: Config.Retain is %v, but the bucket has no object lock", t.config.Retain)
	}
	return err
}

// probe makes sure that the store does not overwrite.
func (t *Target) probe(ctx context.Context) error {
	err := t.put(ctx, probe, nil)
	if err == nil {
		err = t.put(ctx, probe, nil)
	}
	if err == nil {
		return errors.New("s3target: the store ignores If-None-Match and overwrites, expected conditional writes")
	}
	if errors.Is(err, backup.ErrExists) {
		return nil
	}
	return err
}

// Capabilities implements backup.BackupTarget.
func (t *Target) Capabilities() backup.Capabilities { return t.can }

// key returns where an object is in the bucket.
func (t *Target) key(name string) string {
	if t.config.Folder == "" {
		return name
	}
	return t.config.Folder + "/" + name
}

// Put implements backup.BackupTarget.
func (t *Target) Put(ctx context.Context, name string, data []byte) error {
	if err := backup.CheckName(name); err != nil {
		return err
	}
	return t.put(ctx, name, data)
}

func (t *Target) put(ctx context.Context, name string, data []byte) error {
	sum := sha256.Sum256(data)
	own := rand.Text()
	options := minio.PutObjectOptions{
		ContentType:          "application/octet-stream",
		DisableMultipart:     true,
		DisableContentSha256: true, // it is in the signature, for it is given
		UserMetadata:         map[string]string{token: own, "x-amz-checksum-sha256": base64.StdEncoding.EncodeToString(sum[:])},
	}
	options.SetMatchETagExcept("*")
	unclear := false
	return t.try(ctx, "put", name, func() error {
		if t.config.Retain > 0 {
			options.Mode = minio.Compliance
			if t.config.Governance {
				options.Mode = minio.Governance
			}
			// A second more, since the header has whole ones.
			options.RetainUntilDate = time.Now().UTC().Add(t.config.Retain + time.Second)
		}
		_, err := t.client.PutObject(ctx, t.config.Bucket, t.key(name), bytes.NewReader(data), int64(len(data)), "", hex.EncodeToString(sum[:]), options)
		if err != nil && unclear && errors.Is(classOf(err), backup.ErrExists) {
			return t.resolve(ctx, name, own, err)
		}
		unclear = unclear || errors.Is(classOf(err), backup.ErrUnavailable)
		return err
	})
}

// resolve tells whether the object that is there is from an attempt of the same Put, the answer to which was lost.
func (t *Target) resolve(ctx context.Context, name, own string, exists error) error {
	info, err := t.client.StatObject(ctx, t.config.Bucket, t.key(name), minio.StatObjectOptions{})
	if err != nil {
		return err
	}
	if info.UserMetadata[token] == own {
		return nil
	}
	return exists
}

// Delete implements backup.BackupTarget.
func (t *Target) Delete(ctx context.Context, name string) error {
	if err := backup.CheckName(name); err != nil {
		return err
	}
	removed := false
	return t.try(ctx, "delete", name, func() error {
		info, err := t.client.StatObject(ctx, t.config.Bucket, t.key(name), minio.StatObjectOptions{})
		if err != nil {
			if removed && errors.Is(classOf(err), backup.ErrNotFound) {
				return nil // by an attempt the answer to which was lost
			}
			return err
		}
		removed = true
		err = t.client.RemoveObject(ctx, t.config.Bucket, t.key(name), minio.RemoveObjectOptions{VersionID: info.VersionID})
		if retained(err) {
			return fmt.Errorf("%w: %w", backup.ErrRetained, err)
		}
		return err
	})
}
