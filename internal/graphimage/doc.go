// Package graphimage is the exact form of nodes and relationships of Neo4j as bytes: every property comes back as the Bolt
// type that it was, to the last bit, and equal entities have equal bytes, so that they can be compared and digested.
//
// Numbers are varints as in encoding/binary, texts and lists have their length before them. An image of a node is its labels and
// properties; that of a relationship its type, its two ends and its properties. A value is one byte for its type, and what that
// type consists of. Decode takes no other form of it than the one that Append writes.
//
// Two kinds of time the driver does not return as the server has them, and Append refuses them: one in a zone that this machine
// does not know (ErrZone), and a LocalDateTime in an hour that the machine's own zone leaves out (ErrLocal). A server that
// speaks a Bolt older than 5.0 may not say which of two equal hours, when clocks are put back, a time with a zone is in.
package graphimage
