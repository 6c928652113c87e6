//go:build linux || darwin

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

const (
	oldestJava   = 17
	withoutNeo4j = ", or use -no-neo4j"
)

// findJava returns a java that is new enough, and installs one if there is none and it may.
func findJava(ctx context.Context) (string, error) {
	if java, ok := installedJava(javaCandidates()); ok {
		return java, nil
	}
	needed := piece{
		name:   fmt.Sprintf("Java %d or newer", oldestJava),
		apt:    [][]string{{"openjdk-17-jre-headless"}, {"openjdk-21-jre-headless"}},
		brew:   "openjdk@17",
		advice: withoutNeo4j,
	}
	if err := needed.install(ctx); err != nil {
		return "", err
	}
	if java, ok := installedJava(javaCandidates()); ok {
		return java, nil
	}
	return "", fmt.Errorf("no %s: it was installed, but is not on PATH: set JAVA_HOME%s", needed.name, withoutNeo4j)
}

// javaCandidates returns the javas of JAVA_HOME, of PATH, and where systems put them.
func javaCandidates() []string {
	var candidates []string
	if home := os.Getenv("JAVA_HOME"); home != "" {
		candidates = append(candidates, filepath.Join(home, "bin", "java"))
	}
	if java, err := exec.LookPath("java"); err == nil {
		candidates = append(candidates, java)
	}
	for _, pattern := range []string{
		"/usr/lib/jvm/*/bin/java", "/opt/homebrew/opt/openjdk@*/bin/java", "/usr/local/opt/openjdk@*/bin/java",
		"/Library/Java/JavaVirtualMachines/*/Contents/Home/bin/java",
	} {
		found, _ := filepath.Glob(pattern) // the patterns are well formed
		candidates = append(candidates, found...)
	}
	return candidates
}

// installedJava returns the first that is new enough.
func installedJava(candidates []string) (string, bool) {
	for _, java := range candidates {
		output, err := exec.Command(java, "-version").CombinedOutput()
		if err != nil {
			continue
		}
		if major, known := javaVersion(string(output)); known && major >= oldestJava {
			return java, true
		}
	}
	return "", false
}

// findMaven sees to it that there is a Maven.
func findMaven(ctx context.Context) error {
	if _, err := exec.LookPath("mvn"); err == nil {
		return nil
	}
	return piece{name: "Maven", apt: [][]string{{"maven"}}, brew: "maven", advice: withoutNeo4j}.install(ctx)
}
