package neokb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/internal/cypher"
	"github.com/shugo-data/shugo/japanese"
)

// KnowledgeBase looks facts up in Neo4j. It is safe for concurrent use. It does not close the driver.
type KnowledgeBase struct {
	driver     neo4j.DriverWithContext
	config     Config
	statements []string // one for each label
	scope      map[string]any
	kept       *cache
}

var _ japanese.KnowledgeBase = (*KnowledgeBase)(nil)

// New returns a knowledge base, or an error that is [ErrConfig] and names every fault. It does not ask the server.
func New(driver neo4j.DriverWithContext, config Config) (*KnowledgeBase, error) {
	config, err := config.complete()
	if driver == nil {
		err = errors.Join(err, fmt.Errorf("%w: there is no driver", ErrConfig))
	}
	if err != nil {
		return nil, err
	}
	kb := &KnowledgeBase{driver: driver, config: config, scope: map[string]any{}, kept: newCache(config.Keep, config.Expiry, config.Now)}
	var filter strings.Builder
	for i, name := range sortedNames(config.Scope) {
		parameter := fmt.Sprintf("scope%d", i)
		kb.scope[parameter] = config.Scope[name]
		filter.WriteString(", " + cypher.Quote(name) + ": $" + parameter)
	}
	for _, l := range config.Labels {
		kb.statements = append(kb.statements, statement(l, filter.String()))
	}
	return kb, nil
}

func sortedNames(scope map[string]string) []string {
	var names []string
	for name := range scope {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// lookUp is the statement for a label. Its places are the label, the property of the item, the scope, the id, and the values: one list for each
// property, whose members are texts or lists of texts.
const lookUp = `
	UNWIND $items AS item
	MATCH (n:%s {%s: item%s})
	RETURN item, %s AS id, [%s] AS values`

// statement returns the statement for a label.
func statement(l Label, scope string) string {
	id := "elementId(n)"
	if l.ID != "" {
		id = "coalesce(toString(n." + cypher.Quote(l.ID) + "), elementId(n))"
	}
	values := make([]string, len(l.Properties))
	for i, p := range l.Properties {
		values[i] = "[n." + cypher.Quote(p.Name) + "]"
		if p.Over != "" {
			values[i] = fmt.Sprintf("[(n)-[:%s]->(m%s) | m.%s]", cypher.Quote(p.Over), within(scope), cypher.Quote(p.Name))
		}
	}
	return fmt.Sprintf(lookUp, cypher.Quote(l.Name), cypher.Quote(l.Item), scope, id, strings.Join(values, ", "))
}

// within returns a scope as the properties of a node of its own.
func within(scope string) string {
	if scope == "" {
		return ""
	}
	return " {" + strings.TrimPrefix(scope, ", ") + "}"
}

// Facts implements japanese.KnowledgeBase. The facts are in the order of their items, kinds and ids. A fact's id is that of its node, with the
// kind, the form or language, and the value.
func (kb *KnowledgeBase) Facts(ctx context.Context, items []string, kinds []japanese.FactKind) ([]japanese.Fact, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(kinds) == 0 {
		return nil, nil
	}
	wanted := slices.Clone(items)
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	// What is not UTF-8, or is empty, is in no graph.
	wanted = slices.DeleteFunc(wanted, func(item string) bool { return item == "" || !utf8.ValidString(item) })
	known, missing := kb.kept.get(wanted)
	for part := range slices.Chunk(missing, kb.config.Batch) {
		found, err := kb.ask(ctx, part)
		if err != nil {
			return nil, err
		}
		kb.kept.put(part, found)
		for item, facts := range found {
			known[item] = facts
		}
	}
	var all []japanese.Fact
	for _, item := range wanted {
		for _, f := range known[item] {
			if slices.Contains(kinds, f.Kind) {
				all = append(all, f)
			}
		}
	}
	return all, nil
}

// ask asks the server for all facts of items.
func (kb *KnowledgeBase) ask(ctx context.Context, items []string) (map[string][]japanese.Fact, error) {
	found := map[string][]japanese.Fact{}
	parameters := map[string]any{"items": items}
	for name, value := range kb.scope {
		parameters[name] = value
	}
	for i, l := range kb.config.Labels {
		result, err := neo4j.ExecuteQuery(ctx, kb.driver, kb.statements[i], parameters, neo4j.EagerResultTransformer,
			neo4j.ExecuteQueryWithReadersRouting(), neo4j.ExecuteQueryWithDatabase(kb.config.Database), kb.limited())
		if err != nil {
			return nil, failure(ctx, l.Name, err)
		}
		for _, record := range result.Records {
			if err := l.read(record, found); err != nil {
				return nil, err
			}
		}
	}
	for item, facts := range found {
		slices.SortFunc(facts, func(a, b japanese.Fact) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID)) })
		found[item] = slices.Compact(facts)
	}
	return found, nil
}

// limited returns the time limit of a look-up.
func (kb *KnowledgeBase) limited() neo4j.ExecuteQueryConfigurationOption {
	if kb.config.Timeout == 0 {
		return neo4j.ExecuteQueryWithTransactionConfig()
	}
	return neo4j.ExecuteQueryWithTransactionConfig(neo4j.WithTxTimeout(kb.config.Timeout))
}

// read adds the facts of a record.
func (l Label) read(record *neo4j.Record, found map[string][]japanese.Fact) error {
	item, _, itemErr := neo4j.GetRecordValue[string](record, "item")
	id, _, idErr := neo4j.GetRecordValue[string](record, "id")
	values, _, valuesErr := neo4j.GetRecordValue[[]any](record, "values")
	if itemErr != nil || idErr != nil || valuesErr != nil || len(values) != len(l.Properties) {
		return fmt.Errorf("%w: label %s: expected a text, an id and %d lists", ErrAnswer, l.Name, len(l.Properties))
	}
	for i, p := range l.Properties {
		for _, text := range texts(values[i]) {
			found[item] = append(found[item], japanese.Fact{
				ID: id + "#" + strings.Join([]string{string(p.Kind), p.Language + p.Form, text}, ":"), Item: item, Kind: p.Kind, Value: text,
				Language: p.Language, Form: p.Form, Complete: p.Complete,
			})
		}
	}
	return nil
}

// texts returns the texts in a value that is a text, or a list of what has texts.
func texts(value any) []string {
	switch v := value.(type) {
	case string:
		if v != "" {
			return []string{v}
		}
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, texts(one)...)
		}
		return all
	}
	return nil
}
