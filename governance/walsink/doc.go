// Package walsink is a local write-ahead file for the audit trail of package governance: attempts, reads and denials are on
// the disk before anything is released, many of them with one sync, and are shipped to their place afterwards.
//
//	sink, err := walsink.New(walsink.Config{Dir: dir, Pseudonyms: pseudonyms, Writes: trail, Ship: trail.Take})
//	go sink.Run(ctx)
//	guard, err := governance.New(governance.Config{Manifest: manifest, Audit: sink})
//	...
//	err = sink.Shutdown(ctx)
//
// where trail is the sink of package pgsink, which takes the effects of writes in their own transactions.
//
// # What is promised
//
// An event that was taken is on the disk, and reaches Ship once and in order, whatever happens to the process. It is never
// dropped: when there is no room for it (ErrFull), or the disk fails (ErrBroken), the guard refuses the call. A read is
// sent to its store while its attempt is on the way to the disk, and its rows are released when the attempt is there: who
// reads what, when and why. Its effect, with the number of rows, follows with the next sync, at the latest when Run has
// waited for Config.Interval; when the machine stops before, the attempt is alone. See governance.AuditSink.
//
// After a failed sync nothing is taken any more, since nobody can know what is on the disk: see ErrBroken. The directory is
// opened again by a new sink, after whatever was wrong with the disk is set right.
//
// An event that is handed over again makes no second record while it is among the last Config.Recent, or in a file that is
// not yet removed when the directory is opened.
//
// # When not to use it
//
// On a disk that does not outlive the machine, where a commit in the database is the only thing that lasts; and where many
// processes share a directory. Network file systems may report a lack of room with the sync, which breaks the sink.
//
// # Files
//
// A directory holds the file "lock", the file "mark", and segments, each named by the position of its first entry in 20
// decimal digits, with the suffix ".wal". Files under a name that ends in ".tmp" never became whole. Integers are unsigned
// and big-endian. Checksums are CRC-32C.
//
// A segment begins with a header:
//
//	 0   8  "SHUGOWAL"
//	 8   4  version, 1
//	12   4  0
//	16  16  origin: random, made once for a directory
//	32   8  position of the first entry, counted from 0 in the origin
//	40   4  0
//	44   4  checksum of the 44 bytes before
//
// Frames follow, without gaps, one for each entry:
//
//	 0   4  length of the payload, 1 to 1,048,576
//	 4   8  position of the entry
//	12   4  how many positions before it were perhaps not on the disk when the frame was made
//	16   4  checksum of the origin, the 16 bytes before, and the payload, in this order
//	20      payload: the entry, as leaf.Entry.Marshal in internal/leaf writes it
//
// Zeros, or nothing, follow the last frame: a segment is filled with zeros ahead, so that a sync need not make it longer.
// The next segment begins at the position at which one ends. In the last one, what follows the last whole frame and is not
// zero is a group whose sync did not return: New cuts it away, and Status.Cut says how much it was. Where a later frame says
// that it was on the disk, it is ErrDamaged, as is everything else that is not as it was left. A last group that is
// damaged later, by whatever, cannot be told from one that was never whole, unless Shutdown or the mark say where the
// directory ends.
//
// The mark has two slots, at 0 and at 512, of which the one with the higher sequence counts, if it is whole:
//
//	 0   8  "SHUGOMRK"
//	 8   4  version, 1
//	12   4  1: Shutdown has ended; 0: it has not
//	16  16  origin
//	32   8  sequence
//	40   8  position of the first entry that is not known to be shipped
//	48   8  position after the last entry, if Shutdown has ended
//	56   4  0
//	60   4  checksum of the 60 bytes before
//
// # Concurrency
//
// All methods are safe for concurrent use. No goroutine is started: those who wait for a sync do it for each other.
//
// # Errors
//
//	ErrFull     no room; taken again when there is: see FullError
//	ErrBroken   a write or a sync failed
//	ErrClosed   Shutdown was called
//	ErrLocked   the directory is in use
//	ErrDamaged  a file is not as it was left: see DamagedError
//	ErrVersion  a file of a newer version
package walsink
