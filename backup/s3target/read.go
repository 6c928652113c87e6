package s3target

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"net/http"
	"strings"

	"github.com/minio/minio-go/v7"

	"github.com/shugo-data/shugo/backup"
)

// Get implements backup.BackupTarget. The error is ErrCorrupt if a whole object does not have the checksum that the store keeps.
func (t *Target) Get(ctx context.Context, name string, offset, length int64) (data []byte, err error) {
	if err := backup.CheckName(name); err != nil {
		return nil, err
	}
	if offset < 0 {
		return nil, fmt.Errorf("s3target: get %s: offset %d, expected 0 or more", name, offset)
	}
	err = t.try(ctx, "get", name, func() error {
		if length == 0 {
			_, err := t.client.StatObject(ctx, t.config.Bucket, t.key(name), minio.StatObjectOptions{})
			data = []byte{}
			return err
		}
		data, err = t.get(ctx, name, offset, length)
		if minio.ToErrorResponse(err).StatusCode == http.StatusRequestedRangeNotSatisfiable {
			data, err = []byte{}, nil // it begins past the end
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return data, nil
}

// get makes one attempt to read a range that is not empty.
func (t *Target) get(ctx context.Context, name string, offset, length int64) ([]byte, error) {
	whole := offset == 0 && length < 0
	options := minio.GetObjectOptions{Checksum: whole}
	if err := setRange(&options, offset, length); err != nil {
		return nil, err
	}
	body, info, header, err := t.client.GetObject(ctx, t.config.Bucket, t.key(name), options)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	if !whole && header.Get("Content-Range") == "" && info.Size > 0 {
		return nil, errors.New("the store ignores Range, expected a part of the object")
	}
	if info.Size < 0 || length >= 0 && info.Size > length {
		return nil, fmt.Errorf("the store sends %d bytes, expected at most %d", info.Size, length)
	}
	data := make([]byte, info.Size)
	if _, err := io.ReadFull(body, data); err != nil {
		return nil, fmt.Errorf("%w: %w", backup.ErrUnavailable, err)
	}
	if whole && info.ChecksumSHA256 != "" && !strings.Contains(info.ChecksumSHA256, "-") { // with one it is of several parts
		if sum := sha256.Sum256(data); base64.StdEncoding.EncodeToString(sum[:]) != info.ChecksumSHA256 {
			return nil, &backup.CorruptError{Object: name, Text: "SHA-256 is not the one that the store keeps"}
		}
	}
	return data, nil
}

func setRange(options *minio.GetObjectOptions, offset, length int64) error {
	switch {
	case offset == 0 && length < 0:
		return nil
	case length < 0:
		return options.SetRange(offset, 0)
	}
	end := int64(math.MaxInt64)
	if length <= math.MaxInt64-offset {
		end = offset + length - 1
	}
	return options.SetRange(offset, end)
}

// List implements backup.BackupTarget, a page of at most 1,000 objects at a time.
func (t *Target) List(ctx context.Context, prefix string) iter.Seq2[backup.Object, error] {
	return func(yield func(backup.Object, error) bool) {
		last, ended := "", false
		err := t.try(ctx, "list", prefix, func() error {
			for o := range t.client.ListObjectsIter(ctx, t.config.Bucket, minio.ListObjectsOptions{Prefix: t.key(prefix), Recursive: true, StartAfter: last}) {
				switch {
				case ended:
					return nil
				case o.Err != nil:
					return o.Err // a further attempt begins after the last object
				case o.Key <= last:
					return errors.New("the store does not list by the bytes of keys, expected a bucket that does")
				}
				last = o.Key
				name := strings.TrimPrefix(o.Key, t.key(""))
				if backup.CheckName(name) != nil {
					continue
				}
				if err := ctx.Err(); err != nil {
					return err
				}
				if ended = !yield(backup.Object{Name: name, Size: o.Size, Modified: o.LastModified.UTC()}, nil); ended {
					return nil
				}
			}
			return nil
		})
		if err != nil && !ended {
			yield(backup.Object{}, err)
		}
	}
}
