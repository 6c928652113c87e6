// Package filesource backs up directories: AI models, prompts, configuration, the state of an application.
//
// A [Source] keeps regular files with holes, hard links, directories and symbolic links, their permissions and times to the
// nanosecond, and on request owners and extended attributes. It never follows a symbolic link. Names are bytes, and are
// kept as they are, whatever their encoding or normal form. Sockets, devices and pipes are left out and reported.
//
// A file is in a snapshot as it was at one moment: one that changes while it is read is read again. Different files may be of
// different moments between the beginning and the end of a backup; stop the writers, or give the folder of a file
// system's snapshot, where that is not enough.
//
// A [Directory] is where a snapshot is restored. It appears whole or not at all.
//
// What a snapshot holds: the item "tree", whose chunks are lines of JSON, a header and then an entry for each path in the
// order of a walk, parents first; an item "group/…" for several files below 256 KiB, one after another in one chunk; an item
// "file/…" for each other file, its chunks one after another being the data between its holes. Chunks end where the content
// says (see chunker), so that an insertion does not change those after it; the file's entry says what is where, and the
// SHA-256 of its content.
package filesource
