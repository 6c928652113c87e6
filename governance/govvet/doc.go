// Package govvet finds database calls that go around the guard.
package govvet
