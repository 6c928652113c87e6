// Package graphimage is the exact form of nodes and relationships of Neo4j as bytes: every property comes back as the Bolt
// type that it was, to the last bit, and equal entities have equal bytes, so that they can be compared and digested.
//
// Numbers are varints as in encoding/binary, texts and lists have their length before them. An image of a node is its labels and
// properties; that of a relationship its type, its two ends and its properties. A value is one byte for its type, and what that
// type consists of.
package graphimage
