package pgpolicy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shugo-data/shugo/governance"
)

// function returns a function of the schema with what all of them have in common.
func (c Config) function(name, arguments, result, body, comment string) wantFunction {
	return wantFunction{
		name: name, arguments: arguments, result: result, language: "plpgsql", body: body, volatile: "s", parallel: "s",
		config: "search_path=pg_catalog, pg_temp", comment: comment,
	}
}

// mayFunction returns what the rules say about one category, word by word as governance.Rule is documented.
func (c Config) mayFunction(category governance.Category) wantFunction {
	const body = `
DECLARE
    roles   CONSTANT text[] := current_setting('shugo.roles', true);
    purpose CONSTANT text   := current_setting('shugo.purpose', true);
    masks   text[];
BEGIN
    CASE current_setting('shugo.action', true)
{actions}    ELSE
        NULL;
    END CASE;
    RETURN masks;
END
`
	var actions strings.Builder
	for _, action := range governance.Actions() {
		if lines := c.ruleLines(category, action); lines != "" {
			fmt.Fprintf(&actions, "    WHEN %s THEN\n%s", literal(string(action)), lines)
		}
	}
	text := strings.Replace(body, "{actions}", actions.String(), 1)
	if actions.Len() == 0 { // a CASE must have a WHEN
		text = "\nBEGIN\n    RETURN NULL;\nEND\n"
	}
	return c.function(mayName(category), "own boolean, consented boolean", "text[]", text, fmt.Sprintf(
		"The fields of category %s to mask when the caller does the action to somebody's data; NULL: refused.", category))
}

func mayName(category governance.Category) string { return joined("may_"+string(category), "") }

// ruleLines are the rules of one category and action: those that deny come first, and then those that mask nothing, since
// either settles the matter.
func (c Config) ruleLines(category governance.Category, action governance.Action) string {
	var deny, plain, masking strings.Builder
	for i, r := range c.Manifest.Rules {
		if !slices.Contains(r.Categories, category) || !slices.Contains(r.Actions, action) {
			continue
		}
		note := "rule " + r.Name
		if r.Name == "" {
			note = fmt.Sprintf("rules[%d]", i)
		}
		switch {
		case r.Deny:
			ruleLine(&deny, r, "RETURN NULL", note)
		case len(r.Mask) == 0:
			ruleLine(&plain, r, "RETURN '{}'", note)
		default:
			ruleLine(&masking, r, maskText(r.Mask), note)
		}
	}
	return deny.String() + plain.String() + masking.String()
}

func ruleLine(b *strings.Builder, r governance.Rule, then, note string) {
	fmt.Fprintf(b, "        IF %s THEN %s; END IF; -- %s\n", ruleCondition(r), then, note)
}

// maskText leaves masked what every rule masks that allows.
func maskText(mask []string) string {
	fields := array(slices.Sorted(slices.Values(mask)))
	return "masks := CASE WHEN masks IS NULL THEN " + fields +
		" ELSE ARRAY(SELECT unnest(masks) INTERSECT SELECT unnest(" + fields + ")) END"
}

func ruleCondition(r governance.Rule) string {
	var all []string
	if r.Own {
		all = append(all, "own")
	}
	if r.Consent {
		all = append(all, "consented")
	}
	if len(r.Roles) > 0 {
		all = append(all, "roles && "+array(r.Roles))
	}
	if len(r.Purposes) > 0 {
		all = append(all, "purpose = ANY ("+array(r.Purposes)+")")
	}
	if len(all) == 0 {
		return "true"
	}
	return strings.Join(all, " AND ")
}

// callerFunction returns who calls, or NULL for one whom the guard would refuse whatever is asked.
func (c Config) callerFunction() wantFunction {
	const body = `
BEGIN
    RETURN CASE WHEN current_setting('shugo.caller', true) <> ''
        AND nullif(current_setting('shugo.roles', true), '')::text[] <@ {roles}
        AND current_setting('shugo.purpose', true) = ANY ({purposes})
        THEN current_setting('shugo.caller', true) END;
END
`
	text := strings.NewReplacer("{roles}", array(c.roles()), "{purposes}", array(append(c.purposes(), ""))).Replace(body)
	return c.function("caller", "", "text", text,
		"Who calls; NULL: nobody, or somebody with a role or purpose that the manifest does not know.")
}

// roles returns the complete list of role names.
func (c Config) roles() []string {
	if len(c.Manifest.Roles) > 0 {
		return slices.Sorted(slices.Values(c.Manifest.Roles))
	}
	var names []string
	for _, r := range c.Manifest.Rules {
		names = append(names, r.Roles...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (c Config) purposes() []governance.Purpose {
	if len(c.Manifest.Purposes) > 0 {
		return slices.Sorted(slices.Values(c.Manifest.Purposes))
	}
	var names []governance.Purpose
	for _, r := range c.Manifest.Rules {
		names = append(names, r.Purposes...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// identityFunctions return the caller as other types, or NULL when the text is not the one that PostgreSQL writes: a
// record's subject is compared as text by the guard, so that 'ABC..' is not the uuid 'abc..', nor '07' the number 7.
func (c Config) identityFunctions() []wantFunction {
	const uuid = `
DECLARE
    id CONSTANT text := {schema}.caller();
BEGIN
    IF id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' THEN
        RETURN id::uuid;
    END IF;
    RETURN NULL;
END
`
	const bigint = `
DECLARE
    id CONSTANT text := {schema}.caller();
BEGIN
    IF id ~ '^(0|-?[1-9][0-9]{0,18})$' THEN
        IF id::numeric BETWEEN -9223372036854775808 AND 9223372036854775807 THEN
            RETURN id::bigint;
        END IF;
    END IF;
    RETURN NULL;
END
`
	in := func(body string) string { return strings.ReplaceAll(body, "{schema}", ident(c.Schema)) }
	return []wantFunction{
		c.function("caller_bigint", "", "bigint", in(bigint), "The caller as a number; NULL: nobody, or not written as one."),
		c.function("caller_uuid", "", "uuid", in(uuid), "The caller as a uuid; NULL: nobody, or not written as one."),
	}
}
