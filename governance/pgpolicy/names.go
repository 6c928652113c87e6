package pgpolicy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
)

// keywords are the words that PostgreSQL quotes as identifiers although they look plain: all that are not unreserved in
// any of the versions 14 to 18 (pg_get_keywords).
const keywords = `
all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast
char character check coalesce collate collation column concurrently constraint create cross current_catalog
current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable
desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group
grouping having ilike in initially inner inout int integer intersect interval into is isnull join json_array
json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value
lateral leading least left like limit localtime localtimestamp merge_action national natural nchar none normalize not
notnull null nullif numeric offset on only or order out outer overlaps overlay placing position precision primary
real references returning right row select session_user setof similar smallint some substring symmetric system_user
table tablesample then time timestamp to trailing treat trim true union unique user using values varchar variadic
verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi
xmlroot xmlserialize xmltable
`

// ident quotes a name as quote_identifier does: only where it must be. The texts that PostgreSQL gives back look so.
func ident(name string) string {
	plain := name != "" && !(name[0] >= '0' && name[0] <= '9') && !strings.ContainsFunc(name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_')
	})
	if plain && !isKeyword(name) {
		return name
	}
	return pgx.Identifier{name}.Sanitize()
}

// isKeyword finds a whole word. It is asked for every name of a plan, and makes no list of the words each time.
func isKeyword(name string) bool {
	for start := 0; ; {
		i := strings.Index(keywords[start:], name)
		if i < 0 {
			return false
		}
		i += start
		if keywords[i-1] <= ' ' && keywords[i+len(name)] <= ' ' { // the list begins and ends with a newline
			return true
		}
		start = i + 1
	}
}

// qualified is the text of a name with its schema.
func qualified(names ...string) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = ident(name)
	}
	return strings.Join(texts, ".")
}

// literal is the text of a string constant, whatever standard_conforming_strings is.
func literal(s string) string {
	text := deparsed(s)
	if strings.Contains(s, `\`) {
		return "E" + strings.ReplaceAll(text, `\`, `\\`)
	}
	return text
}

// deparsed is the text of a string constant as PostgreSQL gives it back while standard_conforming_strings is on.
func deparsed(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// array is the text of a constant of type text[].
func array[S ~string](values []S) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = literal(string(v))
	}
	return "ARRAY[" + strings.Join(texts, ", ") + "]::text[]"
}

// dollars quotes the body of a function, with a delimiter that is not in it.
func dollars(body string) string {
	tag := "$shugo$"
	for strings.Index(body+tag, tag) < len(body) { // nor ends with the beginning of one
		tag = "$" + strings.Trim(tag, "$") + "_$"
	}
	return tag + body + tag
}

// joined makes the name of an object from two, within PostgreSQL's limit: a name that is too long is cut, and told from
// others by its hash.
func joined(name, suffix string) string {
	whole := name + suffix
	if len(whole) <= maxIdentifier {
		return whole
	}
	sum := sha256.Sum256([]byte(whole))
	tail := "_" + hex.EncodeToString(sum[:4]) + suffix
	cut := maxIdentifier - len(tail)
	for !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut] + tail
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
