// Package japanesetest helps to test what is built on package japanese: a fake knowledge base that can fail, stall and lie as told (see
// KnowledgeFault), and a suite that a host's own knowledge base should pass.
//
// TestKnowledgeBase runs one subtest for each sentence of the contract of japanese.KnowledgeBase; their names are stable, so that go test -run
// and -skip can choose. CheckKnowledgeBase runs the same checks without package testing and returns what they found as Violations.
package japanesetest
