package pgpolicy

import (
	"fmt"
	"strings"

	"github.com/shugo-data/shugo/governance"
)

// functions are those of a dataset: how far the caller reaches in a scope, and the caller's id when that is to records of
// the caller's own.
func (g *governed) functions() []wantFunction {
	list := []wantFunction{g.reachFunction()}
	if g.Subject != "" {
		list = append(list, g.ownFunction())
	}
	return list
}

func (g *governed) reachName() string { return joined(g.Name, "_reach") }
func (g *governed) ownName() string   { return joined(g.Name, "_own") }

// reachFunction decides once in a statement for all records of the caller's own, or for all others.
func (g *governed) reachFunction() wantFunction {
	var b strings.Builder
	const head = `
DECLARE
    action CONSTANT text := current_setting('shugo.action', true);
    masks  text[];
BEGIN
    IF {schema}.caller() IS NULL THEN
        RETURN false;
    END IF;
    CASE scope
`
	b.WriteString(strings.ReplaceAll(head, "{schema}", ident(g.config.Schema)))
	for _, command := range []string{scopeSelect, scopeInsert, scopeUpdate, scopeDelete} {
		if g.possible(command) {
			g.commandLines(&b, command)
		}
	}
	for _, p := range g.parts {
		g.partLines(&b, p)
	}
	b.WriteString("    ELSE\n        RETURN false;\n    END CASE;\nEND\n")
	return g.config.function(g.reachName(), "scope text, own boolean, consented boolean", "boolean", b.String(), fmt.Sprintf(
		"Whether the caller may do the action to the scope of records in dataset %s: their own, or others', consenting or not.",
		g.Name))
}

// commandLines decide about a command on the table, which touches every category. One who sees fields masked selects from
// the view.
func (g *governed) commandLines(b *strings.Builder, command string) {
	fmt.Fprintf(b, "    WHEN %s THEN\n", literal(command))
	if command != scopeSelect {
		fmt.Fprintf(b, "        IF (action = ANY (%s)) IS NOT TRUE THEN RETURN false; END IF;\n", array(commandActions(command)))
	}
	if command != scopeInsert { // which removes nothing
		g.heldLines(b, g.personal())
	}
	for _, category := range g.categories() {
		g.mayLine(b, category, "consented")
		if fields := g.maskable(category); command == scopeSelect && len(fields) > 0 {
			fmt.Fprintf(b, "        IF masks && %s THEN RETURN false; END IF;\n", array(fields))
		}
	}
	b.WriteString("        RETURN true;\n")
}

// partLines decide about the fields of one category in the masking view. A category that is not personal knows no consent
// and no hold.
func (g *governed) partLines(b *strings.Builder, p part) {
	consented := "consented"
	if !p.personal {
		consented = "false"
	}
	fmt.Fprintf(b, "    WHEN %s THEN\n", literal(scopeCategory+string(p.category)))
	g.heldLines(b, p.personal)
	g.mayLine(b, p.category, consented)
	b.WriteString("        RETURN true;\n")
	for _, group := range p.masked {
		fmt.Fprintf(b, "    WHEN %s THEN\n", literal(scopeField+group[0]))
		g.heldLines(b, p.personal)
		g.mayLine(b, p.category, consented)
		fmt.Fprintf(b, "        RETURN NOT %s = ANY (masks);\n", literal(group[0]))
	}
}

// heldLines refuse to remove what the caller's own hold is on. Of others' it is for each row to say.
func (g *governed) heldLines(b *strings.Builder, personal bool) {
	if len(g.config.Standing) == 0 || !personal || g.Subject == "" {
		return
	}
	schema := ident(g.config.Schema)
	fmt.Fprintf(b, "        IF own AND action IN ('delete', 'erase') THEN\n"+
		"            IF %s.held(%s.caller()) THEN RETURN false; END IF;\n        END IF;\n", schema, schema)
}

func (g *governed) mayLine(b *strings.Builder, category governance.Category, consented string) {
	fmt.Fprintf(b, "        masks := %s(own, %s);\n        IF masks IS NULL THEN RETURN false; END IF;\n",
		qualified(g.config.Schema, mayName(category)), consented)
}

// maskable returns the covered columns that rules of a category mask, whichever category the columns are of.
func (g *governed) maskable(category governance.Category) []string {
	var list []string
	for _, column := range g.columns {
		if g.config.maskers(category, column) != "" {
			list = append(list, column)
		}
	}
	return list
}

// ownFunction is what the subject column is compared with, so that an index on it serves. Consent is looked up only where
// nothing else allows: it never takes away.
func (g *governed) ownFunction() wantFunction {
	const plain = `
BEGIN
    IF {reach}(scope, true, false) THEN
        RETURN {caller}();
    END IF;
    RETURN NULL;
END
`
	const consent = `
BEGIN
    IF {reach}(scope, true, false) THEN
        RETURN {caller}();
    ELSIF {reach}(scope, true, true) THEN
        IF {schema}.consents({schema}.caller()) THEN
            RETURN {caller}();
        END IF;
    END IF;
    RETURN NULL;
END
`
	body, schema := plain, ident(g.config.Schema)
	if needed, _ := g.config.needsConsent(g.categories()...); needed && g.personal() {
		body = consent
	}
	body = strings.NewReplacer("{reach}", qualified(g.config.Schema, g.reachName()), "{schema}", schema,
		"{caller}", schema+"."+g.owner.caller).Replace(body)
	return g.config.function(g.ownName(), "scope text", g.owner.kind, body, fmt.Sprintf(
		"The caller, if they may do the action to the scope of records of their own in dataset %s; NULL: they may not.", g.Name))
}
