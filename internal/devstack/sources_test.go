//go:build linux || darwin

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const debianSources = `Types: deb
# a comment between the fields
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb deb-src
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
Trusted: yes

Types: deb-src
URIs: http://mirror.example/sources
Suites: bookworm

Types: deb
URIs: http://off.example/debian
Suites: bookworm
Enabled: no
`

func TestParseDeb822(t *testing.T) {
	t.Parallel()
	const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
	const key = "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc"
	want := []aptSource{
		{uri: "http://mirror.example/debian", suite: "bookworm", signedBy: keyring},
		{uri: "http://mirror.example/debian", suite: "bookworm-updates", signedBy: keyring},
		{uri: "http://mirror.example/debian-security", suite: "bookworm-security", signedBy: key, trusted: true},
	}
	for name, text := range map[string]string{
		"unix": debianSources, "windows": strings.ReplaceAll(debianSources, "\n", "\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, parseDeb822(text), cmp.AllowUnexported(aptSource{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseSourcesList(t *testing.T) {
	t.Parallel()
	const list = `# deb http://commented.example/debian bookworm main
deb http://mirror.example/debian bookworm main contrib # trailing
deb-src http://mirror.example/debian bookworm main
	deb	[ arch=amd64 Signed-By=/k.gpg trusted=yes ]   http://tabs.example/debian   trixie   main
deb [broken http://mirror.example/debian bookworm main
deb http://short.example/debian
debris http://mirror.example/debian bookworm main
`
	want := []aptSource{
		{uri: "http://mirror.example/debian", suite: "bookworm"},
		{uri: "http://tabs.example/debian", suite: "trixie", signedBy: "/k.gpg", trusted: true},
	}
	if diff := cmp.Diff(want, parseSourcesList(list), cmp.AllowUnexported(aptSource{})); diff != "" {
		t.Error(diff)
	}
}

func TestReadAptSources(t *testing.T) {
	t.Parallel()
	etc := t.TempDir()
	if got, err := readAptSources(etc); err != nil || len(got) != 0 {
		t.Fatalf("empty folder: %v, %v", got, err)
	}
	for name, text := range map[string]string{
		"sources.list":                  "deb http://one.example/debian bookworm main\n",
		"sources.list.d/two.list":       "deb http://two.example/debian bookworm main\n",
		"sources.list.d/three.sources":  "Types: deb\nURIs: http://three.example/debian\nSuites: bookworm\n",
		"sources.list.d/four.list.save": "deb http://four.example/debian bookworm main\n",
	} {
		writeFile(t, filepath.Join(etc, name), text)
	}
	got, err := readAptSources(etc)
	if err != nil {
		t.Fatal(err)
	}
	var uris []string
	for _, s := range got {
		uris = append(uris, s.uri)
	}
	want := []string{"http://one.example/debian", "http://two.example/debian", "http://three.example/debian"}
	if diff := cmp.Diff(want, uris); diff != "" {
		t.Error(diff)
	}
}

func TestArchiveOf(t *testing.T) {
	t.Parallel()
	sources := []aptSource{
		{uri: "http://other.example/tools", suite: "bookworm"},
		{uri: "http://mirror.example/debian-security", suite: "bookworm-security"},
		{uri: "http://mirror.example/debian/", suite: "bookworm"},
		{uri: "http://mirror.example/proxy-of-debian", suite: "trixie"},
		{uri: "http://mirror.example/nothing", suite: ""},
	}
	for codename, want := range map[string]string{
		"bookworm": "http://mirror.example/debian/", "trixie": "http://mirror.example/proxy-of-debian", "sid": "", "": "",
	} {
		got, ok := archiveOf(sources, codename)
		if got.uri != want || ok != (want != "") {
			t.Errorf("%q: got %q, %t, want %q", codename, got.uri, ok, want)
		}
	}
}

func TestStanza(t *testing.T) {
	t.Parallel()
	for _, s := range parseDeb822(debianSources) {
		again := parseDeb822(strings.Replace(s.stanza("trixie"), "deb-src", "deb", 1))
		s.suite = "trixie"
		if diff := cmp.Diff([]aptSource{s}, again, cmp.AllowUnexported(aptSource{})); diff != "" {
			t.Error(diff)
		}
	}
}

func TestCodename(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\n": "bookworm",
		"ID=\"debian\"\nVERSION_CODENAME=\"trixie\"":                                             "trixie",
		"ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n":                                    "",
		"": "",
	} {
		if got := codename(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzParseAptSources(f *testing.F) {
	f.Add(debianSources)
	f.Add("deb [ signed-by=/k ] http://h/debian bookworm main\n")
	f.Add("deb []\n deb ] a b c\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range append(parseDeb822(text), parseSourcesList(text)...) {
			if len(strings.Fields(s.uri)) != 1 || len(strings.Fields(s.suite)) != 1 {
				t.Fatalf("%q: not one word: %+v", text, s)
			}
			again := parseDeb822(strings.Replace(s.stanza("x"), "deb-src", "deb", 1))
			if len(again) != 1 || again[0].uri != s.uri {
				t.Fatalf("%q: %+v is written as %q, read as %+v", text, s, s.stanza("x"), again)
			}
		}
	})
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}
