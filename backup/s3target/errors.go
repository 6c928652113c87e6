package s3target

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/shugo-data/shugo/backup"
)

const (
	firstPause = 50 * time.Millisecond // before the second attempt; it doubles, at random down to its half
	maxPause   = 5 * time.Second
)

// try calls f until it succeeds or fails for good, at most as often as is configured, and classifies the error.
func (t *Target) try(ctx context.Context, what, name string, f func() error) error {
	if name != "" {
		what += " " + name
	}
	pause := firstPause
	for attempt := 1; ; attempt++ {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("s3target: %s: %w", what, err)
		}
		err := f()
		if err == nil {
			return nil
		}
		if ended := ctx.Err(); ended != nil {
			return fmt.Errorf("s3target: %s: %w", what, ended)
		}
		class := classOf(err)
		if !errors.Is(class, backup.ErrUnavailable) || attempt >= t.config.Attempts {
			if class == nil || errors.Is(err, class) {
				return fmt.Errorf("s3target: %s: %w", what, err)
			}
			return fmt.Errorf("s3target: %s: %w: %w", what, class, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause/2 + rand.N(pause/2)):
		}
		pause = min(2*pause, maxPause)
	}
}

// classOf says what an error means for a caller. Nil: nothing that it could act on, such as a key that is not known.
// For the codes see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; those that begin with XMinio are MinIO's.
func classOf(err error) error {
	for _, class := range []error{backup.ErrExists, backup.ErrNotFound, backup.ErrRetained, backup.ErrFull, backup.ErrUnavailable} {
		if errors.Is(err, class) {
			return class
		}
	}
	if errors.Is(err, context.Canceled) {
		return nil
	}
	response := minio.ToErrorResponse(err)
	switch response.Code {
	case "NoSuchBucket":
		return nil
	case "QuotaExceeded", "XMinioAdminBucketQuotaExceeded", "XMinioStorageFull":
		return backup.ErrFull
	case "ConditionalRequestConflict", "OperationAborted", "SlowDown", "RequestTimeout":
		return backup.ErrUnavailable
	}
	switch status := response.StatusCode; {
	case status == http.StatusNotFound:
		return backup.ErrNotFound
	case status == http.StatusPreconditionFailed:
		return backup.ErrExists
	case status == http.StatusInsufficientStorage:
		return backup.ErrFull
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusTooManyRequests:
		return backup.ErrUnavailable
	}
	var (
		network net.Error
		request *url.Error
	)
	if errors.As(err, &network) || errors.As(err, &request) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return backup.ErrUnavailable
	}
	return nil
}

// retained reports whether the store refuses to delete: by a lock or since nobody gave the right.
func retained(err error) bool {
	response := minio.ToErrorResponse(err)
	return response.Code == "AccessDenied" || response.Code == "ObjectLocked" ||
		response.Code == "InvalidRequest" && strings.Contains(response.Message, "WORM")
}
