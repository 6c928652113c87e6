package neopolicy

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/shugo-data/shugo/governance"
)

// ErrStanding: the reach asks for consents, restrictions or holds, and the query names no label that holds them. Test
// with errors.Is.
var ErrStanding = errors.New("neopolicy: persons' consents, restrictions and holds are needed, and no label is named")

// SubjectType is the type of the property that holds the subject.
type SubjectType uint8

// The types. The zero SubjectType is Text. A property of another type than that is nobody's.
const (
	Text    SubjectType = iota // STRING
	Integer                    // INTEGER, in decimal without leading zeros or plus sign
)

// Query says where a predicate is put.
type Query struct {
	// Variable is the node or relationship in the query that the predicate is about; empty: "n".
	Variable string
	// Prefix begins the names of the parameters; empty: "shugo". Two predicates in one statement need two.
	Prefix string
	// Subject is the type of the subject property.
	Subject SubjectType
	// Standing is a label of nodes with the properties subject and purpose, both STRING, and consented, restricted and held,
	// all BOOLEAN: one for each person and purpose, and for each restriction or hold. A person consents to a purpose if a
	// node of both says so; is restricted or held if any of the person's says so. Empty: there are none.
	Standing string
}

// Predicate returns a condition for WHERE that is true for the nodes or relationships within reach and false for all
// others, never null, and its parameters. It goes into the query itself, before ORDER BY and LIMIT. Masks are not the
// predicate's: see Reach.OwnMask.
//
// Errors: ErrStanding.
func Predicate(r governance.Reach, q Query) (cypher string, parameters map[string]any, err error) {
	p := predicate{reach: r, query: q.filled(), parameters: map[string]any{}}
	own, others := "false", "false"
	if r.Dataset.Subject == "" { // nobody's own, and nobody who could consent or restrict
		return strconv.FormatBool(r.Others == governance.Every), p.parameters, nil
	}
	if r.Own == governance.Every && r.Others == governance.Every && !r.Standing {
		return "true", p.parameters, nil
	}
	if r.Own == governance.Every {
		own = p.own()
	}
	if r.Others != governance.None {
		if others, err = p.others(); err != nil {
			return "", nil, err
		}
	}
	switch {
	case others == "false":
		return own, p.parameters, nil
	case own == "false":
		return others, p.parameters, nil
	}
	return "(" + own + " OR " + others + ")", p.parameters, nil
}

func (q Query) filled() Query {
	if q.Variable == "" {
		q.Variable = "n"
	}
	if q.Prefix == "" {
		q.Prefix = "shugo"
	}
	return q
}

// predicate collects the parameters.
type predicate struct {
	reach      governance.Reach
	query      Query
	parameters map[string]any
}

func (p *predicate) parameter(name string, value any) string {
	name = p.query.Prefix + "_" + name
	p.parameters[name] = value
	return "$" + Quote(name)
}

func (p *predicate) property() string {
	return Quote(p.query.Variable) + "." + Quote(p.reach.Dataset.Subject)
}

// own is the condition that the record is the caller's. An id that is not written as the type writes it is nobody's.
func (p *predicate) own() string {
	caller := string(p.reach.Caller)
	if caller == "" {
		return "false"
	}
	var value any = caller
	if p.query.Subject == Integer {
		n, err := strconv.ParseInt(caller, 10, 64)
		if err != nil || strconv.FormatInt(n, 10) != caller {
			return "false"
		}
		value = n
	}
	return "coalesce(" + p.property() + " = " + p.parameter("caller", value) + ", false)"
}

// others is the condition that the record is not the caller's, and within reach.
func (p *predicate) others() (string, error) {
	conditions := []string{}
	if own := p.own(); own != "false" {
		conditions = append(conditions, "NOT "+own)
	}
	if p.reach.Others == governance.Consenting || p.reach.Standing {
		if p.query.Standing == "" {
			return "", ErrStanding
		}
		conditions = append(conditions, p.standing()...)
	}
	if len(conditions) == 0 {
		return "true", nil
	}
	return "(" + strings.Join(conditions, " AND ") + ")", nil
}

// standing are the conditions on the person whom the record is about. A record without a subject is nobody's, who neither
// consents nor restricts.
func (p *predicate) standing() (conditions []string) {
	person := p.property()
	exists := func(condition string) string {
		return fmt.Sprintf("EXISTS { MATCH (shugo_standing:%s) WHERE shugo_standing.subject = %s AND %s }",
			Quote(p.query.Standing), p.text(person), condition)
	}
	if p.reach.Others == governance.Consenting {
		conditions = append(conditions, "coalesce("+p.text(person)+" <> '', false)",
			exists("shugo_standing.consented AND shugo_standing.purpose = "+p.parameter("purpose", string(p.reach.Purpose))))
	}
	if p.reach.Standing {
		against := "shugo_standing.restricted"
		if a := p.reach.Target.Action; a == governance.Delete || a == governance.Erase {
			against = "(shugo_standing.restricted OR shugo_standing.held)"
		}
		conditions = append(conditions, "NOT "+exists(against))
	}
	return conditions
}

// text is the subject as the standing writes it.
func (p *predicate) text(property string) string {
	if p.query.Subject == Integer {
		return "CASE WHEN " + property + " IS :: INTEGER THEN toString(" + property + ") END"
	}
	return property
}

// Quote returns a name as Cypher reads it whatever it is made of: in backquotes, with those in it doubled. A backslash is
// doubled by its escape, since Cypher would read \u0060 as a backquote before it looks for the end of the name.
func Quote(name string) string {
	name = strings.ReplaceAll(name, `\`, `\u005C`)
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}
