// Package drift tells whether embedding vectors of today come from another distribution than those of before.
package drift
