//go:build linux || darwin

package main

import (
	"fmt"
	"syscall"
)

// What has to be free before something begins, in MB: a cluster with its first log segments and a Neo4j home; a folder of
// jars with the copies that Maven keeps of them.
const (
	runSpace     = 300
	clusterSpace = 150
	jarSpace     = 500
)

// enoughSpace refuses to begin what the disk of a folder cannot hold.
func enoughSpace(dir string, need uint64) error {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return fmt.Errorf("free space of %s: %w", dir, err)
	}
	return compareSpace(dir, need, uint64(stat.Bavail)*uint64(stat.Bsize)>>20)
}

func compareSpace(dir string, need, free uint64) error {
	if free >= need {
		return nil
	}
	return fmt.Errorf("the disk is full: devstack needs %d MB in %s, %d MB free: free some space, or name other folders in %s "+
		"and TMPDIR", need, dir, free, cacheVariable)
}
