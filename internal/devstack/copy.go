//go:build linux || darwin

package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// copyTree copies a folder with its permissions, without its marker. When owner is not nil, everything belongs to it.
func copyTree(from, to string, owner *account) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		target := filepath.Join(to, name)
		switch {
		case name == marker:
			return nil
		case d.IsDir():
			err = os.MkdirAll(target, info.Mode().Perm())
		default:
			err = copyFile(path, target, info.Mode().Perm())
		}
		if err != nil {
			return err
		}
		return owner.own(target)
	})
}

func copyFile(from, to string, mode fs.FileMode) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}
