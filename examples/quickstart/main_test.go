package main

func Example() {
	main()
	// Output:
	// <nil>
	// [{mika を marks the object}] <nil>
	// [] governance: notes.list denied at access: not_owner (own-notes) to read notes
	// [{mika …}] <nil>
	// on record: attempt notes.add (own-notes) by 398a8d99
	// on record: effect  notes.add (own-notes) by 398a8d99
	// on record: attempt notes.list (own-notes) by 398a8d99
	// on record: effect  notes.list (own-notes) by 398a8d99
	// on record: denial  notes.list (own-notes) by b2b154c0
	// on record: attempt notes.list (masked-for-analysts) by 55c7bc01
	// on record: effect  notes.list (masked-for-analysts) by 55c7bc01
}
