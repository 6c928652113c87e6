// Package peers compares the guard of package governance with three engines that decide who may do what: Casbin
// (v2.135.0, an ABAC model), cedar-go (v1.9.0) and OPA (v1.22.2, a prepared query). It is a module of its own, so that
// the library never requires any of them. All of it is tests:
//
//	go test                                        all engines decide alike
//	go test -run - -bench Versus -benchmem         one decision of each engine, on the same requests
//	go test -run - -bench Ratio -benchtime 21x     how many times slower each is, as a median over rounds by turns
//	go test -run - -bench RatioInUse               the same, with what concerns the record made at the call
//	go test -run - -bench RatioWarm                the same over few requests, again and again
//	go test -run - -bench RatioOutcome             the same, with allowed and refused requests apart
//	go test -run - -bench Rules -benchmem          10, 1,000 and 10,000 rules; with -short no other engine has 10,000
//
// # What is compared
//
// One manifest, translated into the language of each engine in the form that was found to be fastest there, compiled once;
// and random requests, drawn from a fixed seed: callers with none to three roles or anonymous, with and without a purpose,
// about their own data, another's and nobody's. Everything that an engine is asked with is made before the clock runs:
// Casbin's values, Cedar's request and the two entities that it needs, OPA's parsed input, and the caller in the context.
// Of the library it is Guard.Decide that is measured, which names the rule or the reason of a refusal as well.
//
// A rule that names no role is for everyone who is not anonymous; the other engines see a role "everyone". Roles and
// purposes that the manifest does not know are left out: the library refuses them, the others ignore them.
//
// # What is not compared
//
// Masks and the audit trail, which the other engines do not have. Consent, restriction and holds, which the host's register
// knows: it is wired in one test alone, TestCedarDecidesAlike, where Cedar has them in the context of a request, and no clock
// runs. Caches of decisions, such as Casbin's CachedEnforcer: they answer only what was asked before, and stay wrong for as
// long as they keep it. A hand-written index in front of Cedar. Loading and compiling policies.
package peers
