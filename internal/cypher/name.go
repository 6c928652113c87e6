// Package cypher writes the parts of Cypher that cannot be parameters.
package cypher

import "strings"

// Quote returns a name of a label, type, property, index or variable in backticks, whatever it is made of. Cypher 5 reads \uXXXX as the
// character that it stands for before it looks for the end of a name, so that not only backticks are escaped but backslashes too. A
// name that is empty, not UTF-8 or has a NUL character stays one that Neo4j refuses.
func Quote(name string) string {
	return "`" + strings.ReplaceAll(strings.ReplaceAll(name, `\`, `\u005C`), "`", "``") + "`"
}
