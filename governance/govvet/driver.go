package govvet

import (
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// module is Shugo itself, whose packages are the adapters that the guard works with.
const module = "github.com/shugo-data/shugo"

// driverPath matches the packages that talk to a database.
const driverPath = `^(database/sql(/driver)?|github\.com/jackc/(pgx(/v\d+)?(/.*)?|pgconn)|github\.com/neo4j/neo4j-go-driver(/v\d+)?/neo4j(/.*)?)$`

// statement is how a driver's method that sends a statement is known again in the interfaces of a host.
type statement struct {
	method string
	types  []string // names of driver types, one of which is in every signature of the method
}

// statements are the methods and functions that send a statement which reads or writes data. What only begins a
// transaction, opens a session, prepares or reads an answer is not among them: it comes with one of these.
func statements() []statement {
	result := []string{"CommandTag", "Result", "Results", "MultiResultReader", "Rows"}
	return []statement{
		{"Exec", result}, {"ExecContext", result},
		{"Query", []string{"Rows"}}, {"QueryContext", []string{"Rows"}}, {"QueryFunc", []string{"CommandTag"}},
		{"QueryRow", []string{"Row"}}, {"QueryRowContext", []string{"Row"}},
		{"SendBatch", []string{"Batch"}}, {"Queue", []string{"QueuedQuery", "Batch"}},
		{"CopyFrom", []string{"Identifier", "CommandTag"}}, {"CopyTo", []string{"CommandTag"}},
		{"ExecBatch", []string{"Batch"}}, {"ExecParams", []string{"ResultReader"}},
		{"ExecPrepared", []string{"ResultReader"}}, {"ExecStatement", []string{"ResultReader"}},
		{"SendQueryParams", nil}, {"SendQueryPrepared", nil}, {"SendQueryStatement", nil}, {"Frontend", nil}, {"Hijack", nil},
		{"Create", []string{"LargeObjects"}}, {"Open", []string{"LargeObjects"}}, {"Unlink", []string{"LargeObjects"}},
		{"Run", []string{"Result", "ResultWithContext"}}, {"ExecuteQuery", []string{"DriverWithContext", "Driver"}},
	}
}

// answers are driver types with methods of those names that read what a statement has answered.
func answers() []string { return []string{"QueuedQuery", "BatchResults", "Row", "Rows"} }

// drivers recognises statements.
type drivers struct {
	path  *regexp.Regexp
	known map[string][]string // statement's name -> driver types
}

func newDrivers() drivers {
	d := drivers{path: regexp.MustCompile(driverPath), known: map[string][]string{}}
	for _, s := range statements() {
		d.known[s.method] = s.types
	}
	return d
}

// skips reports whether a package is not looked into: a driver, or one of Shugo's that hosts build on.
func (d drivers) skips(path string) bool {
	return d.is(path) || (path == module || strings.HasPrefix(path, module+"/")) && !strings.HasPrefix(path, module+"/examples/")
}

func (d drivers) is(path string) bool { return d.path.MatchString(path) }

// sends reports whether a call of fn sends a statement: fn is of a driver, or has the form of such a method, be it in an
// interface of the host or in a type that decorates a driver.
func (d drivers) sends(fn *types.Func) bool {
	marks, ok := d.known[fn.Name()]
	if !ok {
		return false
	}
	signature := fn.Signature()
	if fn.Pkg() != nil && d.is(fn.Pkg().Path()) {
		return d.sendsItself(fn, marks)
	}
	if signature.Recv() == nil || fn.Pkg() == nil || d.skips(fn.Pkg().Path()) {
		return false
	}
	contract := types.IsInterface(signature.Recv().Type())
	if contract && signature.Variadic() && unbound(signature) {
		return strings.HasPrefix(fn.Name(), "Exec") || strings.HasPrefix(fn.Name(), "Query")
	}
	return d.mentions(signature, marks) && d.hands(signature, contract)
}

// sendsItself tells the statements of a driver from its methods of the same name that do something else.
func (d drivers) sendsItself(fn *types.Func, marks []string) bool {
	signature := fn.Signature()
	if signature.Recv() == nil {
		return fn.Name() == "ExecuteQuery"
	}
	receiver := typeName(signature.Recv().Type())
	switch {
	case slices.Contains(answers(), receiver):
		return false
	case slices.Contains([]string{"Create", "Open", "Unlink"}, fn.Name()):
		return receiver == "LargeObjects"
	case fn.Name() == "Hijack" || fn.Name() == "Frontend":
		return receiver == "PgConn" // the connection by itself
	}
	return true
}

// hands reports whether a method takes a statement that its caller has made: a text with its arguments, a batch, a table.
// In an interface it may be a text alone, for drivers have such methods, or arguments alone, of what was prepared.
func (d drivers) hands(signature *types.Signature, contract bool) bool {
	text, arguments := false, signature.Variadic()
	for v := range signature.Params().Variables() {
		switch t := types.Unalias(v.Type()).(type) {
		case *types.Basic:
			text = text || t.Kind() == types.String
		case *types.Map:
			arguments = true
		case *types.Slice:
			arguments = true
		default:
			if name := typeName(t); name == "Batch" || name == "Identifier" {
				return true
			}
		}
	}
	if contract && !arguments {
		return text && d.mentions(signature, []string{"MultiResultReader", "CommandTag"})
	}
	return arguments && (text || contract)
}

// mentions reports whether a signature has one of the driver's types.
func (d drivers) mentions(signature *types.Signature, names []string) bool {
	for _, tuple := range []*types.Tuple{signature.Results(), signature.Params()} {
		for v := range tuple.Variables() {
			t := types.Unalias(v.Type())
			if p, ok := t.(*types.Pointer); ok {
				t = types.Unalias(p.Elem())
			}
			if named, ok := t.(*types.Named); ok && named.Obj().Pkg() != nil && d.is(named.Obj().Pkg().Path()) &&
				slices.Contains(names, named.Obj().Name()) {
				return true
			}
		}
	}
	return false
}

// unbound reports whether a method returns a type parameter, which may stand for a driver's type.
func unbound(signature *types.Signature) bool {
	for v := range signature.Results().Variables() {
		if _, ok := types.Unalias(v.Type()).(*types.TypeParam); ok {
			return true
		}
	}
	return false
}

// typeName returns the name of a type without its package, or of what it points to.
func typeName(t types.Type) string {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if named, ok := t.(*types.Named); ok {
		return named.Obj().Name()
	}
	return ""
}

// wrapped returns which argument governance.Wrap, WrapErr and WrapSeq govern, and whether fn is one of them.
func wrapped(fn *types.Func) (int, bool) {
	const next = 2
	return next, fn.Pkg() != nil && fn.Pkg().Path() == module+"/governance" &&
		slices.Contains([]string{"Wrap", "WrapErr", "WrapSeq"}, fn.Name()) && fn.Signature().Recv() == nil
}
