package filesource

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

// scan finds what is in a root.
func (r *run) scan(ctx context.Context, number int) error {
	config, root := r.config.Roots[number], r.roots[number]
	info, err := root.Stat(".")
	if err != nil {
		return fmt.Errorf("root %q: %w", config.Name, err)
	}
	top, err := r.describe(number, "", info)
	if err != nil {
		return err
	}
	if r.config.Attributes {
		if err := r.attribute(root, ".", top); err != nil {
			return err
		}
	}
	r.entries = append(r.entries, top)
	return r.descend(ctx, number, root, "")
}

// descend finds what is in a directory, ordered by the bytes of the names.
func (r *run) descend(ctx context.Context, number int, dir *os.Root, below string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	names, err := list(dir)
	if err != nil {
		return err
	}
	config := r.config.Roots[number]
	for _, name := range names {
		p := name
		if below != "" {
			p = below + "/" + name
		}
		if matches(config.Exclude, p) {
			continue
		}
		info, err := dir.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was removed before it could be part of the snapshot
		}
		if err != nil {
			return err
		}
		included := config.Include == nil || matches(config.Include, p)
		f, err := r.describe(number, p, info)
		if err != nil {
			return err
		}
		if f == nil {
			if included {
				r.skip(config.Name+"/"+p, info.Mode())
			}
			continue
		}
		if f.Kind == directory {
			err = r.into(ctx, dir, name, f, included)
		} else if included {
			err = r.add(dir, name, f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// list returns the names in a directory.
func list(dir *os.Root) ([]string, error) {
	f, err := dir.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // nothing was written
	names, err := f.Readdirnames(-1)
	if errors.Is(err, fs.ErrNotExist) { // it was removed while it was open, and all in it before
		err = nil
	}
	slices.Sort(names)
	return names, err
}

// into adds a directory and what is in it. One that no pattern includes is there for what is in it.
func (r *run) into(ctx context.Context, dir *os.Root, name string, f *found, included bool) error {
	sub, err := dir.OpenRoot(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer sub.Close() //nolint:errcheck // nothing was written
	if info, err := sub.Stat("."); err != nil {
		return err
	} else if i, _ := identify(info, r.began); i.Inode != f.Identity.Inode || i.Device != f.Identity.Device {
		return nil // another took its place, which is to be found next time
	}
	if r.config.Attributes {
		if err := r.attribute(sub, ".", f); errors.Is(err, fs.ErrNotExist) {
			return nil
		} else if err != nil {
			return err
		}
	}
	r.entries = append(r.entries, f)
	at := len(r.entries)
	if err := r.descend(ctx, f.root, sub, f.below); err != nil {
		return err
	}
	if !included && len(r.entries) == at {
		r.entries = r.entries[:at-1]
	}
	return nil
}

// add adds a file or a symbolic link.
func (r *run) add(dir *os.Root, name string, f *found) error {
	if f.Kind == symlink {
		target, err := dir.Readlink(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		f.Target = []byte(target)
	}
	r.entries = append(r.entries, f)
	return nil
}

// describe returns what is at a path; nil: nothing that is kept.
func (r *run) describe(number int, below string, info fs.FileInfo) (*found, error) {
	f := &found{root: number, below: below}
	switch info.Mode().Type() {
	case 0:
		f.Kind = regular
	case fs.ModeDir:
		f.Kind = directory
	case fs.ModeSymlink:
		f.Kind = symlink
	default:
		return nil, nil
	}
	p := r.config.Roots[number].Name
	if below != "" {
		p += "/" + below
	}
	f.setPath(p)
	f.observe(info, time.Now(), r.config.Owners)
	return f, nil
}

// observe takes from a description what is kept of it.
func (f *found) observe(info fs.FileInfo, now time.Time, owners bool) {
	f.Identity, f.links = identify(info, now)
	f.Time = info.ModTime().UTC()
	f.Mode = info.Mode() & (fs.ModePerm | fs.ModeSticky)
	if owners {
		f.Mode = info.Mode() & (fs.ModePerm | fs.ModeSticky | fs.ModeSetuid | fs.ModeSetgid)
		f.UID, f.GID = owner(info)
	}
	switch f.Kind {
	case regular:
		f.Size = info.Size()
	case symlink:
		f.Mode = 0 // systems differ in what they say
	}
}

// attribute reads the extended attributes of a directory.
func (r *run) attribute(dir *os.Root, name string, f *found) error {
	opened, err := dir.Open(name)
	if err != nil {
		return err
	}
	defer opened.Close() //nolint:errcheck // nothing was written
	f.Attrs, err = attributes(opened)
	return err
}

// skip reports what is left out.
func (r *run) skip(p string, mode fs.FileMode) {
	s := Skipped{Path: strings.ToValidUTF8(p, "\uFFFD"), Kind: "device"}
	switch {
	case mode&fs.ModeSocket != 0:
		s.Kind = "socket"
	case mode&fs.ModeNamedPipe != 0:
		s.Kind = "pipe"
	}
	if len(r.skipped) < mostSkipped {
		r.skipped = append(r.skipped, s)
	}
	if r.config.Skipped != nil {
		r.config.Skipped(s)
	}
}
