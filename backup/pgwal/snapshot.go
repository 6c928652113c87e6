package pgwal

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// formatVersion is of what this package writes into a snapshot.
const formatVersion = 1

// manifestItem is the item that holds the server's backup manifest, and Base in its meta.
const manifestItem = "backup_manifest"

// Base is what a snapshot of a cluster says of itself.
type Base struct {
	Format        int          `json:"format"`                // of the snapshot
	System        string       `json:"system"`                // system identifier
	Version       int          `json:"version"`               // of the server, such as 150020
	Server        string       `json:"server"`                // the version in the server's words
	Timeline      uint32       `json:"timeline"`              // of Start
	Start         backup.LSN   `json:"start"`                 // where replay begins
	StopTimeline  uint32       `json:"stop_timeline"`         // of Stop
	Stop          backup.LSN   `json:"stop"`                  // before it the files are not consistent
	SegmentSize   uint64       `json:"segment_size"`          // of WAL, in bytes
	PageChecksums bool         `json:"page_checksums"`        // the cluster's pages have checksums
	IncludesWAL   bool         `json:"includes_wal"`          // from Start to Stop
	Mode          string       `json:"mode"`                  // of the data directory, octal
	Label         string       `json:"label"`                 //
	Tablespaces   []Tablespace `json:"tablespaces,omitempty"` //
	Size          int64        `json:"size"`                  // bytes of all files
	Started       time.Time    `json:"started"`               // UTC, by the clock of the one who took it
}

// ReadBase returns what a snapshot says of itself. An error is backup.ErrNotFound where it is not one of this package's, and
// backup.ErrVersion where a later version of this package wrote it.
func ReadBase(r backup.Reader) (Base, error) {
	for _, item := range r.Items() {
		if item.Name != manifestItem {
			continue
		}
		var b Base
		if err := json.Unmarshal(item.Meta, &b); err != nil {
			return Base{}, &backup.CorruptError{Object: manifestItem, Text: "its meta cannot be read", Err: err}
		}
		if b.Format != formatVersion {
			return Base{}, fmt.Errorf("pgwal: snapshot %s has format %d, expected %d: %w", r.Snapshot().ID, b.Format, formatVersion, backup.ErrVersion)
		}
		return b, b.check()
	}
	return Base{}, fmt.Errorf("pgwal: snapshot %s is not of a cluster: %w", r.Snapshot().ID, backup.ErrNotFound)
}

func (b Base) check() error {
	if b.System == "" || b.Timeline == 0 || b.StopTimeline < b.Timeline || b.Stop < b.Start {
		return &backup.CorruptError{Object: manifestItem, Text: "its positions contradict each other"}
	}
	if err := checkSegmentSize(b.SegmentSize); err != nil {
		return &backup.CorruptError{Object: manifestItem, Text: "it has no size of a segment", Err: err}
	}
	for _, t := range b.Tablespaces {
		if checkOID(t.OID) != nil {
			return &backup.CorruptError{Object: manifestItem, Text: "a tablespace has no name"}
		}
	}
	return nil
}

// segmentStart returns where the segment begins that holds a position.
func (b Base) segmentStart(lsn backup.LSN) backup.LSN { return lsn &^ backup.LSN(b.SegmentSize-1) }

// Needs returns from which position on each log is needed for as long as the snapshot is kept: less than Cut says, since
// replay begins where the backup began. It is what backup.Keep asks for.
func Needs(r backup.Reader) (map[string]uint64, error) {
	b, err := ReadBase(r)
	if err != nil {
		return nil, err
	}
	return map[string]uint64{
		LogName(b.System, b.Timeline): uint64(b.segmentStart(b.Start)), HistoryName(b.System): 0,
	}, nil
}

// members returns the members of an item, checked: it holds a large file, or a pack of small ones.
func members(item backup.Item) ([]packed, error) {
	var all []packed
	var err error
	switch item.Kind {
	case itemKindFile:
		var one packed
		err = json.Unmarshal(item.Meta, &one)
		all = []packed{one}
		if want := int((one.Size + chunkSize - 1) / chunkSize); err == nil && (one.Kind != kindFile || one.Size < 1 || one.Size != item.Size || want != item.Chunks) {
			err = fmt.Errorf("%d bytes in %d chunks, expected %d in %d", item.Size, item.Chunks, one.Size, want)
		}
	case itemKindPack:
		err = json.Unmarshal(item.Meta, &all)
	default:
		return nil, nil
	}
	for _, m := range all {
		err = errors.Join(err, m.check(item))
	}
	if err != nil {
		return nil, &backup.CorruptError{Object: "item of kind " + item.Kind, Text: "its meta cannot be read", Err: err}
	}
	return all, nil
}

// check holds a member to the rules by which tarReader let it in.
func (m packed) check(item backup.Item) error {
	if err := checkPath(m.Path); err != nil {
		return err
	}
	switch m.Kind {
	case kindDir:
		return nil
	case kindLink:
		return checkLink("", m.member)
	case kindFile:
		if m.Mode > 0o777 || m.Size < 0 || m.Chunk < 0 || m.Offset < 0 || m.Size > 0 && m.Chunk >= item.Chunks || path.Clean(m.Path) != m.Path {
			return errors.New("a file that is not within its item")
		}
		return nil
	}
	return errors.New("a member of no known kind")
}
