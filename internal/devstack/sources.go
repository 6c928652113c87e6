//go:build linux || darwin

package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// aptSource is where a machine gets its packages from.
type aptSource struct {
	uri      string
	suite    string
	signedBy string // path of the keyring, or the key itself in the lines of deb822; may be empty
	trusted  bool   // signatures are not checked
}

// stanza returns the source in the form of deb822, for source packages of another suite.
func (s aptSource) stanza(suite string) string {
	text := "Types: deb-src\nURIs: " + s.uri + "\nSuites: " + suite + "\nComponents: main\n"
	if s.signedBy != "" {
		text += "Signed-By: " + s.signedBy + "\n"
	}
	if s.trusted {
		text += "Trusted: yes\n"
	}
	return text
}

// readAptSources reads a machine's sources from its folder, which is /etc/apt.
func readAptSources(etc string) ([]aptSource, error) {
	paths := []string{filepath.Join(etc, "sources.list")}
	for _, pattern := range []string{"*.list", "*.sources"} {
		found, _ := filepath.Glob(filepath.Join(etc, "sources.list.d", pattern)) // the patterns are well formed
		paths = append(paths, found...)
	}
	var sources []aptSource
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(path, ".sources") {
			sources = append(sources, parseDeb822(string(text))...)
		} else {
			sources = append(sources, parseSourcesList(string(text))...)
		}
	}
	return sources, nil
}

// parseSourcesList reads the one-line form: deb [options] uri suite components.
func parseSourcesList(text string) []aptSource {
	var sources []aptSource
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "deb")
		if !ok || strings.TrimLeft(rest, " \t") == rest { // deb-src, or no source at all
			continue
		}
		var s aptSource
		rest = strings.TrimSpace(rest)
		if strings.HasPrefix(rest, "[") {
			options, after, closed := strings.Cut(rest, "]")
			if !closed {
				continue
			}
			for _, option := range strings.Fields(options[1:]) {
				name, value, _ := strings.Cut(option, "=")
				switch strings.ToLower(name) {
				case "signed-by":
					s.signedBy = value
				case "trusted":
					s.trusted = value == "yes"
				}
			}
			rest = after
		}
		if words := strings.Fields(rest); len(words) >= 3 {
			s.uri, s.suite = words[0], words[1]
			sources = append(sources, s)
		}
	}
	return sources
}

// parseDeb822 reads stanzas of "Key: value" lines that an empty line ends.
func parseDeb822(text string) []aptSource {
	var sources []aptSource
	for stanza := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		fields := deb822Fields(stanza)
		if !slices.Contains(strings.Fields(fields["types"]), "deb") || strings.EqualFold(fields["enabled"], "no") {
			continue
		}
		for _, uri := range strings.Fields(fields["uris"]) {
			for _, suite := range strings.Fields(fields["suites"]) {
				sources = append(sources, aptSource{uri, suite, fields["signed-by"], fields["trusted"] == "yes"})
			}
		}
	}
	return sources
}

// deb822Fields reads one stanza. A line that begins with space continues the field before it, and keeps its own line: a
// key may be written out in the field Signed-By.
func deb822Fields(stanza string) map[string]string {
	fields := map[string]string{}
	key := ""
	for line := range strings.Lines(stanza) {
		line = strings.TrimRight(line, " \t\r\n")
		switch {
		case strings.HasPrefix(line, "#"), line == "":
		case line[0] == ' ' || line[0] == '\t':
			if key != "" {
				fields[key] += "\n" + line
			}
		default:
			name, value, _ := strings.Cut(line, ":")
			key = strings.ToLower(strings.TrimSpace(name))
			fields[key] = strings.TrimSpace(value)
		}
	}
	return fields
}

// archiveOf returns the source of a release's main archive: that of the suite itself, not of its updates. An address that
// ends in /debian is taken first, since others keep suites of the same name.
func archiveOf(sources []aptSource, codename string) (aptSource, bool) {
	is := func(s aptSource) bool {
		return codename != "" && s.suite == codename && !strings.Contains(s.uri, "security")
	}
	plain := func(s aptSource) bool { return is(s) && strings.HasSuffix(strings.TrimRight(s.uri, "/"), "/debian") }
	for _, fits := range []func(aptSource) bool{plain, is} {
		if i := slices.IndexFunc(sources, fits); i >= 0 {
			return sources[i], true
		}
	}
	return aptSource{}, false
}

// codename reads the release's name from os-release(5), for Debian alone: its derivatives have other suites.
func codename(text string) string {
	values := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		values[name] = strings.Trim(value, `"'`)
	}
	if values["ID"] != "debian" {
		return ""
	}
	return values["VERSION_CODENAME"]
}
