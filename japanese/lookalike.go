package japanese

func kanjiLike(r rune) bool                 { return false }
func kanaLike(r rune) bool                  { return false }
func likelier(text string, i, end int) rune { return 0 }
