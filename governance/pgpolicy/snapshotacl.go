package pgpolicy

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// public is the name of everybody in an acl.
const public = ""

// acl is the rights on an object. A nil one is what PostgreSQL gives by default.
type acl []right

// right is a privilege that somebody has on an object.
type right struct {
	grantee, grantor, privilege string // grantee public: everybody
	option                      bool   // may be handed on
}

// UnmarshalJSON reads an array of aclitem as to_json writes it.
func (a *acl) UnmarshalJSON(text []byte) error {
	var items []string
	if err := json.Unmarshal(text, &items); err != nil {
		return err
	}
	if items == nil {
		return nil
	}
	*a = acl{}
	for _, item := range items {
		rights, err := parseItem(item)
		if err != nil {
			return fmt.Errorf("rights %q: %w", item, err)
		}
		*a = append(*a, rights...)
	}
	return nil
}

// parseItem reads "grantee=privileges/grantor", the text of an aclitem: PostgreSQL manual, section "Privileges".
func parseItem(item string) ([]right, error) {
	grantee, rest, err := parseRole(item)
	if err != nil {
		return nil, err
	}
	letters, found := strings.CutPrefix(rest, "=")
	if !found {
		return nil, errors.New("no = after the grantee")
	}
	letters, owner, found := strings.Cut(letters, "/")
	if !found {
		return nil, errors.New("no / before the grantor")
	}
	grantor, rest, err := parseRole(owner)
	if err != nil || rest != "" || grantor == "" {
		return nil, errors.New("no grantor")
	}
	var list []right
	for i := range len(letters) {
		if letters[i] == '*' {
			if len(list) == 0 {
				return nil, errors.New("a grant option without a privilege")
			}
			list[len(list)-1].option = true
			continue
		}
		privilege := privilegeOf(letters[i])
		if privilege == "" {
			return nil, fmt.Errorf("unknown privilege %q", letters[i])
		}
		list = append(list, right{grantee: grantee, grantor: grantor, privilege: privilege})
	}
	return list, nil
}

// parseRole reads a role's name, in double quotes where it has other characters than letters, digits and _.
func parseRole(text string) (name, rest string, err error) {
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexAny(text, "=/")
		if end < 0 {
			end = len(text)
		}
		return text[:end], text[end:], nil
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] != '"':
			b.WriteByte(text[i])
		case strings.HasPrefix(text[i+1:], `"`):
			b.WriteByte('"')
			i++
		default:
			return b.String(), text[i+1:], nil
		}
	}
	return "", "", errors.New("a quote without its end")
}

func privilegeOf(letter byte) string {
	switch letter {
	case 'r':
		return "SELECT"
	case 'a':
		return "INSERT"
	case 'w':
		return "UPDATE"
	case 'd':
		return "DELETE"
	case 'D':
		return "TRUNCATE"
	case 'x':
		return "REFERENCES"
	case 't':
		return "TRIGGER"
	case 'm':
		return "MAINTAIN"
	case 'X':
		return "EXECUTE"
	case 'U':
		return "USAGE"
	case 'C':
		return "CREATE"
	case 'c':
		return "CONNECT"
	case 'T':
		return "TEMPORARY"
	case 's':
		return "SET"
	case 'A':
		return "ALTER SYSTEM"
	}
	return ""
}

// of returns the privileges that a role has, each once, in the order of the list.
func (a acl) of(grantee string) []string {
	var list []string
	for _, r := range a {
		if r.grantee == grantee && !slices.Contains(list, r.privilege) {
			list = append(list, r.privilege)
		}
	}
	return list
}

// has reports whether a role has a privilege, by a grant to it and to nobody else.
func (a acl) has(grantee, privilege string) bool {
	return slices.ContainsFunc(a, func(r right) bool { return r.grantee == grantee && r.privilege == privilege })
}

// grantees returns who has anything, each once, in the order of names; everybody comes first.
func (a acl) grantees() []string {
	var list []string
	for _, r := range a {
		list = append(list, r.grantee)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// without returns the rights that another acl does not have.
func (a acl) without(b acl) acl {
	var rest acl
	for _, r := range a {
		if !slices.ContainsFunc(b, func(o right) bool { return o.grantee == r.grantee && o.privilege == r.privilege }) {
			rest = append(rest, r)
		}
	}
	return rest
}
