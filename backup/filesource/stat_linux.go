package filesource

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// nonblock keeps an open from waiting for the other end of a pipe that took the place of a file.
const nonblock = syscall.O_NONBLOCK

// granularity is how far two changes may be apart and show the same time, on the coarsest file system (FAT).
const granularity = 2 * time.Second

// identify returns by what a file is known again, when it is read at a moment.
func identify(info fs.FileInfo, now time.Time) (i identity, links uint64) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return identity{}, 1
	}
	change := time.Unix(s.Ctim.Unix())
	young := now.Sub(change).Abs() < granularity
	return identity{Device: uint64(s.Dev), Inode: s.Ino, Change: change.UnixNano(), Young: young}, uint64(s.Nlink) //nolint:unconvert // its types differ by processor
}

// owner returns the numbers of the owner and the group.
func owner(info fs.FileInfo) (uid, gid int) {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(s.Uid), int(s.Gid)
	}
	return 0, 0
}

// sparse reports whether a file has fewer blocks than its size needs.
func sparse(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && s.Blocks*512 < info.Size()
}

// extents returns the parts of a file with data, up to a size; nil: all of it.
func extents(f *os.File, size int64) ([]extent, error) {
	const seekData, seekHole = 3, 4
	all := []extent{}
	for at := int64(0); at < size; {
		start, err := f.Seek(at, seekData)
		if errors.Is(err, syscall.ENXIO) { // a hole up to the end
			break
		}
		if errors.Is(err, syscall.EINVAL) { // the file system does not know
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		end, err := f.Seek(start, seekHole)
		if err != nil {
			return nil, err
		}
		if start = min(start, size); start < size {
			all = append(all, extent{start, min(end, size) - start})
		}
		if len(all) > mostExtents {
			all = nil
			break
		}
		at = end
	}
	_, err := f.Seek(0, io.SeekStart)
	return all, err
}

// attributes returns the extended attributes of an open file: none where the file system has none.
func attributes(f *os.File) (map[string][]byte, error) {
	fd := int(f.Fd())
	names := make([]byte, 64<<10)
	n, err := unix.Flistxattr(fd, names)
	if errors.Is(err, unix.ENOTSUP) || err == nil && n == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := map[string][]byte{}
	value := make([]byte, 64<<10)
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names[:n]), "\x00"), "\x00") {
		n, err := unix.Fgetxattr(fd, name, value)
		if errors.Is(err, unix.ENODATA) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all[name] = append([]byte{}, value[:n]...)
	}
	return all, nil
}

// setAttributes sets the extended attributes of an open file.
func setAttributes(f *os.File, all map[string][]byte) error {
	for name, value := range all {
		if err := unix.Fsetxattr(int(f.Fd()), name, value, 0); err != nil {
			return &fs.PathError{Op: "setxattr", Path: f.Name(), Err: err}
		}
	}
	return nil
}

// free returns how many bytes a file system has left for us.
func free(f *os.File) (int64, bool) {
	var s unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * s.Bsize, true
}

// flush makes durable all that was written to the file system of a directory.
func flush(f *os.File) error {
	if err := unix.Syncfs(int(f.Fd())); err != nil {
		return &fs.PathError{Op: "syncfs", Path: f.Name(), Err: err}
	}
	return f.Sync()
}

// flushesAll reports whether flush makes files durable that were not synced themselves.
const flushesAll = true

// device returns the number of the file system that something is on.
func device(info fs.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Dev) //nolint:unconvert // its type differs by processor
	}
	return 0
}

// full reports whether an error says that there is no space.
func full(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
