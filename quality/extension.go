package quality

// Extension is embedded in the tests that an adapter defines beyond those of this package, such as one of the relationships of a graph:
// it makes them tests that a [Check] can ask. The adapter finds what is wrong with such a test; other adapters do not assess it.
type Extension struct{}

func (Extension) problems() []string { return nil }

var _ interface{ problems() []string } = Extension{}
