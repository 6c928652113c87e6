package blockstate_test

import (
	"fmt"
	"strings"

	"github.com/shugo-data/shugo/internal/blockstate"
)

// What a superuser installs, and for whom.
func ExampleSchema() {
	for line := range strings.Lines(blockstate.Schema("monitor")) {
		if strings.HasPrefix(line, "CREATE") || strings.HasPrefix(line, "GRANT") {
			fmt.Print(line)
		}
	}
	// Output:
	// CREATE EXTENSION IF NOT EXISTS pageinspect;
	// CREATE SCHEMA IF NOT EXISTS shugo_blockstate;
	// GRANT USAGE ON SCHEMA shugo_blockstate TO "monitor";
	// GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA shugo_blockstate TO "monitor";
}
