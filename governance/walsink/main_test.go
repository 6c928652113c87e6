package walsink_test

import (
	"os"
	"testing"
)

// childVariable tells the test binary to be the process that TestKill kills; its value is a directory.
const childVariable = "SHUGO_WALSINK_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		os.Exit(child(dir))
	}
	os.Exit(m.Run())
}
