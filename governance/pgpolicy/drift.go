package pgpolicy

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/shugo-data/shugo/governance"
)

// Report is every difference between what the rules say and what a database would do, the worst first; differences of one
// severity are in the order of their kinds and objects. Its zero value is none.
type Report struct {
	Differences []Difference `json:"differences"`
}

// Difference is one thing that is not as the rules want it.
type Difference struct {
	Kind     Kind     `json:"kind"`     // what is different
	Severity Severity `json:"severity"` // how bad that is: the kind's
	Object   Object   `json:"object"`   // what it is about
	Found    string   `json:"found"`    // what the database has
	Expected string   `json:"expected"` // what the rules want
	Repair   Repair   `json:"repair"`
}

// Object is what a difference is about.
type Object struct {
	// Type is what PostgreSQL calls it: "table", "column", "policy", "role".
	Type string `json:"type"`
	// Name has the schema first where there is one: of a column, schema, table and column; of a policy, rule or trigger,
	// schema, table and its own name.
	Name pgx.Identifier `json:"name"`
	// Arguments are the types of a function's arguments.
	Arguments string `json:"arguments,omitempty"`
}

// String returns the type and the quoted name.
func (o Object) String() string {
	text := o.Type + " " + o.Name.Sanitize()
	switch {
	case o.Type == "function":
		text += "(" + o.Arguments + ")"
	case len(o.Name) == 3 && o.Type != "column":
		text = o.Type + " " + o.Name[2:].Sanitize() + " on " + o.Name[:2].Sanitize()
	}
	return text
}

// String returns one line: severity, kind, object, found and expected.
func (d Difference) String() string {
	line := fmt.Sprintf("%s %s: %s: found %s, want %s", d.Severity, d.Kind, d.Object, d.Found, d.Expected)
	return strings.ReplaceAll(line, "\n", " ")
}

// String returns a line for each difference, with its repair below it.
func (r Report) String() string {
	if len(r.Differences) == 0 {
		return "No drift.\n"
	}
	var b strings.Builder
	for _, d := range r.Differences {
		fmt.Fprintln(&b, d)
		for _, sql := range d.Repair.SQL {
			fmt.Fprintf(&b, "    %s;\n", strings.ReplaceAll(sql, "\n", "\n    "))
		}
		if d.Repair.Reason != "" {
			fmt.Fprintf(&b, "    for a human: %s\n", d.Repair.Reason)
		}
	}
	return b.String()
}

// Worst returns the highest severity in the report; empty: there is no difference.
func (r Report) Worst() Severity {
	if len(r.Differences) == 0 {
		return ""
	}
	return r.Differences[0].Severity
}

// Drift compares a database with what the manifest wants of it: what Plan makes, and besides it whatever opens a way around.
// It takes one round trip, needs no privilege and changes nothing. A table or role that is missing is a difference, and no
// error; errors are those of the database.
//
// What nobody reaches is no difference: a new table without a category that only its owner may read is found by Fields, not
// here. A role that must go around the rules, such as one for backups, is named in Config.Trust.
//
// It does not see what is outside of the database (pg_hba.conf, settings in files, replication slots, who knows which
// password), whether a trusted or first superuser does what it should, what the bodies of the host's own triggers and of the
// audit trail's do while their owner is trusted, and rights on settings that everybody has.
func (p *Policy) Drift(ctx context.Context, db Querier) (Report, error) {
	s, err := p.Snapshot(ctx, db)
	if err != nil {
		return Report{}, err
	}
	return p.Compare(s), nil
}

// Compare is Drift for a snapshot. It judges what the snapshot was asked for: one that was taken for another manifest lacks
// the tables that only this one has.
func (p *Policy) Compare(s Snapshot) Report {
	j := judge{config: p.config, have: &s.have}
	if j.index(); j.roles() {
		j.fit()
		j.settings()
		j.parameters()
		j.schemas()
		j.defaults()
		j.tables()
		j.functions()
		j.views()
		j.standing()
		j.audit()
		j.ways()
	}
	slices.SortStableFunc(j.list, func(a, b Difference) int {
		return cmp.Or(
			cmp.Compare(slices.Index(Severities(), a.Severity), slices.Index(Severities(), b.Severity)),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Object.Type, b.Object.Type),
			slices.Compare(a.Object.Name, b.Object.Name), cmp.Compare(a.Object.Arguments, b.Object.Arguments),
			cmp.Compare(a.Found, b.Found))
	})
	return Report{Differences: j.list}
}

// judge compares.
type judge struct {
	config Config
	have   *catalog
	want   desired
	list   []Difference
}

// index makes a snapshot that is the zero value usable.
func (j *judge) index() {
	if j.have.byName == nil {
		j.have = &catalog{byName: map[string]*catalogRelation{}, role: map[string]*catalogRole{}}
	}
}

// add puts a difference on the list.
func (j *judge) add(kind Kind, o Object, found, expected string, r Repair) {
	if found == "" {
		found = "nothing"
	}
	j.list = append(j.list, Difference{
		Kind: kind, Severity: kind.Severity(), Object: o, Found: found, Expected: expected, Repair: r,
	})
}

// trusted reports whether a role may have any right: the owner, those that the host names, and the first superuser. Another
// superuser's own rights count, since they stay when it is one no more.
func (j *judge) trusted(role string) bool {
	if role == public {
		return false
	}
	r := j.have.role[role]
	return role == j.config.Owner || slices.Contains(j.config.Trust.Roles, role) || r != nil && r.Bootstrap
}

// fit computes what is wanted of the tables that there are. A dataset whose columns are not all there is fitted to those
// that are, so that the rest of it is compared all the same.
func (j *judge) fit() {
	live := j.have.inventory()
	c := j.config
	c.Manifest.Datasets = slices.Clone(c.Manifest.Datasets)
	for i, d := range c.Manifest.Datasets {
		if d.Store == c.Store {
			has := live[c.table(dataset{d}).Sanitize()]
			c.Manifest.Datasets[i].Fields = slices.DeleteFunc(slices.Clone(d.Fields), func(f governance.Field) bool {
				return !slices.ContainsFunc(has.columns, func(l liveColumn) bool { return l.name == f.Name })
			})
		}
	}
	j.want, _ = want(c, live) // what is impossible is found by tables
}

func table(name pgx.Identifier) Object { return Object{Type: "table", Name: name} }

func inside(kind string, of pgx.Identifier, name string) Object {
	return Object{Type: kind, Name: append(slices.Clone(of), name)}
}

func role(name string) Object { return Object{Type: "role", Name: pgx.Identifier{name}} }

// listed returns texts as one.
func listed(texts []string) string { return strings.Join(texts, ", ") }

// grantee is a role in SQL.
func grantee(name string) string {
	if name == public {
		return "PUBLIC"
	}
	return ident(name)
}
