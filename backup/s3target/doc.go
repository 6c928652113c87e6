// Package s3target keeps backups in a bucket of an object store that speaks the S3 API: Amazon S3, Ceph, Cloudflare R2, MinIO,
// Versity and others.
//
// What it asks of the store: conditional writes (PutObject with If-None-Match: *), which New tries, since a store that
// ignores the condition overwrites in silence; and, for Config.Retain, a bucket with object lock. Each object is one PutObject
// with its SHA-256 in the signature and as its checksum, so the store refuses what was damaged on the way; Get of a whole object
// compares with the checksum that the store returns, where it returns one.
//
// A Put whose answer is lost is tried again. Should the store then say that the object exists, a random token in the object's
// metadata tells whether it is this caller's own, so that exactly one of several callers is told that it succeeded.
//
// In a bucket with versions, Delete removes the version itself and not only its name, for otherwise nothing would become free
// and no lock would be asked.
//
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html, .../object-lock.html and
// .../checking-object-integrity.html.
package s3target
