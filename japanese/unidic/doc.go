// Package unidic cuts Japanese text into the short units of UniDic 2.1.2, as MeCab does with that dictionary: an implementation of
// [japanese.Analyzer] in Go alone.
//
// The lexicon and the costs are those of UniDic (Den et al. 2008, "A proper approach to Japanese morphological analysis"), in the form
// in which github.com/ikawaha/kagome-dict carries them; the lattice is this package's own. It follows MeCab 0.996 (Kudo et al. 2004,
// "Applying conditional random fields to Japanese morphological analysis"; tokenizer.cpp for unknown words), since scores such as
// jReadability's are defined over MeCab's words. It differs in one thing: all white space of ASCII is skipped, carriage returns too.
//
// # Tokens
//
// The fields of a token are UniDic's features: POS is pos1 to pos4, ConjugationType cType, ConjugationForm cForm, LemmaReading lForm,
// Lemma lemma, Pronunciation pron, Base orthBase, and Origin goshu. Reading is UniDic's kana, which kagome-dict leaves out: it is spelt
// from the pronunciation, the reading of the lemma and the kana of the surface. Unknown symbols are 補助記号, which is what MeCab's
// UniDic says of them; kagome-dict makes them nouns.
//
// # Loading
//
// [Load] takes seconds the first time: it unpacks the dictionary and writes packed tables into a folder. Later it maps that file, in
// milliseconds, and processes share its pages. A process that packs keeps the unpacked dictionary, several hundred megabytes, until it
// ends, since kagome-dict does: so call Load once when a host is built or deployed, with the folder that its services will use.
//
// The dictionary is licensed under the three-clause BSD licence. Whoever passes on a program with this package, or the file of packed
// tables, passes on [Notice] with it.
package unidic
