package governancetest

// The names of the checks, for the test that each of them rejects something.

func SinkChecks() []string { return names(sinkChecks()) }

func names[H any](checks []check[H]) []string {
	var all []string
	for _, c := range checks {
		all = append(all, c.name)
	}
	return all
}
