//go:build !linux && !darwin

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "devstack: this system is not supported: name your own servers in SHUGO_POSTGRES_URL and SHUGO_NEO4J_URL")
	os.Exit(1)
}
