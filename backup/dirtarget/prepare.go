package dirtarget

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/shugo-data/shugo/backup"
)

// draftAge is the age of a draft after which its writer is taken for dead.
const draftAge = time.Hour

// prepare makes the directory, tries what Put needs, and tidies up.
func (t *Target) prepare() error {
	switch err := os.Mkdir(t.config.Dir, folderMode); {
	case err == nil:
		if err := syncParent(t.config.Dir); err != nil {
			return fmt.Errorf("dirtarget: %w: %w", backup.ErrUnavailable, err)
		}
	case !errors.Is(err, fs.ErrExist):
		return fmt.Errorf("dirtarget: %w: %w", backup.ErrUnavailable, err)
	}
	root, err := os.OpenRoot(t.config.Dir)
	if err != nil {
		return fmt.Errorf("dirtarget: %w: %w", backup.ErrUnavailable, err)
	}
	defer root.Close()
	if err := root.Mkdir(drafts, folderMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return failed("make the folder of drafts", "", err)
	}
	first, err := writeDraft(context.Background(), root, nil)
	if err != nil {
		return failed("write a draft", "", err)
	}
	defer root.Remove(first)
	second := first + "-link"
	if err := root.Link(first, second); err != nil {
		return failed("make a hard link", "", err)
	}
	defer root.Remove(second)
	if err := root.Link(first, second); !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("dirtarget: the file system overwrites with a hard link: %v, expected it to refuse", err)
	}
	now, err := root.Lstat(first) // by the clock of the file system
	if err != nil {
		return failed("write a draft", "", err)
	}
	return failed("remove old drafts", "", removeDrafts(root, now.ModTime().Add(-draftAge)))
}

// removeDrafts removes drafts that were begun before a moment. Should the writer of one live after all, its Put fails
// when it comes to the link, so that nothing is lost.
func removeDrafts(root *os.Root, before time.Time) error {
	entries, err := readFolder(root, drafts)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := root.Lstat(path.Join(drafts, e.Name()))
		if err != nil || !info.Mode().IsRegular() || !info.ModTime().Before(before) {
			continue // gone, or young
		}
		if err := root.Remove(path.Join(drafts, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func syncParent(dir string) error {
	file, err := os.Open(filepath.Dir(filepath.Clean(dir)))
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
