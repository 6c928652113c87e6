//go:build linux || darwin

package main

import (
	"regexp"
	"strconv"
	"strings"
)

// majorVersion reads the first number of a program's version: "initdb (PostgreSQL) 15.18 (Debian ...)" is 15,
// "initdb (PostgreSQL) 18beta1" is 18, and `openjdk version "17.0.15"` is 17. Java 8 calls itself 1.8, which is 1.
func majorVersion(text string) (int, bool) {
	match := regexp.MustCompile(`(?:^|[\s"])(\d{1,4})(?:[.\s"-]|beta|rc|devel|$)`).FindStringSubmatch(text)
	if match == nil {
		return 0, false
	}
	major, err := strconv.Atoi(match[1])
	return major, err == nil
}

// javaVersion reads what `java -version` prints: it may say first which options it picked up from the environment.
func javaVersion(text string) (int, bool) {
	_, version, found := strings.Cut(text, ` version "`)
	if !found {
		return 0, false
	}
	return majorVersion(version)
}
