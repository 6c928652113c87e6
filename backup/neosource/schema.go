package neosource

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/backup"
	"github.com/shugo-data/shugo/internal/cypher"
)

// element is a constraint or an index.
type element struct {
	Name       string `json:"name"`
	Constraint bool   `json:"constraint"`
	Type       string `json:"type"`      // such as "UNIQUENESS" or "VECTOR"
	Statement  string `json:"statement"` // that makes it, with its options, as the server gives it
}

// lookup is the type of the two indexes that a database has from the beginning.
const lookup = "LOOKUP"

// schema reads constraints, and indexes that belong to none, ordered by name.
func (s *server) schema(ctx context.Context) ([]element, error) {
	const constraints = `SHOW CONSTRAINTS YIELD name, type, createStatement RETURN name, type, createStatement`
	const indexes = `SHOW INDEXES YIELD name, type, createStatement, owningConstraint WHERE owningConstraint IS NULL RETURN name, type, createStatement`
	elements := []element{}
	for _, statement := range []string{constraints, indexes} {
		records, err := s.ask(ctx, "read the schema", statement, nil)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			e := element{Constraint: statement == constraints}
			e.Name, _ = r.Values[0].(string)
			e.Type, _ = r.Values[1].(string)
			if e.Statement, _ = r.Values[2].(string); e.Statement == "" {
				return nil, fmt.Errorf("neosource: the server has no statement for a schema element of type %s: %w", e.Type, backup.ErrVersion)
			}
			elements = append(elements, e)
		}
	}
	slices.SortFunc(elements, func(a, b element) int { return strings.Compare(a.Name, b.Name) })
	return elements, nil
}

// schemaFact is a fact about a schema.
func schemaFact(elements []element) backup.Fact {
	h := sha256.New()
	for _, e := range elements {
		fmt.Fprintf(h, "%d %s", len(e.Statement), e.Statement)
	}
	return backup.Fact{Name: "schema", Value: fmt.Sprintf("%d constraints and indexes, digest %s", len(elements), hex.EncodeToString(h.Sum(nil)[:8]))}
}

// makeSchema makes an empty database's schema what is given, and waits until its indexes are filled.
func (s *server) makeSchema(ctx context.Context, wanted []element) error {
	found, err := s.schema(ctx)
	if err != nil {
		return err
	}
	for _, e := range found {
		if !slices.Contains(wanted, e) {
			if err := s.drop(ctx, e); err != nil {
				return err
			}
		}
	}
	for _, constraints := range []bool{true, false} {
		for _, e := range wanted {
			if e.Constraint == constraints && !slices.Contains(found, e) {
				if _, err := s.ask(ctx, "make "+e.Type, e.Statement, nil); err != nil {
					return err
				}
			}
		}
	}
	_, err = s.ask(ctx, "wait for the indexes", `CALL db.awaitIndexes(86400)`, nil)
	return err
}

func (s *server) drop(ctx context.Context, e element) error {
	word := "INDEX "
	if e.Constraint {
		word = "CONSTRAINT "
	}
	_, err := s.ask(ctx, "drop "+e.Type, "DROP "+word+cypher.Quote(e.Name)+" IF EXISTS", nil)
	return err
}

// indexFindings says of each index whether it is filled and usable.
func (s *server) indexFindings(ctx context.Context) ([]backup.Finding, error) {
	const states = `SHOW INDEXES YIELD name, type, state, populationPercent RETURN name, type, state, populationPercent ORDER BY name`
	records, err := s.ask(ctx, "read the states of indexes", states, nil)
	if err != nil {
		return nil, err
	}
	var findings []backup.Finding
	for _, r := range records {
		name, _ := r.Values[0].(string)
		kind, _ := r.Values[1].(string)
		state, _ := r.Values[2].(string)
		findings = append(findings, backup.Finding{Check: fmt.Sprintf("%s index %s is online", strings.ToLower(kind), name),
			Passed: state == "ONLINE", Detail: fmt.Sprintf("%s, %.0f %%", state, number(r.Values[3]))})
	}
	return findings, nil
}

func number(v any) float64 {
	f, _ := v.(float64)
	return f
}
