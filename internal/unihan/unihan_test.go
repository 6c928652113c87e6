package main

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestClassify gives the generator a small database that has one character of each kind.
func TestClassify(t *testing.T) {
	t.Parallel()
	db := &database{fields: map[string]map[rune]string{
		"kJoyoKanji":          {'国': "2010", '発': "2010", '叱': "U+20B9F", 0x20B9F: "2010"},
		"kJinmeiyoKanji":      {'國': "2010:U+56FD", '亘': "2010:U+4E99"},
		"kJis0":               {'国': "2581", '國': "5202", '発': "4015", '發': "6604", '髮': "8191", '仝': "0124", '審': "3119"},
		"kJIS0213":            {0x20B9F: "1,47,52", '㐆': "2,01,13"},
		"kTraditionalVariant": {'发': "U+767C U+9AEE", '审': "U+5BE9", '国': "U+570B", '戠': "U+6220"},
	}, radicals: map[rune]rune{0x2F08: '国', 0x2E8C: '小'}}
	all := map[rune]entry{}
	for _, step := range []func(*database, map[rune]entry) error{levels, compatibles, leaks, radicals} {
		if err := step(db, all); err != nil {
			t.Fatal(err)
		}
	}
	for r, want := range map[rune]entry{
		'国': {flags: 1 << levelShift}, '國': {flags: 2 << levelShift}, 0x20B9F: {flags: 3 << levelShift}, '㐆': {flags: 4 << levelShift}, '仝': {},
		'发': {flags: simplified}, '审': {flags: simplified, standard: '審'}, '戠': {}, 0x2F08: {flags: radical, standard: '国'}, 0x2E8C: {flags: radical},
	} {
		if diff := cmp.Diff(want, all[r], cmp.AllowUnexported(entry{})); diff != "" {
			t.Errorf("%c: %s", r, diff)
		}
	}
	if err := lists(db, map[rune]entry{}); err == nil || !strings.Contains(err.Error(), "is no joyo kanji") {
		t.Errorf("a database without the kanji of the first year: %v", err)
	}
}

// TestPack reads a packed table as package japanese does.
func TestPack(t *testing.T) {
	t.Parallel()
	all := map[rune]entry{'一': {flags: joyo}, '说': {flags: simplified, standard: '説'}, 0x323AF: {flags: oldForm, standard: 0x20B9F}}
	data, l := pack(all)
	word := func(at int) int { return int(binary.LittleEndian.Uint16(data[at:])) }
	for r := rune(0); r < topBlock*blockSize; r++ {
		at := l.records + 6*word(l.blocks+word(int(r)/blockSize*2)*blockSize*2+int(r)%blockSize*2)
		if got := (entry{uint16(word(at)), rune(word(at+2)) | rune(word(at+4))<<16}); got != all[r] {
			t.Fatalf("%U: %+v, want %+v", r, got, all[r])
		}
	}
	if !strings.Contains(string(l.source("15.0.0")), "DO NOT EDIT") {
		t.Error("no source")
	}
}

// TestLoadErrors shows that errors name the place.
func TestLoadErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"U+4E00": "Unihan_a.txt:1: 1 fields, expected 3", "U+G\ta\tb": "Unihan_a.txt:1: strconv", "": "EquivalentUnifiedIdeograph.txt"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "Unihan_a.txt"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := load(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := run("", ""); err == nil {
		t.Error("no folder, no error")
	}
	if _, err := load(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no Unihan_*.txt") {
		t.Error(err)
	}
}

// TestCurrent generates the table again, where the database is, and holds what is committed against it.
func TestCurrent(t *testing.T) {
	t.Parallel()
	from := os.Getenv("SHUGO_UNICODE")
	if from == "" {
		t.Skip("SHUGO_UNICODE does not name the folder of the Unicode character database 15.0")
	}
	to := t.TempDir()
	if err := run(from, to); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"kanji.bin", "kanjilayout.go"} {
		want, err := os.ReadFile(filepath.Join("..", "..", "japanese", name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(to, name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s is not what the database gives: %d bytes, %d bytes", name, len(want), len(got))
		}
	}
}
