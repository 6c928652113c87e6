package neodump_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// TestMain makes this program neo4j-admin where a variable says so.
func TestMain(m *testing.M) {
	if mode, found := os.LookupEnv("NEODUMP_FAKE"); found {
		os.Exit(fakeAdmin(mode, os.Getenv("NEODUMP_FAKE_DATA"), os.Args[1:]))
	}
	os.Exit(m.Run())
}

// The fake's ways to go wrong: the first word is the command, the second what becomes of it.
const (
	works       = ""
	running     = "check running"
	unclean     = "check unclean"
	chatters    = "dump chatters"
	hangs       = "dump hangs"
	fails       = "dump fails" // after it has printed everything
	truncates   = "dump truncates"
	foreign     = "dump foreign" // of another format
	zips        = "dump zips"    // as where there is no library for Zstandard
	loadHangs   = "load hangs"
	loadFails   = "load fails"
	loadChanges = "load changes"
	loadLoses   = "load loses" // to another place
	secret      = "鈴木一郎"       // what no error may say
)

// fake returns a command line and variables of a tool whose server has its data in a folder.
func fake(t testing.TB, mode, data string) (admin, environment []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// With the race detector a program otherwise waits for a second before it ends.
	return []string{self}, []string{"NEODUMP_FAKE=" + mode, "NEODUMP_FAKE_DATA=" + data, "GORACE=atexit_sleep_ms=0"}
}

// fakeAdmin prints what neo4j-admin of Neo4j 5.26 prints.
func fakeAdmin(mode, data string, args []string) int {
	if os.Getenv("NEODUMP_FAKE_CHILD") != "" {
		<-time.After(10 * time.Minute)
		return 0
	}
	if args[0] == "--version" {
		fmt.Println("5.26.20")
		return 0
	}
	command, database := args[1], args[2]
	transactions := filepath.Join(data, "transactions")
	for _, arg := range args[3:] {
		if file, found := strings.CutPrefix(arg, "--additional-config="); found {
			settings, err := os.ReadFile(file)
			if err != nil {
				return 3
			}
			for line := range strings.Lines(string(settings)) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
				switch key {
				case "server.directories.data":
					data = value
				case "server.directories.transaction.logs.root":
					transactions = value
				}
			}
		}
	}
	folder, logs := filepath.Join(data, "databases", database), filepath.Join(transactions, database)
	trouble, found := strings.CutPrefix(mode, command+" ")
	if !found {
		trouble = ""
	}
	var err error
	switch command {
	case "check":
		err = fakeCheck(trouble, folder, os.Args)
	case "dump":
		err = fakeDump(trouble, folder, logs)
	case "load":
		err = fakeLoad(trouble, folder, logs)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%v\nRun with '--verbose' for a more detailed error message.\n", err)
		return 1
	}
	return 0
}

func fakeCheck(trouble, folder string, args []string) error {
	if _, err := os.Stat(folder); err != nil {
		return errors.New("Failed to prepare for consistency check: Could not find a valid database, or dump named 'x' to check")
	}
	switch trouble {
	case "running":
		return errors.New("The database is in use. Stop database 'neo4j' and try again.")
	case "unclean":
		return errors.New("Active logical log detected, this might be a source of inconsistencies.")
	}
	if _, err := os.Stat(filepath.Join(folder, "damaged")); err == nil {
		fmt.Printf("....................  10%%\n\tNumber of errors: 3\n\tNumber of warnings: 1\n\tNumber of inconsistent NODE records: 4\n")
		for _, arg := range args {
			if reports, found := strings.CutPrefix(arg, "--report-path="); found {
				if err := os.WriteFile(filepath.Join(reports, "x.report"), []byte(secret), 0o600); err != nil {
					return err
				}
			}
		}
		return errors.New("Inconsistencies found. See '" + secret + ".report' for details.")
	}
	return nil
}

func fakeDump(trouble, folder, logs string) error {
	archive, err := archiveOf(trouble == "zips", folder, logs)
	if err != nil {
		return errors.New("ERROR Failed to dump database 'x': Database does not exist: x")
	}
	switch trouble {
	case "chatters":
		return errors.New("java.lang.IllegalStateException: " + secret)
	case "foreign":
		archive[1] = 'X'
	case "truncates":
		archive = archive[:len(archive)-5]
	}
	if _, err := os.Stdout.Write(archive); err != nil {
		return err
	}
	switch trouble {
	case "fails":
		return errors.New("ERROR Failed to dump database 'x': " + secret)
	case "hangs": // as does the machine that the script of the tool started
		return linger()
	}
	return nil
}

// linger starts another process, which has the same pipes, and waits for it.
func linger() error {
	child := exec.Command(os.Args[0], os.Args[1:]...)
	child.Env = append(os.Environ(), "NEODUMP_FAKE_CHILD=1")
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	return child.Run()
}

func fakeLoad(trouble, folder, logs string) error {
	if _, err := os.Stat(folder); err == nil {
		return errors.New("Failed to load database 'x': Database already exists: x")
	}
	switch trouble {
	case "hangs":
		_, err := io.CopyN(io.Discard, os.Stdin, 1<<20) // the first chunk
		if err := errors.Join(err, os.MkdirAll(folder, 0o755)); err != nil {
			return err
		}
		return linger()
	case "loses":
		folder, logs = folder+"-elsewhere", logs+"-elsewhere"
	}
	if err := extract(os.Stdin, folder, logs); err != nil {
		return errors.New("Failed to load database 'x': Unable to load database: ZstdIOException: Truncated source")
	}
	switch trouble {
	case "fails":
		return errors.New("java.lang.IllegalStateException: " + secret)
	case "changes":
		return os.WriteFile(filepath.Join(folder, "neostore.nodestore.db"), []byte("others"), 0o600)
	}
	return nil
}

// archiveOf is a dump of folders as Neo4j 5 lays it out.
func archiveOf(gzipped bool, folders ...string) ([]byte, error) {
	var files bytes.Buffer
	counts := struct{ Files, Bytes int64 }{}
	to := tar.NewWriter(&files)
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.Name() == "database_lock" {
				return err
			}
			name, err := filepath.Rel(folder, path)
			if err != nil {
				return err
			}
			if entry.IsDir() {
				return to.WriteHeader(&tar.Header{Name: "./" + name + "/", Typeflag: tar.TypeDir, Mode: 0o755})
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			counts.Files, counts.Bytes = counts.Files+1, counts.Bytes+int64(len(data))
			err = to.WriteHeader(&tar.Header{Name: "./" + name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(data)), ModTime: time.Now()})
			if err != nil {
				return err
			}
			_, err = to.Write(data)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if err := to.Close(); err != nil {
		return nil, err
	}
	var archive bytes.Buffer
	if gzipped {
		archive.WriteString("DGV1")
		packed := gzip.NewWriter(&archive)
		_, err := packed.Write(files.Bytes())
		err = errors.Join(err, packed.Close())
		return archive.Bytes(), err
	}
	archive.WriteString("DZV1")
	packed, err := zstd.NewWriter(&archive)
	if err != nil {
		return nil, err
	}
	_, err = packed.Write([]byte("zstd\x00\x00\x00\x01"))
	err = errors.Join(err, binary.Write(packed, binary.BigEndian, counts))
	_, wrote := packed.Write(files.Bytes())
	err = errors.Join(err, wrote, packed.Close())
	return archive.Bytes(), err
}

// extract loads an archive into folders.
func extract(r io.Reader, folder, logs string) error {
	magic := make([]byte, 4)
	if _, err := io.ReadFull(r, magic); err != nil {
		return err
	}
	var plain io.Reader
	if string(magic) == "DGV1" {
		packed, err := gzip.NewReader(r)
		if err != nil {
			return err
		}
		plain = packed
	} else {
		packed, err := zstd.NewReader(r)
		if err != nil {
			return err
		}
		defer packed.Close()
		if _, err := io.CopyN(io.Discard, packed, 24); err != nil {
			return err
		}
		plain = packed
	}
	files := tar.NewReader(plain)
	for {
		entry, err := files.Next()
		if errors.Is(err, io.EOF) {
			_, err := io.Copy(io.Discard, plain)
			return err
		}
		if err != nil {
			return err
		}
		path := filepath.Join(folder, entry.Name)
		if base := filepath.Base(path); strings.HasPrefix(base, "neostore.transaction.") || strings.HasPrefix(base, "checkpoint.") {
			path = filepath.Join(logs, base)
		}
		if entry.Typeflag == tar.TypeDir {
			if err := errors.Join(os.MkdirAll(path, 0o755), os.MkdirAll(logs, 0o755)); err != nil {
				return err
			}
			continue
		}
		data, err := io.ReadAll(files)
		if err := errors.Join(err, os.WriteFile(path, data, 0o644)); err != nil {
			return err
		}
	}
}
