package governance

// StoredField is a column or property that a store has, as the store's adapter finds it there.
type StoredField struct {
	Store    string   // the manifest's name for the store
	Dataset  string   // the name by which a manifest declares the table or label
	Name     string   // of the column or property; empty: the table or label itself
	Category Category // by the adapter's manifest; empty: not covered
}
