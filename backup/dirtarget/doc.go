// Package dirtarget keeps backups in a directory: of a disk, a mounted share, a stick that is taken to another building.
//
// Each object is a file under its own name, so that a copy made with any tool is a target as well. What is being written
// lies in ".tmp" until it is whole and on the disk; it is then linked to its name, which fails where something has it
// already, in whatever process. The file system must know hard links (ext4, XFS, Btrfs, ZFS, APFS and NFS do; FAT and
// exFAT do not): New finds out. Nothing is read or written outside of the directory, symbolic links or not, and only
// regular files count as objects.
//
// What a directory cannot do: refuse somebody who has the rights to delete the files by other means. Config.Retain and
// Config.KeepAll hold for this package alone; for more, give the directory to another user or mount a file system that
// locks files. A call that the operating system blocks, as a hung network share does, returns only when the system
// lets go: the context is looked at between the steps.
package dirtarget
