package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAsked(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]bool{
		"": false, "./...": false, "-tests ./...": false, "-V=full": true, "-flags": true, "/a/vet.cfg": true,
		"-govvet.tests /a/vet.cfg": true, "./vet.cfg/...": false,
	} {
		if got := asked(strings.Fields(args)); got != want {
			t.Errorf("%q: %t, want %t", args, got, want)
		}
	}
}

func TestVetFlags(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"./...":                "./...",
		"-tests ./...":         "-govvet.tests ./...",
		"--tests ./...":        "-govvet.tests ./...",
		"-tests=false -json a": "-govvet.tests=false -json a",
		"-testsuite a":         "-testsuite a",
		"-C=dir -tags x,y a":   "-C=dir -tags x,y a",
	} {
		if diff := cmp.Diff(strings.Fields(want), vetFlags(strings.Fields(args))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", args, diff)
		}
	}
}
