package backup

import "context"

// MaxChunk is the size of the largest chunk, in bytes.
const MaxChunk = 16 << 20

// A Source is a store that can be backed up.
type Source interface {
	// Name is unique among the sources of a repository, such as "postgres". It follows the rule of a segment of an
	// object's name.
	Name() string
	// Backup writes the state of the store at one moment, and returns that moment. It is refused or whole: after an
	// error nothing of what it wrote is a snapshot.
	Backup(ctx context.Context, w Writer) (Cut, error)
}

// A Writer takes the items of one snapshot. It is safe for concurrent use, and usable until Backup returns.
type Writer interface {
	// Create begins an item. Several may be open at once; one that is not committed is not in the snapshot. A name is
	// given once.
	Create(ctx context.Context, name, kind string) (ItemWriter, error)
	// Previous returns the newest snapshot of the same source, or nil if there is none.
	Previous() Reader
	// Reuse adds an item of the previous snapshot as it is, without reading its chunks: for what is known not to have
	// changed.
	Reuse(ctx context.Context, name string) error
}

// An ItemWriter takes the chunks of one item, in order. It is used by one goroutine.
type ItemWriter interface {
	// Append adds a chunk. The writer owns chunk.Data from then on, until it calls chunk.Release; it may still be at work
	// on it when Append returns, and then reports what goes wrong from a later call.
	Append(ctx context.Context, chunk Chunk) error
	// Commit ends the item with what its source wants to know of it before it reads chunks (at most 1 MiB, often
	// JSON). It is sealed like data.
	Commit(ctx context.Context, meta []byte) error
}

// Chunk is a piece of an item: what is stored once however often it occurs, and read as a whole.
type Chunk struct {
	Data    []byte // 1 to MaxChunk bytes
	Encoded bool   // already compressed: storing tries no more
	Release func() // called once, when Data is no longer used; may be nil
}

// Item is an entry of a snapshot.
type Item struct {
	Name   string `json:"name"`           // unique within the snapshot
	Kind   string `json:"kind"`           // in the words of the source, such as "rows"
	Meta   []byte `json:"meta,omitempty"` // what the source gave to Commit
	Chunks int    `json:"chunks"`         // how many
	Size   int64  `json:"size"`           // bytes of all chunks, as the source gave them
}

// A Reader reads one snapshot. It is safe for concurrent use. Whatever it returns has been authenticated.
type Reader interface {
	// Snapshot describes what is read.
	Snapshot() Snapshot
	// Items returns the items, ordered by name. The caller owns the slice, and shares Meta.
	Items() []Item
	// Chunk returns one chunk of an item, numbered from 0. The caller owns it. An error is ErrNotFound where there is
	// no such item or chunk, and a *CorruptError where no place has it intact.
	Chunk(ctx context.Context, item string, number int) ([]byte, error)
	// Log returns a log of the repository that the snapshot is in.
	Log(name string) Log
}

// A Destination is where a snapshot is restored, fresh: it refuses one that holds something with ErrNotEmpty.
type Destination interface {
	// Restore brings the snapshot back and, if its source keeps a log, carries it on to the goal. When it fails or is
	// cancelled it leaves nothing that could be taken for a restored store.
	Restore(ctx context.Context, r Reader, to Goal) error
	// Examine looks at what was restored.
	Examine(ctx context.Context) (Examination, error)
}
