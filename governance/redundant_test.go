package governance_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shugo-data/shugo/governance"
)

// TestRedundantRules gives the rules of two categories, a and b, and the faults that must be found in them.
func TestRedundantRules(t *testing.T) {
	t.Parallel()
	type rule = governance.Rule
	type words = []string
	type actions = []governance.Action
	type purposes = []governance.Purpose
	a, both := []governance.Category{"a"}, []governance.Category{"a", "b"}
	read, readExport := actions{"read"}, actions{"read", "export"}
	for name, test := range map[string]struct {
		rules []governance.Rule
		want  []string
	}{
		"allowed and denied": {[]rule{
			{Categories: a, Actions: read}, {Name: "never", Deny: true, Categories: a, Actions: read},
		}, words{"rules[0]: unreachable: every call that rules[0] allows is denied by never"}},
		"denied by a union of roles": {[]rule{
			{Roles: words{"x"}, Categories: a, Actions: read, Deny: true},
			{Roles: words{"y"}, Categories: a, Actions: read, Deny: true},
			{Roles: words{"x", "y"}, Categories: a, Actions: read},
		}, words{"rules[2]: unreachable: every call that rules[2] allows is denied by rules[0] and rules[1]"}},
		"denied to one of two roles": {[]rule{
			{Roles: words{"x"}, Categories: a, Actions: read, Deny: true},
			{Roles: words{"x", "y"}, Categories: a, Actions: read},
		}, nil},
		"denied to every caller": {[]rule{
			{Categories: a, Actions: read, Deny: true}, {Roles: words{"x"}, Categories: both, Actions: read},
		}, nil},
		"own records denied": {[]rule{
			{Categories: a, Actions: read, Own: true, Deny: true}, {Roles: words{"x"}, Categories: a, Actions: read, Own: true},
		}, words{"rules[1]: unreachable: every call that rules[1] allows is denied by rules[0]"}},
		"only own records denied": {[]rule{
			{Categories: a, Actions: read, Own: true, Deny: true}, {Roles: words{"x"}, Categories: a, Actions: read},
		}, nil},
		"denial for one purpose": {[]rule{
			{Categories: a, Actions: read, Purposes: purposes{"p"}, Deny: true}, {Categories: a, Actions: read},
		}, nil},
		"denials of all purposes but none": {[]rule{
			{Categories: a, Actions: read, Purposes: purposes{"p", "q"}, Deny: true},
			{Categories: a, Actions: read, Purposes: purposes{"p"}},
			{Categories: a, Actions: read},
		}, words{"rules[1]: unreachable: every call that rules[1] allows is denied by rules[0]"}},

		"twice": {[]rule{
			{Name: "one", Categories: a, Actions: read}, {Name: "two", Categories: a, Actions: read},
		}, words{"rules[1]: shadowed: two changes no decision, since one decides every call that it is for"}},
		"three times": {[]rule{
			{Categories: a, Actions: read}, {Categories: a, Actions: read}, {Categories: a, Actions: read},
		}, words{
			"rules[1]: shadowed: rules[1] changes no decision, since rules[0] decides every call that it is for",
			"rules[2]: shadowed: rules[2] changes no decision, since rules[0] decides every call that it is for"}},
		"narrower first": {[]rule{
			{Roles: words{"x"}, Categories: a, Actions: read}, {Categories: a, Actions: read},
		}, words{"rules[0]: shadowed: rules[0] changes no decision, since rules[1] decides every call that it is for"}},
		"covered by a union of scopes": {[]rule{
			{Roles: words{"x"}, Categories: a, Actions: readExport},
			{Roles: words{"x"}, Categories: []governance.Category{"b"}, Actions: readExport},
			{Roles: words{"x"}, Categories: both, Actions: read},
		}, words{"rules[2]: shadowed: rules[2] changes no decision, since rules[0] and rules[1] decides every call that it is for"}},
		"one scope within two": {[]rule{
			{Roles: words{"x"}, Categories: a, Actions: read}, {Roles: words{"x"}, Categories: both, Actions: read},
		}, words{"rules[0]: shadowed: rules[0] changes no decision, since rules[1] decides every call that it is for"}},
		"covered by a union of purposes": {[]rule{
			{Roles: words{"x"}, Categories: a, Actions: read, Purposes: purposes{"p"}},
			{Roles: words{"x"}, Categories: a, Actions: read, Purposes: purposes{"q"}},
			{Roles: words{"x"}, Categories: a, Actions: read, Purposes: purposes{"p", "q"}},
		}, words{"rules[2]: shadowed: rules[2] changes no decision, since rules[0] and rules[1] decides every call that it is for"}},
		"all purposes are not any purpose": {[]rule{
			{Categories: a, Actions: read, Purposes: purposes{"p"}}, {Categories: a, Actions: read, Purposes: purposes{"q"}},
			{Roles: words{"x"}, Categories: a, Actions: read},
		}, nil},
		"all roles are not every caller": {[]rule{
			{Roles: words{"x", "y"}, Categories: a, Actions: read, Mask: words{"f"}},
			{Categories: a, Actions: read, Mask: words{"f"}, Own: true},
		}, nil},

		"own within all": {[]rule{
			{Roles: words{"x"}, Categories: a, Actions: read}, {Roles: words{"x"}, Categories: a, Actions: read, Own: true},
		}, words{"rules[1]: shadowed: rules[1] changes no decision, since rules[0] decides every call that it is for"}},
		"consent within all": {[]rule{
			{Categories: a, Actions: read, Purposes: purposes{"p"}, Consent: true}, {Categories: a, Actions: read},
		}, words{"rules[0]: shadowed: rules[0] changes no decision, since rules[1] decides every call that it is for"}},
		"own with consent within own and within consent": {[]rule{
			{Categories: a, Actions: read, Own: true},
			{Categories: a, Actions: read, Purposes: purposes{"p"}, Consent: true},
			{Categories: a, Actions: read, Purposes: purposes{"p"}, Own: true, Consent: true},
		}, words{"rules[2]: shadowed: rules[2] changes no decision, since rules[0] decides every call that it is for"}},
		"own and consent are apart": {[]rule{
			{Categories: a, Actions: read, Own: true},
			{Categories: a, Actions: read, Purposes: purposes{"p"}, Consent: true},
		}, nil},

		"equal masks": {[]rule{
			{Categories: a, Actions: read, Mask: words{"f", "g"}}, {Categories: a, Actions: read, Mask: words{"g", "f"}},
		}, words{"rules[1]: shadowed: rules[1] changes no decision, since rules[0] decides every call that it is for"}},
		"more masks": {[]rule{
			{Categories: a, Actions: read, Mask: words{"f", "g"}}, {Categories: a, Actions: read, Mask: words{"f"}},
		}, words{"rules[0]: shadowed: rules[0] changes no decision, since rules[1] decides every call that it is for"}},
		"own shows more": {[]rule{
			{Categories: a, Actions: read, Mask: words{"f"}}, {Categories: a, Actions: read, Own: true},
		}, nil},
		"masks apart show all": {[]rule{
			{Categories: a, Actions: read, Mask: words{"f"}}, {Categories: a, Actions: read, Mask: words{"g"}},
		}, nil},
		"masks covered by a union": {[]rule{
			{Categories: a, Actions: read, Mask: words{"f"}}, {Categories: a, Actions: read, Mask: words{"g"}},
			{Categories: a, Actions: read, Mask: words{"h"}},
		}, words{"rules[2]: shadowed: rules[2] changes no decision, since rules[0] decides every call that it is for"}},

		"denied twice": {[]rule{
			{Roles: words{"x"}, Categories: a, Actions: read, Deny: true}, {Categories: a, Actions: readExport, Deny: true},
		}, words{"rules[0]: shadowed: rules[0] changes no decision, since rules[1] decides every call that it is for"}},
		"a denial of what nothing allows holds against policies": {[]rule{
			{Categories: a, Actions: read}, {Categories: a, Actions: actions{"erase"}, Deny: true},
		}, nil},
		"unreachable and shadowed": {[]rule{
			{Categories: a, Actions: read, Deny: true},
			{Roles: words{"x"}, Categories: a, Actions: read},
			{Roles: words{"x"}, Categories: a, Actions: read, Deny: true},
		}, words{
			"rules[1]: unreachable: every call that rules[1] allows is denied by rules[0]",
			"rules[2]: shadowed: rules[2] changes no decision, since rules[0] decides every call that it is for"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := governance.Manifest{
				Classes: []governance.Class{{Category: "a", Personal: true}, {Category: "b"}}, Rules: test.rules,
			}
			err := m.Check()
			if test.want == nil {
				if err != nil {
					t.Fatalf("got %v, want no fault", err)
				}
				return
			}
			if diff := cmp.Diff(test.want, faultsOf(t, err)); diff != "" {
				t.Errorf("faults differ (-want +got):\n%s", diff)
			}
		})
	}
}
