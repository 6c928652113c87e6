package pgwal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/shugo-data/shugo/backup"
)

// controlFile is the file without which no server starts.
const controlFile = "global/pg_control"

// tree is the folders that a restore fills. All of its files are reached through roots, which no path and no link leaves.
type tree struct {
	path   string
	data   *os.Root
	wal    *os.Root
	spaces map[string]*os.Root // of tablespaces, by their path below the data directory
	links  map[string]string   // where those are
	made   []string            // folders that were not there before
}

// openTree makes the folders, or finds them empty.
func openTree(c DirectoryConfig, base Base) (_ *tree, err error) {
	mode, err := strconv.ParseUint(base.Mode, 8, 32)
	if err != nil || mode != 0o700 && mode != 0o750 {
		return nil, &backup.CorruptError{Object: manifestItem, Text: "it has no mode of the data directory", Err: err}
	}
	t := &tree{path: c.Path, spaces: map[string]*os.Root{}, links: map[string]string{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.close(true))
		}
	}()
	folders := map[string]**os.Root{c.Path: &t.data, c.WAL: &t.wal}
	for _, space := range base.Tablespaces {
		if !filepath.IsAbs(space.Location) { // within the data directory
			continue
		}
		location, mapped := c.Tablespaces[space.Location]
		if !mapped {
			location = space.Location
		}
		if location, err = filepath.Abs(location); err != nil {
			return nil, err
		}
		if _, twice := folders[location]; twice {
			return nil, fmt.Errorf("pgwal: two tablespaces, or one and the data directory, are to be restored into one folder")
		}
		folders[location] = new(*os.Root)
		name := path.Join("pg_tblspc", space.OID)
		t.links[name] = location
	}
	if err := checkEmpty(folders); err != nil {
		return nil, err
	}
	for folder, root := range folders {
		if *root, err = t.open(folder, fs.FileMode(mode)); err != nil {
			return nil, err
		}
	}
	for name, location := range t.links {
		t.spaces[name] = *folders[location]
	}
	return t, nil
}

// checkEmpty refuses folders in which something is.
func checkEmpty(folders map[string]**os.Root) error {
	for folder := range folders {
		entries, err := os.ReadDir(folder)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return fmt.Errorf("pgwal: look at %s: %w", folder, err)
		case len(entries) > 0:
			return fmt.Errorf("pgwal: %s has %d entries: %w", folder, len(entries), backup.ErrNotEmpty)
		}
	}
	return nil
}

func (t *tree) open(folder string, mode fs.FileMode) (*os.Root, error) {
	if !exists(folder) {
		t.made = append(t.made, folder)
	}
	if err := os.MkdirAll(folder, mode); err != nil {
		return nil, writeError("make the directory", err)
	}
	if err := os.Chmod(folder, mode); err != nil {
		return nil, writeError("set the mode of the directory", err)
	}
	return os.OpenRoot(folder)
}

// at returns the root that holds a member, and the path below it.
func (t *tree) at(name string) (*os.Root, string) {
	for prefix, root := range t.spaces {
		if rest, found := strings.CutPrefix(name, prefix+"/"); found {
			return root, rest
		}
	}
	return t.data, name
}

// create makes a file of a size.
func (t *tree) create(m member) (*os.File, error) {
	root, name := t.at(m.Path)
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fs.FileMode(m.Mode))
	if errors.Is(err, fs.ErrNotExist) {
		if err = root.MkdirAll(path.Dir(name), 0o700); err == nil {
			file, err = root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fs.FileMode(m.Mode))
		}
	}
	if err != nil {
		return nil, writeError("create a file", err)
	}
	if err := errors.Join(file.Chmod(fs.FileMode(m.Mode)), file.Truncate(m.Size)); err != nil {
		return nil, errors.Join(writeError("size a file", err), file.Close())
	}
	return file, nil
}

// folder makes a folder, or sets the mode of one that is there.
func (t *tree) folder(m member) error {
	if _, space := t.spaces[m.Path]; space {
		return nil
	}
	root, name := t.at(m.Path)
	if err := root.MkdirAll(name, fs.FileMode(m.Mode)); err != nil {
		return writeError("make a folder", err)
	}
	return writeError("set the mode of a folder", root.Chmod(name, fs.FileMode(m.Mode)))
}

// link makes the link of a tablespace, to where it is restored.
func (t *tree) link(m member) error {
	location, found := t.links[m.Path]
	if !found {
		return &backup.CorruptError{Object: m.Path, Text: "the link of a tablespace that the snapshot does not have"}
	}
	if err := t.data.MkdirAll(path.Dir(m.Path), 0o700); err != nil {
		return writeError("make a folder", err)
	}
	return writeError("make the link of a tablespace", t.data.Symlink(location, m.Path))
}

// finish makes all folders durable, and then pg_control, which was written under another name, what it is.
func (t *tree) finish() error {
	for _, root := range t.roots() {
		err := fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
			if err != nil || !e.IsDir() {
				return err
			}
			return syncFolder(root, name)
		})
		if err != nil {
			return writeError("sync a folder", err)
		}
	}
	for _, folder := range t.made {
		if err := syncPath(filepath.Dir(folder)); err != nil {
			return writeError("sync a folder", err)
		}
	}
	if err := t.data.Rename(controlFile+hidden, controlFile); err != nil {
		return writeError("put pg_control in place", err)
	}
	return writeError("sync a folder", syncFolder(t.data, path.Dir(controlFile)))
}

// hidden is what pg_control's name ends with until all else is durable.
const hidden = ".restoring"

func (t *tree) roots() []*os.Root {
	all := []*os.Root{}
	for _, root := range t.spaces {
		all = append(all, root)
	}
	for _, root := range []*os.Root{t.data, t.wal} {
		if root != nil {
			all = append(all, root)
		}
	}
	return all
}

// close lets go of the folders; with clear, it empties them, and removes those that were not there before.
func (t *tree) close(clear bool) error {
	var problems []error
	for _, root := range t.roots() {
		if root == nil {
			continue
		}
		if clear {
			problems = append(problems, empty(root))
		}
		problems = append(problems, root.Close())
	}
	for _, folder := range t.made {
		if clear {
			problems = append(problems, os.Remove(folder))
		}
	}
	return errors.Join(problems...)
}

// empty removes what is in a folder, pg_control first, so that no half of it starts.
func empty(root *os.Root) error {
	problems := []error{root.RemoveAll(controlFile)}
	entries, err := fs.ReadDir(root.FS(), ".")
	problems = append(problems, err)
	for _, e := range entries {
		problems = append(problems, root.RemoveAll(e.Name()))
	}
	return errors.Join(problems...)
}

func syncFolder(root *os.Root, name string) error {
	folder, err := root.Open(name)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

func syncPath(name string) error {
	folder, err := os.Open(name)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// writeError gives an error of the file system its class.
func writeError(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("pgwal: %s: %w (%w)", what, backup.ErrFull, err)
	}
	return fmt.Errorf("pgwal: %s: %w", what, err)
}

// checkSpace refuses to begin where a folder's disk has less room than the snapshot has bytes. It counts only what has to be
// there in any case, so that it never refuses what would have gone well.
func (t *tree) checkSpace(r backup.Reader) error {
	needs := map[*os.Root]int64{}
	for _, item := range r.Items() {
		all, err := members(item)
		if err != nil {
			return err
		}
		for _, m := range all {
			root, _ := t.at(m.Path)
			needs[root] += m.Size
		}
	}
	for root, need := range needs {
		free, known := freeSpace(root.Name())
		if known && need > free {
			return fmt.Errorf("pgwal: %d MiB are needed in %s, %d MiB are free: %w", need>>20, root.Name(), free>>20, backup.ErrFull)
		}
	}
	return nil
}
