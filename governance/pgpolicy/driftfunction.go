package pgpolicy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// functions compares the functions that policies ask, and those elsewhere that go around them.
func (j *judge) functions() {
	known := map[int]bool{}
	for _, w := range j.want.functions {
		i := slices.IndexFunc(j.have.Functions, func(h catalogFunction) bool {
			return h.Schema == j.config.Schema && h.Name == w.name && h.Types == w.types()
		})
		if i < 0 {
			j.add(FunctionMissing, j.object(w), "", "the function", j.make(w))
			continue
		}
		known[i] = true
		j.function(w, j.have.Functions[i])
	}
	bridges := map[string][]catalogFunction{}
	for i, h := range j.have.Functions {
		switch {
		case known[i]:
		case h.Extension != "":
			bridges[h.Extension] = append(bridges[h.Extension], h)
		case h.Schema == j.config.Schema:
			j.unasked(h)
		default:
			j.elsewhere(h)
		}
	}
	for _, name := range sortedKeys(bridges) {
		j.extension(name, bridges[name])
	}
	j.system()
}

// unasked compares a function of the schema that no policy asks. Those of a dataset without a usable table stay for the time
// when it has one again.
func (j *judge) unasked(h catalogFunction) {
	for _, d := range j.config.datasets() {
		g := governed{dataset: d, config: j.config}
		if j.broken(d) && (h.Name == g.ownName() || h.Name == g.reachName()) {
			return
		}
	}
	repair := do(phaseDropFunction, "DROP ROUTINE IF EXISTS "+h.signature())
	if h.Needed {
		repair = human("what asks it is not of this package, and would go with it")
	}
	j.add(FunctionUnknown, h.object(), "a function of "+ident(h.Owner), "none", repair)
}

// broken reports whether a dataset's table is missing or cannot be governed.
func (j *judge) broken(d dataset) bool {
	return !slices.ContainsFunc(j.want.tables, func(w wantTable) bool { return w.dataset == d.Name })
}

// types is the types of the arguments, without their names.
func (w wantFunction) types() string {
	if w.arguments == "" {
		return ""
	}
	list := strings.Split(w.arguments, ", ")
	for i, argument := range list {
		_, list[i], _ = strings.Cut(argument, " ")
	}
	return listed(list)
}

func (j *judge) object(w wantFunction) Object {
	return Object{Type: "function", Name: pgx.Identifier{j.config.Schema, w.name}, Arguments: w.types()}
}

func (h catalogFunction) object() Object {
	return Object{Type: "function", Name: pgx.Identifier{h.Schema, h.Name}, Arguments: h.Types}
}

func (h catalogFunction) signature() string {
	return qualified(h.Schema, h.Name) + "(" + h.Arguments + ")"
}

// make is a whole function.
func (j *judge) make(w wantFunction) Repair {
	signature := qualified(j.config.Schema, w.name) + "(" + w.arguments + ")"
	return do(phaseFunction, w.create(signature)).
		then(do(phaseFunction, "ALTER FUNCTION "+signature+" OWNER TO "+ident(j.config.Owner))).
		then(do(phaseFunction, "REVOKE ALL ON FUNCTION "+signature+" FROM PUBLIC")).
		then(do(phaseFunction, "GRANT EXECUTE ON FUNCTION "+signature+" TO "+ident(j.config.Application))).
		then(do(phaseFunction, "COMMENT ON FUNCTION "+signature+" IS "+literal(w.comment)))
}

// remake drops a function that cannot be replaced, with all that asks it, and makes all of it anew.
func (j *judge) remake(w wantFunction, h catalogFunction) Repair {
	r := do(phaseDropFunction, "DROP ROUTINE "+h.signature()+" CASCADE").then(j.make(w))
	for _, t := range j.want.tables {
		for _, p := range t.policies {
			r = r.then(dropPolicy(p.name, qualified(t.name...))).then(do(phasePolicy, p.create(qualified(t.name...))))
		}
	}
	for _, v := range j.want.views {
		r = r.then(j.rebuild(v))
	}
	return r
}

// function compares a function with the one of its name and types.
func (j *judge) function(w wantFunction, h catalogFunction) {
	o, signature := j.object(w), qualified(j.config.Schema, w.name)+"("+w.arguments+")"
	replace := do(phaseFunction, w.create(signature))
	if found, expected := h.shape(), w.shape(); found != expected {
		replace = j.remake(w, h)
		j.add(FunctionSignature, o, found, expected, replace)
	}
	for _, c := range []struct {
		kind            Kind
		found, expected string
	}{
		{FunctionBody, h.Body, w.body},
		{FunctionDefiner, rightsOf(h.Definer), rightsOf(w.definer)},
		{FunctionConfig, listed(h.Config), w.config},
		{LeakproofFunction, fmt.Sprint("leakproof ", h.Leakproof), "leakproof false"},
		{FunctionAttributes, fmt.Sprintf("volatility %s, parallel %s, strict %t", h.Volatile, h.Parallel, h.Strict),
			fmt.Sprintf("volatility %s, parallel %s, strict false", w.volatile, w.parallel)},
	} {
		if c.found != c.expected {
			j.add(c.kind, o, c.found, c.expected, replace)
		}
	}
	if h.Comment != w.comment {
		j.add(FunctionComment, o, literal(h.Comment), literal(w.comment),
			do(phaseFunction, "COMMENT ON FUNCTION "+signature+" IS "+literal(w.comment)))
	}
	if h.Owner != j.config.Owner {
		repair := do(phaseOwner, "ALTER ROUTINE "+signature+" OWNER TO "+ident(j.config.Owner))
		if h.Owner == j.config.Application { // whose own rights go with it
			repair = repair.then(do(phaseGrant, "GRANT EXECUTE ON FUNCTION "+signature+" TO "+ident(h.Owner)))
		}
		j.add(FunctionOwner, o, ident(h.Owner), ident(j.config.Owner), repair)
	}
	j.executors(o, signature, h)
}

// shape is what CREATE OR REPLACE cannot change.
func (h catalogFunction) shape() string {
	kind := "function"
	if h.Kind != "f" {
		kind = "no function"
	}
	return kind + " (" + h.Arguments + ") returns " + h.Result + " in " + h.Language
}

func (w wantFunction) shape() string {
	return "function (" + w.arguments + ") returns " + w.result + " in " + w.language
}

func rightsOf(definer bool) string {
	if definer {
		return "the rights of its owner"
	}
	return "the rights of whoever executes it"
}

// executors compares who may execute a function that policies ask.
func (j *judge) executors(o Object, signature string, h catalogFunction) {
	app := j.config.Application
	from := " ON ROUTINE " + signature + " FROM " // which a procedure in its place is, too
	give := do(phaseGrant, "GRANT EXECUTE ON FUNCTION "+signature+" TO "+ident(app))
	if h.Open || h.ACL.has(public, "EXECUTE") {
		j.add(FunctionGrantPublic, o, "EXECUTE for PUBLIC", "none", do(phaseRevoke, "REVOKE ALL"+from+"PUBLIC CASCADE").then(give))
	}
	for _, who := range h.ACL.grantees() {
		if who != public && who != app && who != h.Owner && !j.trusted(who) {
			j.add(FunctionGrantOther, o, "EXECUTE for "+ident(who), "none", do(phaseRevoke, "REVOKE ALL"+from+ident(who)+" CASCADE"))
		}
	}
	j.handedOn(o, h.ACL, app, from+ident(app)+" CASCADE")
	if h.Owner != app && !h.Open && !held(h.ACL, app, "EXECUTE", h.Owner) {
		j.add(FunctionGrantMissing, o, "", "EXECUTE for "+ident(app), give)
	}
}

// elsewhere finds code that goes around policies. The audit trail's own functions are its business.
func (j *judge) elsewhere(h catalogFunction) {
	if h.Leakproof {
		j.add(LeakproofFunction, h.object(), "leakproof", "not leakproof",
			do(phaseFunction, "ALTER FUNCTION "+h.signature()+" NOT LEAKPROOF"))
	}
	who := j.mayExecute(h)
	if len(who) == 0 || h.Result == "trigger" || h.Result == "event_trigger" || h.Schema == j.config.AuditSchema ||
		j.config.Trust.function(pgx.Identifier{h.Schema, h.Name}) {
		return
	}
	var take Repair
	for _, name := range who {
		take = take.then(do(phaseRevoke, "REVOKE ALL ON ROUTINE "+h.signature()+" FROM "+grantee(name)+" CASCADE"))
	}
	if h.Definer && j.privileged(h.Owner) {
		j.add(DefinerFunction, h.object(), "the rights of "+ident(h.Owner)+" for "+holders(who), "nobody may execute it", take)
	}
	if !h.Trusted {
		j.add(UntrustedFunction, h.object(), "language "+h.Language+" for "+holders(who), "nobody may execute it", take)
	}
}

// mayExecute returns by which grants the application may execute a function.
func (j *judge) mayExecute(h catalogFunction) []string {
	if h.Open {
		return []string{public}
	}
	var who []string
	for _, name := range append([]string{public}, j.reached(j.config.Application)...) {
		if h.ACL.has(name, "EXECUTE") && name != h.Owner {
			who = append(who, name)
		}
	}
	return who
}

// extension finds the functions of an extension that reach beyond the database's rights.
func (j *judge) extension(name string, list []catalogFunction) {
	var take Repair
	n := 0
	for _, h := range list {
		who := j.mayExecute(h)
		if len(who) > 0 {
			n++
		}
		for _, grantor := range who {
			take = take.then(do(phaseRevoke, "REVOKE ALL ON ROUTINE "+h.signature()+" FROM "+grantee(grantor)+" CASCADE"))
		}
	}
	if n > 0 {
		j.add(ExtensionFunction, Object{Type: "extension", Name: pgx.Identifier{name}},
			fmt.Sprintf("%d functions that %s may execute", n, ident(j.config.Application)), "none", take)
	}
}

// system finds rights on what came with PostgreSQL, and without them.
func (j *judge) system() {
	for _, p := range j.have.Privileged {
		more := p.ACL.without(p.Initial)
		for _, who := range append([]string{public}, j.reached(j.config.Application)...) {
			has := more.of(who)
			if len(has) == 0 {
				continue
			}
			on, o := p.place()
			rights := listed(has)
			if p.Column != "" {
				rights += " (" + ident(p.Column) + ")"
			}
			j.add(SystemGrant, o, listed(has)+" for "+grantee(who), "none",
				do(phaseRevoke, "REVOKE "+rights+" ON "+on+" FROM "+grantee(who)+" CASCADE"))
		}
	}
}

func (p catalogPrivileged) place() (on string, o Object) {
	name := pgx.Identifier{"pg_catalog", p.Name}
	switch {
	case p.Kind == "function":
		o = Object{Type: "function", Name: name, Arguments: p.Arguments}
		return "FUNCTION " + qualified(name...) + "(" + p.Arguments + ")", o
	case p.Column != "":
		return qualified(name...), inside("column", name, p.Column)
	}
	return qualified(name...), table(name)
}
