package governance

import (
	"fmt"
	"io"
	"log/slog"
)

// Category names a kind of data that one set of duties applies to, such as "conversation_data".
type Category string

// The seven categories of the tutor's manifest. A host may redefine each of them and add its own.
const (
	UserData            Category = "user_data"             // accounts and profiles of persons
	ConversationData    Category = "conversation_data"     // what persons wrote and were told
	LearningAnalytics   Category = "learning_analytics"    // how persons learn
	LearningContent     Category = "learning_content"      // kanji, words, grammar, lessons
	AIGeneratedContent  Category = "ai_generated_content"  // what a model wrote for lessons
	AnalyticsData       Category = "analytics_data"        // operational figures
	LegacyMigrationData Category = "legacy_migration_data" // what earlier systems left
)

// Action is what a call does to data. The set is closed: a call has exactly one of the seven actions below.
type Action string

// The actions. Erase removes a person's data beyond recovery; Delete only removes a record. Restore brings data back
// from a backup.
const (
	Create  Action = "create"
	Read    Action = "read"
	Update  Action = "update"
	Delete  Action = "delete"
	Export  Action = "export"
	Erase   Action = "erase"
	Restore Action = "restore"
)

// Actions returns all actions, in the order of their declaration. The caller owns the slice.
func Actions() []Action {
	return []Action{Create, Read, Update, Delete, Export, Erase, Restore}
}

const actionCount = 7

// actionIndex returns the position of an action in Actions, or -1 for a word that is no action.
func actionIndex(a Action) int {
	switch a {
	case Create:
		return 0
	case Read:
		return 1
	case Update:
		return 2
	case Delete:
		return 3
	case Export:
		return 4
	case Erase:
		return 5
	case Restore:
		return 6
	}
	return -1
}

// Purpose says what data is used for, such as "tutoring". The empty Purpose is no purpose; it satisfies only rules that
// ask for none.
type Purpose string

// Cadence says how often a category is backed up.
type Cadence string

// The cadences. The empty Cadence is no backup.
const (
	Continuous Cadence = "continuous"
	Hourly     Cadence = "hourly"
	Daily      Cadence = "daily"
	Weekly     Cadence = "weekly"
	Monthly    Cadence = "monthly"
)

func cadences() []Cadence { return []Cadence{Continuous, Hourly, Daily, Weekly, Monthly} }

// Encryption names the cipher that data of a category is encrypted with at rest.
type Encryption string

// The ciphers. The empty Encryption asks for none.
const (
	AES128 Encryption = "AES-128"
	AES256 Encryption = "AES-256"
)

func encryptions() []Encryption { return []Encryption{AES128, AES256} }

// Subject is the identifier of a person: the one whom data is about, or the one who acts. It shows itself to nobody:
// package fmt, encoding/json, encoding.TextMarshaler and log/slog render a Subject that is not empty as "[redacted]". The
// raw identifier is string(s). The empty Subject is nobody, and nobody is never equal to anybody.
//
// Some doors stay open, since Go asks no method there. Package fmt prints as they are unexported struct fields; what %p and,
// outside Errorf, %w are given, both of which go vet reports; and with %s and %q what a pointer inside another value points
// to, unless its type has a method of its own for that, as the types of this package have. And encoding/json writes the
// keys of a map[Subject]T as they are.
type Subject string

const redacted = "[redacted]"

// String returns "[redacted]", or "" for the empty Subject.
func (s Subject) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// Format implements fmt.Formatter, so that %v, %+v, %#v, %q, %x and all other verbs show the same redacted text.
func (s Subject) Format(f fmt.State, verb rune) {
	text := s.String()
	if verb == 'q' || (verb == 'v' && f.Flag('#')) {
		text = fmt.Sprintf("%q", text)
	}
	io.WriteString(f, text) //nolint:errcheck // fmt reports what its writer refuses
}

// MarshalText implements encoding.TextMarshaler with the redacted text.
func (s Subject) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue implements slog.LogValuer with the redacted text.
func (s Subject) LogValue() slog.Value { return slog.StringValue(s.String()) }

// is reports whether both name the same person. Nobody is not the same as nobody.
func (s Subject) is(other Subject) bool { return s != "" && s == other }
