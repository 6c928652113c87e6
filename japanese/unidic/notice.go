package unidic

import _ "embed"

//go:embed NOTICE.txt
var notice string

// Notice returns the copyright notice of the dictionary, which must accompany it in any form.
func Notice() string { return notice }
