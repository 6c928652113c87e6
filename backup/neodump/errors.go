package neodump

import "errors"

// What the tool refuses, and what its check finds. Errors of Source and Store are of these classes where the tool named such a cause.
var (
	ErrRunning      = errors.New("neodump: the server runs")                          // stop it: the database is in use
	ErrNoDatabase   = errors.New("neodump: no such database")                         // in the server's folders
	ErrUnclean      = errors.New("neodump: the server did not stop in good order")    // start it, and stop it: it recovers the database
	ErrInconsistent = errors.New("neodump: the check of the database finds it unfit") // run `neo4j-admin database check` for its report
)
