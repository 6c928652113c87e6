//go:build linux || darwin

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

const cacheVariable = "SHUGO_DEVSTACK_DIR"

// cacheRoot returns the folder that set-ups are kept in.
func cacheRoot() (string, error) {
	dir := os.Getenv(cacheVariable)
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("no cache folder: %w: name one in %s", err, cacheVariable)
		}
		dir = filepath.Join(user, "shugo", "devstack")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o755)
}

// marker is the file that a complete set-up ends with. It lists every other file, so that one that was damaged later is
// noticed.
const marker = "complete.json"

// setup is something that is made once and kept in the cache.
type setup struct {
	name  string // folder in the cache; a new version is a new name
	space uint64 // MB that it needs
	deep  bool   // whether the content is checked at every start, not the sizes alone
	make  func(ctx context.Context, dir string) error
}

// prepare returns the folder of a set-up, which is made when it is not there, not complete, or damaged. Two devstacks
// that prepare the same wait for each other; a set-up that ends half way leaves nothing that a later one would take for
// whole.
func (s setup) prepare(ctx context.Context, root string) (string, error) {
	unlock, err := lock(ctx, filepath.Join(root, s.name+".lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	dir := filepath.Join(root, s.name)
	damage := verify(dir, s.deep)
	if damage == nil {
		return dir, nil
	}
	if _, err := os.Stat(dir); err == nil {
		say("the set-up of %s is incomplete or damaged (%s): repairing it", s.name, damage)
	}
	half := dir + ".half"
	for _, d := range []string{dir, half} {
		if err := os.RemoveAll(d); err != nil {
			return "", err
		}
	}
	if err := enoughSpace(root, s.space); err != nil {
		return "", err
	}
	if err := os.Mkdir(half, 0o755); err != nil {
		return "", err
	}
	err = s.make(ctx, half)
	if err == nil {
		err = complete(half)
	}
	if err == nil {
		err = os.Rename(half, dir)
	}
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(half))
	}
	return dir, nil
}

// condemn makes the next prepare repair a set-up whose content is not what was made. It reports whether there was damage.
func (s setup) condemn(dir string) bool {
	damage := verify(dir, true)
	if damage == nil {
		return false
	}
	say("the set-up of %s is damaged: %s", s.name, damage)
	return os.Remove(filepath.Join(dir, marker)) == nil || errors.Is(damage, os.ErrNotExist)
}

// file is what the marker says of a file.
type file struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// complete writes the marker, and makes it durable after everything else.
func complete(dir string) error {
	files, err := inventory(dir)
	if err != nil {
		return err
	}
	text, err := json.Marshal(files)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, marker), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// verify reports in what a set-up differs from its marker; deep compares contents too.
func verify(dir string, deep bool) error {
	text, err := os.ReadFile(filepath.Join(dir, marker))
	if err != nil {
		return err
	}
	var want map[string]file
	if err := json.Unmarshal(text, &want); err != nil {
		return fmt.Errorf("%s: %w", marker, err)
	}
	if len(want) == 0 {
		return fmt.Errorf("%s lists no file", marker)
	}
	for name, listed := range want {
		path := filepath.Join(dir, name)
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if info.Size() != listed.Size {
			return fmt.Errorf("%s has %d bytes, want %d", name, info.Size(), listed.Size)
		}
		if !deep {
			continue
		}
		if sum, err := checksum(path); err != nil || sum != listed.SHA256 {
			return errors.Join(err, fmt.Errorf("%s has another content than it was made with", name))
		}
	}
	return nil
}

// inventory describes every file below a folder but the marker.
func inventory(dir string) (map[string]file, error) {
	files := map[string]file{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || d.Name() == marker {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		sum, err := checksum(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		files[name] = file{info.Size(), sum}
		return err
	})
	return files, err
}

func checksum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
