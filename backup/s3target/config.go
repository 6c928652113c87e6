package s3target

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/shugo-data/shugo/backup"
)

// Secret is text that prints as "[secret]".
type Secret string

// String returns "[secret]".
func (Secret) String() string { return "[secret]" }

// GoString returns "[secret]".
func (Secret) GoString() string { return "[secret]" }

// MarshalText returns "[secret]".
func (Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// Config says which bucket a Target uses, and how.
type Config struct {
	Endpoint   string            // host, or host:port, of the store
	Bucket     string            // its name; it exists
	Folder     string            // where in the bucket: segments joined by slashes; empty: the objects' names are the keys
	Region     string            // such as "eu-central-1"; empty: the store is asked
	AccessKey  string            // who asks
	SecretKey  Secret            // belongs to AccessKey
	Session    Secret            // token of temporary credentials; empty: none
	Plain      bool              // HTTP in place of HTTPS
	PathStyle  bool              // the bucket in the path and not in the host's name
	Kind       backup.PlaceKind  // what Capabilities says; empty: backup.Cloud
	Retain     time.Duration     // for how long the store is to refuse the deletion of each object, by object lock; 0: as the bucket does
	Governance bool              // Retain may be lifted by those who have the right to; otherwise by nobody at all
	Attempts   int               // how often a call is tried while the store is not available; 0: 5
	Transport  http.RoundTripper // does the requests; nil: one of this package's client
}

// check returns all problems, and sets what has a default.
func (c *Config) check() error {
	var problems []error
	wrong := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("s3target: "+format, args...))
	}
	for _, f := range []struct{ name, value string }{{"Endpoint", c.Endpoint}, {"Bucket", c.Bucket}, {"AccessKey", c.AccessKey}, {"SecretKey", string(c.SecretKey)}} {
		if f.value == "" {
			wrong("Config.%s is empty", f.name)
		}
	}
	if c.Folder != "" {
		if err := backup.CheckName(c.Folder); err != nil {
			wrong("Config.Folder: %w", err)
		}
	}
	switch c.Kind {
	case "":
		c.Kind = backup.Cloud
	case backup.Local, backup.Cloud:
	default:
		wrong("Config.Kind is %q, expected %q or %q", c.Kind, backup.Local, backup.Cloud)
	}
	if c.Retain < 0 {
		wrong("Config.Retain is %v, expected 0 or more", c.Retain)
	}
	if c.Attempts < 0 {
		wrong("Config.Attempts is %d, expected 0 or more", c.Attempts)
	}
	if c.Attempts == 0 {
		c.Attempts = 5
	}
	return errors.Join(problems...)
}

func (c *Config) client() (*minio.Core, error) {
	options := minio.Options{
		Creds:      credentials.NewStaticV4(c.AccessKey, string(c.SecretKey), string(c.Session)),
		Secure:     !c.Plain,
		Region:     c.Region,
		Transport:  c.Transport,
		MaxRetries: 1, // only this package knows what may be tried again
	}
	if c.PathStyle {
		options.BucketLookup = minio.BucketLookupPath
	}
	client, err := minio.NewCore(c.Endpoint, &options)
	if err != nil {
		return nil, fmt.Errorf("s3target: %w", err)
	}
	return client, nil
}
