package neopolicy

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/shugo-data/shugo/governance"
)

// Predicate returns a condition for WHERE that is true for the records within reach and false for all others, never NULL,
// and its parameters. It goes into the query itself, before ORDER BY and LIMIT, so that a page is taken from what the caller
// may see; the label or type is for the query to name:
//
//	where, params, err := neopolicy.Predicate(reach, neopolicy.Query{Variable: "m"})
//	params["since"] = since
//	neo4j.ExecuteQuery(ctx, driver, "MATCH (m:Memo) WHERE m.at > $since AND "+where+" RETURN m.text", params, ...)
//
// A person is named by a string. A record whose subject property is missing or empty is nobody's. One whose subject is of
// another type, such as a number, could be anybody's: it is within reach only where persons make no difference. No value is
// ever part of the text, which therefore repeats and is planned once. Masks are not the predicate's: see Reach.OwnMask.
//
// Errors: ErrStanding when the reach asks for consent, restrictions or holds and Query.Standing is empty; one for a query or
// a subject property that cannot be written; one for a caller that is not UTF-8.
func Predicate(r governance.Reach, q Query) (cypher string, params map[string]any, err error) {
	q = q.filled()
	if err := q.check(); err != nil {
		return "", nil, err
	}
	p := predicate{reach: r, query: q, params: map[string]any{}}
	switch {
	case r.Dataset.Subject == "": // nobody's own, and nobody who could consent or restrict
		return constant(r.Others == governance.Every), p.params, nil
	case r.Own == governance.Every && r.Others == governance.Every && !r.Standing:
		return constant(true), p.params, nil
	case !utf8.ValidString(string(r.Caller)) || !utf8.ValidString(string(r.Purpose)):
		return "", nil, errors.New("neopolicy: predicate: the caller is not a text that Neo4j takes")
	}
	property, err := Quote(r.Dataset.Subject)
	if err != nil {
		return "", nil, fmt.Errorf("neopolicy: predicate: subject: %w", err)
	}
	p.subject = quoted(q.Variable) + "." + property
	others, err := p.others()
	if err != nil {
		return "", nil, err
	}
	own := r.Own == governance.Every && r.Caller != ""
	switch {
	case !own:
		return others, p.params, nil
	case others == constant(false):
		return p.own(), p.params, nil
	}
	return "(" + p.own() + " OR " + others + ")", p.params, nil
}

// predicate collects the parameters.
type predicate struct {
	reach   governance.Reach
	query   Query
	subject string // the property, quoted
	params  map[string]any
}

func (p *predicate) parameter(name, value string) string {
	p.params[p.query.Prefix+name] = value
	return "$" + p.query.Prefix + name
}

// own is true for the caller's own records and false for all others, in a form that an index serves.
func (p *predicate) own() string {
	return fmt.Sprintf("(%[1]s IS NOT NULL AND %[1]s = %[2]s)", p.subject, p.parameter("caller", string(p.reach.Caller)))
}

// others is true for the records of others that are reached. It may be true for the caller's own if all of those are reached.
func (p *predicate) others() (string, error) {
	r := p.reach
	if r.Others != governance.Every && r.Others != governance.Consenting {
		return constant(false), nil
	}
	if (r.Others == governance.Consenting || r.Standing) && p.query.Standing == "" {
		return "", fmt.Errorf("%w: the reach depends on it", ErrStanding)
	}
	all := []string{p.subject + " IS :: STRING"} // or missing
	if r.Own != governance.Every && r.Caller != "" {
		all = append(all, "NOT "+p.own())
	}
	if r.Others == governance.Consenting {
		if r.Purpose == "" { // to which nobody consents
			return constant(false), nil
		}
		all = append(all, p.consents())
	}
	if r.Standing {
		all = append(all, "NOT "+p.barred())
	}
	return "(" + strings.Join(all, " AND ") + ")", nil
}

// consents is true if a standing node of the subject and the purpose says so. One without a subject has no standing.
func (p *predicate) consents() string {
	const cypher = "EXISTS { MATCH (%[1]s:%[2]s) WHERE %[1]s.subject = %[3]s AND %[1]s.subject <> '' AND %[1]s.purpose = %[4]s " +
		"AND %[1]s.consented = true }"
	purpose := p.parameter("purpose", string(p.reach.Purpose))
	return fmt.Sprintf(cypher, p.query.standing(), quoted(p.query.Standing), p.subject, purpose)
}

// barred is true if any standing node of the subject says so. What is neither true, false nor missing bars as well.
func (p *predicate) barred() string {
	const restricted = "EXISTS { MATCH (%[1]s:%[2]s) WHERE %[1]s.subject = %[3]s AND %[1]s.subject <> '' " +
		"AND coalesce(%[1]s.restricted, false) <> false }"
	const restrictedOrHeld = "EXISTS { MATCH (%[1]s:%[2]s) WHERE %[1]s.subject = %[3]s AND %[1]s.subject <> '' " +
		"AND (coalesce(%[1]s.restricted, false) <> false OR coalesce(%[1]s.held, false) <> false) }"
	cypher := restricted
	if a := p.reach.Target.Action; a == governance.Delete || a == governance.Erase {
		cypher = restrictedOrHeld
	}
	return fmt.Sprintf(cypher, p.query.standing(), quoted(p.query.Standing), p.subject)
}

func constant(is bool) string {
	if is {
		return "true"
	}
	return "false"
}
