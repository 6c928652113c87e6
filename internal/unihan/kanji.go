package main

import (
	"fmt"
	"strconv"
	"strings"
)

// The bits of an entry. Package japanese has the same: kanjilayout.go carries them over.
const (
	joyo       = 1 << 0
	jinmeiyo   = 1 << 1
	levelShift = 2 // three bits: 1 to 4, the JIS level
	gradeShift = 5 // three bits: 1 to 6, the school year
	simplified = 1 << 8
	oldForm    = 1 << 9
	radical    = 1 << 10
	compatible = 1 << 11
)

// entry is what is known of a character.
type entry struct {
	flags    uint16
	standard rune // the character that is used instead; 0: there is none, or more than one
}

// classify says of each character what it is.
func classify(db *database) (map[rune]entry, error) {
	all := map[rune]entry{}
	for _, step := range []func(*database, map[rune]entry) error{lists, levels, old, compatibles, leaks, radicals} {
		if err := step(db, all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func mark(all map[rune]entry, r rune, flags uint16) {
	e := all[r]
	e.flags |= flags
	all[r] = e
}

// lists marks the joyo and jinmeiyo kanji and the school years. A joyo kanji's value is the year of the list; a variant's is the kanji.
func lists(db *database, all map[rune]entry) error {
	for r, value := range db.fields["kJoyoKanji"] {
		if !strings.HasPrefix(value, "U+") {
			mark(all, r, joyo)
		}
	}
	for r := range db.fields["kJinmeiyoKanji"] {
		mark(all, r, jinmeiyo)
	}
	for i, kanji := range grades() {
		for _, r := range kanji {
			if all[r].flags&joyo == 0 {
				return fmt.Errorf("%c of year %d is no joyo kanji", r, i+1)
			}
			mark(all, r, uint16(i+1)<<gradeShift)
		}
	}
	return nil
}

// levels marks the levels of JIS X 0208 (rows 16 to 47, and 48 to 84) and JIS X 0213 (plane 1, plane 2).
func levels(db *database, all map[rune]entry) error {
	for r, value := range db.fields["kJIS0213"] {
		switch value[0] {
		case '1':
			mark(all, r, 3<<levelShift)
		case '2':
			mark(all, r, 4<<levelShift)
		default:
			return fmt.Errorf("kJIS0213 of %U is %q", r, value)
		}
	}
	for r, value := range db.fields["kJis0"] {
		cell, err := strconv.Atoi(value)
		if err != nil {
			return fmt.Errorf("kJis0 of %U: %w", r, err)
		}
		switch {
		case cell >= 4800:
			mark(all, r, 2<<levelShift)
		case cell >= 1600:
			mark(all, r, 1<<levelShift)
		}
	}
	return nil
}

// old marks the old forms of joyo kanji.
func old(db *database, all map[rune]entry) error {
	set := func(r, standard rune) {
		if all[standard].flags&joyo != 0 || all[standard].flags>>levelShift&7 == 1 && strings.ContainsRune(oldForms(), r) {
			all[r] = entry{all[r].flags | oldForm, standard}
		}
	}
	for r, value := range db.fields["kJinmeiyoKanji"] {
		if _, hex, ok := strings.Cut(value, ":U+"); ok {
			standard, err := scalar(hex)
			if err != nil {
				return fmt.Errorf("kJinmeiyoKanji of %U: %w", r, err)
			}
			set(r, standard)
		}
	}
	pairs := []rune(oldForms())
	for i := 0; i < len(pairs); i += 2 {
		set(pairs[i], pairs[i+1])
	}
	return nil
}

// compatibles marks the compatibility ideographs, which Unicode's normal forms replace.
func compatibles(db *database, all map[rune]entry) error {
	for r := range db.fields["kCompatibilityVariant"] {
		others, err := db.refers("kCompatibilityVariant", r)
		if err != nil {
			return err
		}
		e := all[r]
		e.flags |= compatible
		if e.standard == 0 && len(others) == 1 {
			e.standard = others[0]
		}
		all[r] = e
	}
	return nil
}

// leaks marks the characters of simplified Chinese that Japanese does not have: those with a traditional variant other than themselves
// that are neither in JIS X 0208 nor in JIS X 0213. Forms that both languages share, as 国, are in JIS X 0208.
func leaks(db *database, all map[rune]entry) error {
	for r := range db.fields["kTraditionalVariant"] {
		if db.fields["kJis0"][r] != "" || db.fields["kJIS0213"][r] != "" {
			continue
		}
		traditional, err := db.refers("kTraditionalVariant", r)
		if err != nil {
			return err
		}
		forms, other := map[rune]bool{}, false
		for _, t := range traditional {
			other = other || t != r
			if j := present(db, all, t); t != r {
				forms[j] = true
			}
		}
		if !other {
			continue
		}
		e := all[r]
		e.flags |= simplified
		for j := range forms {
			if len(forms) == 1 && all[j].flags>>levelShift&7 != 0 {
				e.standard = j
			}
		}
		all[r] = e
	}
	return nil
}

// present returns the form of a traditional character that Japanese uses today.
func present(db *database, all map[rune]entry, r rune) rune {
	if e := all[r]; e.flags&oldForm != 0 {
		return e.standard
	}
	if all[r].flags&joyo == 0 {
		for _, field := range []string{"kZVariant", "kSemanticVariant"} {
			others, err := db.refers(field, r)
			if err == nil && len(others) == 1 && all[others[0]].flags&joyo != 0 && all[r].flags>>levelShift&7 == 0 {
				return others[0]
			}
		}
	}
	return r
}

// radicals marks the radicals, with the kanji that looks the same where Japanese has one.
func radicals(db *database, all map[rune]entry) error {
	forms := []rune(radicalForms())
	for r := rune(0x2E80); r < 0x2FE0; r++ {
		standard := db.radicals[r]
		for i := 0; i < len(forms); i += 2 {
			if forms[i] == standard {
				standard = forms[i+1]
			}
		}
		level := all[standard].flags >> levelShift & 7
		if level != 1 && level != 2 {
			standard = 0
		}
		if r < 0x2FD6 && r != 0x2E9A && (r < 0x2EF4 || r >= 0x2F00) {
			all[r] = entry{all[r].flags | radical, standard}
		}
	}
	return nil
}
