package data

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// checkText reports bytes that are not UTF-8 and runes that text in Normalization Form C would not hold here. The standard
// library cannot normalise; but Japanese, Vietnamese, Korean and the European languages need no combining mark, no single
// jamo and no compatibility ideograph in that form, so that refusing those is enough.
func checkText(r *report, file string) {
	if !utf8.ValidString(file) {
		r.addf(".", "is not valid UTF-8")
		return
	}
	line := 1
	for _, c := range file {
		switch {
		case c == '\n':
			line++
		case unicode.Is(unicode.Mn, c), c >= 0x1100 && c <= 0x11ff, c >= 0xf900 && c <= 0xfaff:
			r.addf(at("line", line), "%U is not in Normalization Form C", c)
		case unicode.IsControl(c), c == utf8.RuneError, c == '\ufeff':
			r.addf(at("line", line), "%U does not belong into text", c)
		}
	}
}

// checkSyntax reports text that is not one JSON value, and what encoding/json passes over in silence: repeated keys, keys
// in another case, and null.
func checkSyntax(r *report, file string) {
	var value json.RawMessage
	if err := json.Unmarshal([]byte(file), &value); err != nil {
		r.addf(at("line", lineOf(file, err)), "is not JSON")
		return
	}
	dec := json.NewDecoder(strings.NewReader(file))
	dec.UseNumber()
	if err := walk(r, dec, ""); err != nil {
		r.addf(".", "is not JSON")
	}
}

// lineOf returns the line, from 1, at which a syntax error stands.
func lineOf(file string, err error) int {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return 1
	}
	return 1 + strings.Count(file[:min(int(syntax.Offset), len(file))], "\n")
}

// walk reads one value that stands at path. The depth is bounded, because Unmarshal has accepted the text.
func walk(r *report, dec *json.Decoder, path string) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	switch token {
	case nil:
		r.addf(place(path), "is null")
	case json.Delim('{'):
		return walkObject(r, dec, path)
	case json.Delim('['):
		for i := 0; dec.More(); i++ {
			if err := walk(r, dec, at(path, i)); err != nil {
				return err
			}
		}
		_, err = dec.Token()
	}
	return err
}

func walkObject(r *report, dec *json.Decoder, path string) error {
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string)
		inner := strings.TrimPrefix(path+"."+key, ".")
		switch {
		case seen[key]:
			r.addf(inner, "is written twice")
		case key != strings.ToLower(key):
			r.addf(inner, "is not in lower case")
		}
		seen[key] = true
		if err := walk(r, dec, inner); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

func place(path string) string {
	if path == "" {
		return "."
	}
	return path
}
