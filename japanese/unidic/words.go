package unidic

import "github.com/shugo-data/shugo/japanese"

// hostWords are the words that a host adds.
type hostWords struct{}

func (hostWords) add(*lattice, int) bool        { return false }
func (hostWords) describe(int, *japanese.Token) {}
func (hostWords) readings(string) []string      { return nil }
