// Package governancetest helps to test what is built on package governance: fakes for the seams of a Guard, and suites
// that a host's own implementations of these seams should pass.
//
// # Fakes
//
// Sink, Policy, Register and Clock keep everything in memory and are ready for use as their zero values. Each of the
// first three can be made to fail, stall, panic and lie: see Fault. A test that wants to know what a program does when
// its effects cannot be put on record writes
//
//	sink := &governancetest.Sink{Faults: []governancetest.Fault{{Kind: governance.Effect, Err: errDisk}}}
//
// # Suites
//
// TestSink, TestPolicy and TestRegister run one subtest for each sentence of a contract; their names are stable, so that
// go test -run and -skip can choose. CheckSink, CheckPolicy and CheckRegister run the same checks without package
// testing and return what they found as Violations. Each check opens an implementation of its own.
//
// # Coverage
//
// Cover is a test of the program as a whole: what its stores have is in the manifest, what the manifest declares is in the
// stores, and every method of its repositories is bound to the guard. It fails with the names of what was forgotten.
//
// # When not to use it
//
// In programs: a Sink forgets everything when the process ends, and shows raw identifiers to the test that reads it.
//
// # Concurrency
//
// The fakes are safe for concurrent use once their exported fields are set. The suites start goroutines and wait for
// them, except for a call that does not come back when its context has ended, which is a violation.
package governancetest
