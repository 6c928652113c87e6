package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// database is what is read of the Unicode character database.
type database struct {
	version  string
	fields   map[string]map[rune]string // by name of the field
	radicals map[rune]rune              // from a radical to the ideograph that looks like it
}

func load(dir string) (*database, error) {
	db := &database{fields: map[string]map[rune]string{}, radicals: map[rune]rune{}}
	files, err := filepath.Glob(filepath.Join(dir, "Unihan_*.txt"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s has no Unihan_*.txt", dir)
	}
	for _, file := range files {
		if err := lines(file, db.field); err != nil {
			return nil, err
		}
	}
	err = lines(filepath.Join(dir, "EquivalentUnifiedIdeograph.txt"), db.radical)
	return db, err
}

// lines gives each line of a file that is no comment to a function.
func lines(path string, each func(string) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	scanner := bufio.NewScanner(f)
	scanner.Buffer(nil, 1<<20)
	for n := 1; scanner.Scan(); n++ {
		if scanner.Text() == "" {
			continue
		}
		if err := each(scanner.Text()); err != nil {
			return errors.Join(fmt.Errorf("%s:%d: %w", path, n, err), f.Close())
		}
	}
	return errors.Join(scanner.Err(), f.Close())
}

// field reads a line as "U+8AAC	kJoyoKanji	2010".
func (db *database) field(line string) error {
	if strings.HasPrefix(line, "#") {
		if _, version, ok := strings.Cut(line, "Unicode version: "); ok {
			db.version = version
		}
		return nil
	}
	parts := strings.SplitN(line, "\t", 3)
	if len(parts) != 3 {
		return fmt.Errorf("%d fields, expected 3", len(parts))
	}
	r, err := scalar(strings.TrimPrefix(parts[0], "U+"))
	if err != nil {
		return err
	}
	if db.fields[parts[1]] == nil {
		db.fields[parts[1]] = map[rune]string{}
	}
	db.fields[parts[1]][r] = parts[2]
	return nil
}

// radical reads a line as "2E8C..2E8D    ; 5C0F #  [2] CJK RADICAL SMALL ONE..CJK RADICAL SMALL TWO".
func (db *database) radical(line string) error {
	line, _, _ = strings.Cut(line, "#")
	if strings.TrimSpace(line) == "" {
		return nil
	}
	from, to, ok := strings.Cut(line, ";")
	if !ok {
		return errors.New("no semicolon")
	}
	first, last, ok := strings.Cut(strings.TrimSpace(from), "..")
	if !ok {
		last = first
	}
	low, err1 := scalar(first)
	high, err2 := scalar(last)
	same, err3 := scalar(strings.TrimSpace(to))
	for r := low; r <= high && r < 0x2FE0; r++ { // strokes, above, are not mistaken for kanji
		db.radicals[r] = same
	}
	return errors.Join(err1, err2, err3)
}

func scalar(hex string) (rune, error) {
	n, err := strconv.ParseUint(hex, 16, 21)
	return rune(n), err
}

// refers returns the characters that a field of a character names: "U+56EF<kMeyerWempe U+56FD".
func (db *database) refers(field string, r rune) ([]rune, error) {
	var found []rune
	for _, word := range strings.Fields(db.fields[field][r]) {
		word, _, _ = strings.Cut(word, "<")
		other, err := scalar(strings.TrimPrefix(word, "U+"))
		if err != nil {
			return nil, fmt.Errorf("%s of %U: %w", field, r, err)
		}
		found = append(found, other)
	}
	return found, nil
}
