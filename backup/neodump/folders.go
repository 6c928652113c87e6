package neodump

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const (
	settingsFile = "additional.conf"
	hidden       = ".shugo-" // begins the names of folders that are loaded into
)

// folders are what two settings of a server say.
type folders struct {
	data         string // server.directories.data
	transactions string // server.directories.transaction.logs.root
}

// newFolders makes paths absolute, or returns all that is wrong with them.
func newFolders(data, transactions string) (f folders, err error) {
	var problems []error
	if data == "" {
		problems = append(problems, errors.New("neodump: no Data, expected the folder of the setting server.directories.data"))
	}
	if transactions == "" {
		transactions = filepath.Join(data, "transactions")
	}
	for _, folder := range []struct{ field, path string }{{"Data", data}, {"Transactions", transactions}} {
		// The tool is told of them in a file, in which these have a meaning.
		if strings.ContainsAny(filepath.ToSlash(folder.path), "\\\r\n") || strings.Contains(folder.path, "$(") {
			problems = append(problems, fmt.Errorf("neodump: %s has a backslash, a line's end or a dollar sign before a parenthesis", folder.field))
		}
	}
	f.data, err = filepath.Abs(data)
	problems = append(problems, err)
	f.transactions, err = filepath.Abs(transactions)
	return f, errors.Join(append(problems, err)...)
}

// place returns where a database is.
func (f folders) place(database string) place {
	return place{filepath.Join(f.data, "databases", database), filepath.Join(f.transactions, database)}
}

// stage makes folders to load into, on the same file systems. They are to be removed also after an error.
func (f folders) stage() (made folders, err error) {
	for _, folder := range []string{f.data, f.transactions} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return made, err
		}
	}
	if made.data, err = os.MkdirTemp(f.data, hidden); err != nil {
		return made, err
	}
	made.transactions, err = os.MkdirTemp(f.transactions, hidden)
	return made, err
}

// remove removes the folders that stage made.
func (f folders) remove() (err error) {
	for _, folder := range []string{f.data, f.transactions} {
		if folder != "" {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}
	return err
}

// option has the tool use the folders whatever its configuration says, by a file that is written into a folder.
func (f folders) option(in string) (string, error) {
	path := filepath.Join(in, settingsFile)
	text := fmt.Sprintf("server.directories.data=%s\nserver.directories.transaction.logs.root=%s\n", filepath.ToSlash(f.data), filepath.ToSlash(f.transactions))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("neodump: file of settings: %w", err)
	}
	return "--additional-config=" + path, nil
}
