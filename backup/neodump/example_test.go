package neodump_test

import (
	"fmt"

	"github.com/shugo-data/shugo/backup/neodump"
)

// A Source and a Store are told how the tool is called; what is wrong is told at once.
func Example() {
	_, err := neodump.New(neodump.Config{Name: "graph", Admin: []string{"/usr/bin/neo4j-admin"}, Database: "tutor"})
	fmt.Println(err)
	_, err = neodump.NewStore(neodump.StoreConfig{Environment: []string{"/etc/neo4j"}, CheckOptions: []string{"threads=1"}, Database: "t*"})
	fmt.Println(err)
	// Output:
	// <nil>
	// neodump: no Admin, expected a command line such as neo4j-admin
	// neodump: Environment[0] has no name before an equals sign
	// neodump: CheckOptions[0] does not begin with two dashes
	// neodump: Database has 2 bytes that are no name of a database: expected 3 to 63 ASCII letters, digits, dots and dashes, a letter first
	// neodump: no Data, expected the folder of the setting server.directories.data
}
