// Package qualitytest helps to test what is built on package quality: a fake validator, and a suite that a host's own validators
// should pass.
//
// Validator is a fake that finds, fails, skips, stalls and panics as told: see Fault.
//
// TestValidator runs one subtest for each sentence of the contract of quality.Validator; their names are stable, so that go test -run and
// -skip can choose. CheckValidator runs the same checks without package testing and returns what they found as Violations.
//
// The suite knows a validator by its cases: records with the codes that it must find, and with canaries, texts that are in the record and
// must never be in what the validator says. The more defects the cases have, the more the suite finds out.
package qualitytest
