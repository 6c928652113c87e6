// Unihan generates the table of kanji of package japanese from the Unicode character database.
//
//	go run ./internal/unihan -from DIR
//
// DIR holds the files of Unihan.zip and EquivalentUnifiedIdeograph.txt, unpacked (those of Debian's package unicode-data after bunzip2).
// It prints how many kanji each list has; the tests of package japanese hold them against the published counts.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	from := flag.String("from", "", "folder with the files of the Unicode character database")
	to := flag.String("to", "japanese", "folder of package japanese")
	flag.Parse()
	if err := run(*from, *to); err != nil {
		fmt.Fprintln(os.Stderr, "unihan:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	if from == "" {
		return errors.New("-from is missing")
	}
	db, err := load(from)
	if err != nil {
		return err
	}
	all, err := classify(db)
	if err != nil {
		return err
	}
	data, layout := pack(all)
	if err := os.WriteFile(filepath.Join(to, "kanji.bin"), data, 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(to, "kanjilayout.go"), layout.source(db.version), 0o644); err != nil {
		return err
	}
	fmt.Printf("Unicode %s: %d characters, %d bytes\n", db.version, len(all), len(data))
	return nil
}
