package quality

// Prepare returns a test that judges as t does, with all work done that need not be done for each row, such as compiling a pattern. It is
// safe for concurrent use.
func Prepare(t RowTest) RowTest { return prepared(t) }
