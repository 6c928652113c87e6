//go:build linux || darwin

package main

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestMajorVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"initdb (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n": 15,
		"initdb (PostgreSQL) 13.0":                             13,
		"initdb (PostgreSQL) 9.6.24":                           9,
		"initdb (PostgreSQL) 18beta1":                          18,
		"initdb (PostgreSQL) 19devel":                          19,
		"initdb (PostgreSQL) 17":                               17,
		"":                                                     0,
		"no number":                                            0,
		"v99999.1":                                             0,
	} {
		if got, ok := majorVersion(text); got != want || ok != (want != 0) {
			t.Errorf("%q: got %d, %t, want %d", text, got, ok, want)
		}
	}
}

func TestJavaVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"openjdk version \"17.0.15\" 2025-04-15\nOpenJDK Runtime Environment (build 17.0.15+6)\n": 17,
		"Picked up JAVA_TOOL_OPTIONS: -Xmx99 -Dx=12 y\nopenjdk version \"21\" 2023-09-19\n":       21,
		"java version \"1.8.0_292\"\n":        1,
		"openjdk version \"22-ea\"":           22,
		"Error: could not find libjava.so 17": 0,
		"The operation couldn’t be completed. Unable to locate a Java Runtime.\nPlease visit 17 java.com\n": 0,
	} {
		if got, ok := javaVersion(text); got != want || ok != (want != 0) {
			t.Errorf("%q: got %d, %t, want %d", text, got, ok, want)
		}
	}
}

func FuzzVersions(f *testing.F) {
	f.Add("initdb (PostgreSQL) 15.18")
	f.Add("openjdk version \"17.0.15\"")
	f.Fuzz(func(t *testing.T, text string) {
		for _, parse := range []func(string) (int, bool){majorVersion, javaVersion} {
			if got, ok := parse(text); got < 0 || got > 9999 || !ok && got != 0 {
				t.Errorf("%q: got %d, %t", text, got, ok)
			}
		}
	})
}

// program writes a program that prints a text and ends with a code.
func program(t *testing.T, path, text, code string) string {
	t.Helper()
	writeFile(t, path, "#!/bin/sh\necho '"+text+"'\nexit "+code+"\n")
	return filepath.Dir(path)
}

func TestNewestPostgres(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := program(t, filepath.Join(dir, "12", "initdb"), "initdb (PostgreSQL) 12.1", "0")
	mid := program(t, filepath.Join(dir, "15", "initdb"), "initdb (PostgreSQL) 15.1", "0")
	broken := program(t, filepath.Join(dir, "17", "initdb"), "initdb (PostgreSQL) 17.1", "1")
	strange := program(t, filepath.Join(dir, "18", "initdb"), "?", "0")
	if got := newestPostgres([]string{old, mid, broken, strange, filepath.Join(dir, "none"), "", "."}); got != (postgres{mid, 15}) {
		t.Errorf("got %+v, want %s", got, mid)
	}
	if got := newestPostgres([]string{dir}); got != (postgres{}) {
		t.Errorf("got %+v, want none", got)
	}
	if got, want := tooOld(newestPostgres([]string{old})), " ("+old+" is version 12)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestInstalledJava(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, young := filepath.Join(dir, "8", "java"), filepath.Join(dir, "21", "java")
	program(t, old, `openjdk version "1.8.0_292"`, "0")
	program(t, young, `openjdk version "21.0.2"`, "0")
	if got, ok := installedJava([]string{filepath.Join(dir, "none"), old, young}); got != young || !ok {
		t.Errorf("got %q, %t, want %s", got, ok, young)
	}
	if got, ok := installedJava([]string{old}); ok {
		t.Errorf("got %q, want none", got)
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("names the packages of a Linux system")
	}
	p := piece{name: "Java 17 or newer", apt: [][]string{{"openjdk-17-jre-headless"}, {"x"}}, advice: withoutNeo4j}
	got := strings.Replace(text(p.missing()), "sudo ", "", 1)
	want := "no Java 17 or newer: install it with `apt-get install openjdk-17-jre-headless`, or use -no-neo4j"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
