package main

func Example() {
	main()
	// Output:
	//   on record: attempt notes.add (own-notes)
	//   on record: effect  notes.add (own-notes)
	// <nil>
	//   on record: attempt notes.list (own-notes)
	//   on record: effect  notes.list (own-notes)
	// [{mika を marks the object}] <nil>
	//   on record: denial  notes.list (own-notes)
	// [] governance: notes.list denied at access: not_owner (own-notes) to read notes
	//   on record: attempt notes.list (masked-for-analysts)
	//   on record: effect  notes.list (masked-for-analysts)
	// [{mika …}] <nil>
}
