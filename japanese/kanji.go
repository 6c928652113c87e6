package japanese

// Kanji is what the tables know of a character. The sources are 常用漢字表 (cabinet notice 2 of 2010), 人名用漢字別表 (Family Register Act
// regulation, as of 2017), 学年別漢字配当表 (Ministry of Education notice 63 of 2017), JIS X 0208:1997 and JIS X 0213:2004, all but the
// third as the Unicode character database (Unihan, UAX #38) gives them.
type Kanji struct {
	Joyo       bool // one of the 2,136 for daily use
	Jinmeiyo   bool // one of the 863 that names may have besides
	Level      int  // JIS level, 1 to 4: 1 and 2 are JIS X 0208, 3 and 4 JIS X 0213; 0: neither
	Grade      int  // school year in which it is learned, 1 to 6; 0: later or never
	Simplified bool // simplified Chinese that Japanese does not have
	Old        bool // old form of a joyo kanji, as 國 of 国; or one that only names have, as 髙 of 高
	Radical    bool // radical of a dictionary, no letter of a text: U+2F08 looks as 人 does
	Compatible bool // compatibility ideograph, which Unicode's normal forms replace, as U+FA19 of 神

	Standard rune // the character that Japanese text has in its place; 0: there is none, or several
}

// KanjiOf returns what the tables know of a character; the zero value of one that is in none. It takes constant time.
func KanjiOf(r rune) Kanji {
	at := kanjiRecord(r)
	flags := kanjiWord(at)
	return Kanji{
		Joyo: flags&joyoBit != 0, Jinmeiyo: flags&jinmeiyoBit != 0,
		Level: int(flags >> levelShift & 7), Grade: int(flags >> gradeShift & 7),
		Simplified: flags&simplifiedBit != 0, Old: flags&oldFormBit != 0,
		Radical: flags&radicalBit != 0, Compatible: flags&compatibleBit != 0,
		Standard: rune(kanjiWord(at+2)) | rune(kanjiWord(at+4))<<16,
	}
}

// kanjiFlags returns the bits of a character.
func kanjiFlags(r rune) uint16 { return kanjiWord(kanjiRecord(r)) }

// kanjiRecord returns where the record of a character lies. Record 0 is that of unknown characters.
func kanjiRecord(r rune) int {
	if uint32(r) >= kanjiBlocks/2*64 {
		return kanjiRecords
	}
	block := int(kanjiWord(int(r) >> 6 << 1))
	return kanjiRecords + 6*int(kanjiWord(kanjiBlocks+block<<7+int(r)&63<<1))
}

func kanjiWord(at int) uint16 { return uint16(kanjiTable[at]) | uint16(kanjiTable[at+1])<<8 }
