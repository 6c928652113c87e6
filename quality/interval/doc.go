// Package interval says how far a share that was counted in a sample of a table may be from the share of the whole table.
//
//	e, err := interval.Clustered(pages, tablePages, 0.95)
//	switch e.Against(0.01) {
//	case interval.Above: // more than 1 % of the table's rows are bad
//	case interval.Below: // at most 1 % are
//	case interval.Undecided: // read more pages, or the whole table
//	}
//
// # Which one
//
// A database samples pages, not rows, and the defects of a table come in pages too: one bad load, one bad hour. Clustered
// takes a sample of pages drawn with equal probability, and is the one for tables. Wilson, ClopperPearson and Jeffreys
// are for rows that were drawn one by one; on a sample of pages their "95 %" intervals miss the truth most of the time when
// defects come in pages (see Clustered for the figures).
//
// # What a level means
//
// Over many samples, an interval at level 0.95 contains the true share in about 95 % of them. Clustered misses less often
// than that where defects are spread evenly, since it never takes for granted that a bad page which it did not see does not
// exist; that is the price of its being right where they are not.
//
// All functions are pure and may be called by any number of goroutines.
package interval
