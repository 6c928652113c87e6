//go:build unix

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// aptSource is where a machine gets its packages from.
type aptSource struct {
	uri      string
	suite    string
	signedBy string // path of the keyring; may be empty
}

// line returns the source in the one-line form of sources.list(5), for source packages of another suite.
func (s aptSource) line(suite string) string {
	options := ""
	if s.signedBy != "" {
		options = "[signed-by=" + s.signedBy + "] "
	}
	return "deb-src " + options + s.uri + " " + suite + " main\n"
}

// readAptSources reads the machine's sources.
func readAptSources() ([]aptSource, error) {
	paths := []string{"/etc/apt/sources.list"}
	for _, pattern := range []string{"/etc/apt/sources.list.d/*.list", "/etc/apt/sources.list.d/*.sources"} {
		found, _ := filepath.Glob(pattern) // the patterns are well formed
		paths = append(paths, found...)
	}
	var sources []aptSource
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
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
		kind, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if kind != "deb" {
			continue
		}
		var s aptSource
		rest = strings.TrimSpace(rest)
		if options, after, found := strings.Cut(rest, "]"); found && strings.HasPrefix(rest, "[") {
			for _, option := range strings.Fields(options[1:]) {
				if path, ok := strings.CutPrefix(option, "signed-by="); ok {
					s.signedBy = path
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

// parseDeb822 reads stanzas of "Key: value" lines; a line that begins with space continues the one before.
func parseDeb822(text string) []aptSource {
	var sources []aptSource
	for _, stanza := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		fields := map[string]string{}
		key := ""
		for line := range strings.Lines(stanza) {
			switch {
			case strings.HasPrefix(line, "#"):
			case strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t"):
				fields[key] += " " + strings.TrimSpace(line)
			default:
				name, value, _ := strings.Cut(line, ":")
				key = strings.ToLower(strings.TrimSpace(name))
				fields[key] = strings.TrimSpace(value)
			}
		}
		if !strings.Contains(" "+fields["types"]+" ", " deb ") || strings.EqualFold(fields["enabled"], "no") {
			continue
		}
		keyring := fields["signed-by"]
		if !strings.HasPrefix(keyring, "/") { // a key written out in the stanza, not a path
			keyring = ""
		}
		for _, uri := range strings.Fields(fields["uris"]) {
			for _, suite := range strings.Fields(fields["suites"]) {
				sources = append(sources, aptSource{uri: uri, suite: suite, signedBy: keyring})
			}
		}
	}
	return sources
}

// archiveOf returns the source of a release's main archive: that of the suite itself, not of its updates.
func archiveOf(sources []aptSource, codename string) (aptSource, bool) {
	for _, s := range sources {
		if s.suite == codename && strings.HasSuffix(strings.TrimRight(s.uri, "/"), "/debian") {
			return s, true
		}
	}
	return aptSource{}, false
}
