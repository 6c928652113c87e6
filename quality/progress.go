package quality

// Progress says how far a long assessment has come.
type Progress struct {
	Suite string // name of the suite
	Stage string // what is being done, in words: "conversation_messages: 21 checks in one pass"
	Done  int64  // units of the stage that are done
	Total int64  // units of the stage in all, as estimated; 0: unknown
	Unit  string // of Done and Total: "statements", "rows", "pages", "probes"
}
