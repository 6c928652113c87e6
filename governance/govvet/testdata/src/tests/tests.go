// Package tests is only tests.
package tests
