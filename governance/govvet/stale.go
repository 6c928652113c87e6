package govvet

import "go/token"

// checkDirectives reports directives that say no reason, do nothing, or are none.
func (v *verdict) checkDirectives() {
	v.use()
	report := func(pos token.Pos, text string) { v.problems = append(v.problems, problem{Pos: pos, Message: text}) }
	for _, d := range v.directives.all {
		switch {
		case d.word != ungoverned && d.word != raw:
			report(d.pos, "unknown directive //shugo:"+d.word+": want //shugo:ungoverned or //shugo:raw, and a reason")
		case d.reason == "":
			report(d.pos, "//shugo:"+d.word+" has no reason: want one after it, on the same line")
		case !d.used && d.word == raw:
			report(d.pos, "//shugo:raw marks nothing: no function here that other packages can call reaches a statement; take it away")
		case !d.used:
			report(d.pos, "//shugo:ungoverned exempts nothing: no statement here goes around the guard; take it away")
		}
	}
}

// use marks the directives without which something would be reported.
func (v *verdict) use() {
	wrapped := reach(append(v.repositories(), v.graph.wrap), func(*node) bool { return false })
	for _, n := range v.graph.nodes {
		if n.exempt != nil && v.statements[n] != "" && !wrapped[n] {
			n.exempt.used = true
		}
		if v.offered(n) && v.statements[n] != "" {
			n.mark.used = true
		}
		for _, e := range n.out {
			if e.exempt != nil && !wrapped[n] && v.leads(e.to) {
				e.exempt.used = true
			}
		}
	}
}

// leads reports whether a mention of a node may be a finding.
func (v *verdict) leads(n *node) bool {
	method, contract := interfaceMethod(n)
	_, served := find(v.interfaces.Raw, method)
	return v.statements[n] != "" || contract && (served || v.wrappedHere(n))
}
