package japanese

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// ErrClaims is the error of structured output that has not the shape of claims.
var ErrClaims = errors.New("japanese: claims")

// mostClaims is how many claims one answer may have, and mostClaimBytes how long it may be.
const (
	mostClaims     = 10_000
	mostClaimBytes = 4 << 20
)

// ParseClaims reads claims from the structured output of a model, which is a JSON object of this shape and nothing else:
//
//	{"claims": [
//	  {"kind": "reading",        "item": "食べる", "value": "たべる"},
//	  {"kind": "meaning",        "item": "食べる", "value": "to eat", "language": "en"},
//	  {"kind": "level",          "item": "食べる", "value": "N5"},
//	  {"kind": "part_of_speech", "item": "食べる", "value": "ichidan verb"},
//	  {"kind": "conjugation",    "item": "食べる", "value": "食べて", "form": "te"},
//	  {"kind": "example",        "item": "食べる", "value": "朝ご飯を食べました。"}
//	]}
//
// Kind, item and value are required; form is required of a conjugation, and not allowed elsewhere; language is for a meaning alone. Members
// that are not named here are refused. All faults are in one error, with the place of each and without values.
func ParseClaims(data []byte) ([]Claim, error) {
	if len(data) > mostClaimBytes {
		return nil, fmt.Errorf("%w: %d bytes: expected %d at most", ErrClaims, len(data), mostClaimBytes)
	}
	var answer struct {
		Claims *[]claimJSON `json:"claims"`
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&answer); err != nil {
		return nil, fmt.Errorf("%w: %s", ErrClaims, placeOf(err, decoder.InputOffset()))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: byte %d: found more after the object: expected its end", ErrClaims, decoder.InputOffset())
	}
	if answer.Claims == nil {
		return nil, fmt.Errorf("%w: found no member claims: expected a list", ErrClaims)
	}
	if n := len(*answer.Claims); n > mostClaims {
		return nil, fmt.Errorf("%w: %d claims: expected %d at most", ErrClaims, n, mostClaims)
	}
	claims := make([]Claim, len(*answer.Claims))
	var problems []error
	for i, c := range *answer.Claims {
		claims[i] = Claim{Kind: FactKind(c.Kind), Item: c.Item, Value: c.Value, Language: c.Language, Form: c.Form}
		for _, problem := range c.problems() {
			problems = append(problems, fmt.Errorf("%w: claims[%d].%s", ErrClaims, i, problem))
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return claims, nil
}

// claimJSON is a claim as models write it: without a place.
type claimJSON struct {
	Kind     string `json:"kind"`
	Item     string `json:"item"`
	Value    string `json:"value"`
	Language string `json:"language"`
	Form     string `json:"form"`
}

// problems returns what is wrong with a claim, each beginning with the name of the member.
func (c claimJSON) problems() []string {
	var all []string
	kinds := []FactKind{ReadingFact, MeaningFact, LevelFact, PartOfSpeechFact, ConjugationFact, ExampleFact}
	if !slices.Contains(kinds, FactKind(c.Kind)) {
		all = append(all, fmt.Sprintf("kind: found a text of %d bytes: expected one of %q", len(c.Kind), kinds))
	}
	for _, m := range []struct{ name, value string }{{"item", c.Item}, {"value", c.Value}} {
		switch {
		case strings.TrimSpace(m.value) == "":
			all = append(all, m.name+": found no text: expected one")
		case !utf8.ValidString(m.value) || strings.ContainsRune(m.value, utf8.RuneError):
			all = append(all, m.name+": found broken characters: expected UTF-8")
		}
	}
	conjugation := FactKind(c.Kind) == ConjugationFact
	switch {
	case conjugation && c.Form == "":
		all = append(all, "form: found no text: expected the name of a form")
	case !conjugation && c.Form != "":
		all = append(all, "form: found a text: expected none but of a conjugation")
	}
	if c.Language != "" && FactKind(c.Kind) != MeaningFact {
		all = append(all, "language: found a text: expected none but of a meaning")
	}
	return all
}

// placeOf says where JSON is broken, without what is there.
func placeOf(err error, offset int64) string {
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("byte %d: found what is not JSON: expected an object with the list claims", syntax.Offset)
	case errors.As(err, &mismatch):
		return fmt.Sprintf("byte %d: member %q: expected another type (%s)", mismatch.Offset, mismatch.Field, mismatch.Type)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Sprintf("byte %d: found the end: expected an object with the list claims", offset)
	}
	return fmt.Sprintf("before byte %d: found a member of another name: expected claims, and in it kind, item, value, language and form", offset)
}
