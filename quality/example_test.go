package quality_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"time"

	"github.com/shugo-data/shugo/quality"
)

// message is a record of a host.
type message struct {
	ID      int
	Session string
	Role    string
	Content string
	Tokens  int
}

// field is how quality reads a message. A field that may be NULL returns nil.
func field(m message, name string) any {
	switch name {
	case "id":
		return m.ID
	case "session_id":
		return m.Session
	case "role":
		return m.Role
	case "content":
		return m.Content
	case "tokens":
		return m.Tokens
	}
	return nil
}

// stream yields messages, as reading a file or a query does.
func stream(messages ...message) iter.Seq2[message, error] {
	return func(yield func(message, error) bool) {
		for _, m := range messages {
			if !yield(m, nil) {
				return
			}
		}
	}
}

func messageSuite() quality.Suite {
	return quality.Suite{
		Dataset: "conversation_messages",
		Key:     []string{"id"},
		Checks: []quality.Check{
			{Test: quality.NotEmpty{Field: "content"}, Severity: quality.High, Mend: "ask the learner to write again"},
			{Test: quality.Length{Field: "content", Max: 4000}},
			{Test: quality.In{Field: "role", Values: quality.Texts("user", "assistant")}},
			{Test: quality.Unique{Fields: []string{"id"}}},
			{Test: quality.Range{Field: "tokens", Min: 1, Max: 8000}, When: quality.In{Field: "role", Values: quality.Texts("assistant")}},
			{Test: quality.Reference{Fields: []string{"session_id"}, To: "conversation_sessions"}},
		},
	}
}

func clock() time.Time { return time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC) }

func Example() {
	rows := stream(
		message{1, "s1", "user", "駅はどこですか", 0},
		message{2, "s1", "assistant", "まっすぐです", 7},
		message{3, "s1", "user", "\u3000", 0}, // an ideographic space is white space
		message{3, "s1", "assistant", "もう一度お願いします", 11},
	)
	report, err := quality.Assess(context.Background(), messageSuite(), rows, field, quality.AssessConfig{Now: clock})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := report.WriteText(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// conversation_messages: FAIL, score 0.7825
	// conversation_messages: 4 rows, 4 read (full) in 0s
	// 2026-04-01 09:00:00 UTC, a stream, read once
	//
	// dimension     verdict       score                         fails below  checks
	// completeness  fail          0.7500  ###############.....  0.95         1 of 1
	// accuracy      pass          1.0000  ####################  0.98         1 of 1
	// consistency   not assessed  none                          0.9          0 of 1
	// timeliness    not asked
	// validity      pass          1.0000  ####################  0.98         2 of 2
	// uniqueness    fail          0.5000  ##########..........  0.99         1 of 1
	//
	// FAIL  not_empty(content)  (completeness, high)
	//   expected  content is not blank
	//   found     1 of 4 unexpected, score 0.7500, fails below 0.95
	//   examples  3
	//   method    full
	//   mend      ask the learner to write again
	//
	// FAIL  unique(id)  (uniqueness, medium)
	//   expected  id is unique
	//   found     2 of 4 unexpected, score 0.5000, fails below 0.99
	//   repeats   2 rows affected, 1 too many; values that occur once: 2, more often: 1
	//   examples  3
	//   method    full
	//
	// NOT ASSESSED  reference(session_id)  (consistency, medium)
	//   expected  session_id refers to an existing session_id of conversation_sessions
	//   reason    a stream does not hold the other dataset
	//
	// PASS  3 of 6 checks
	//   1.0000  length(content)              length of content is at most 4000 characters
	//   1.0000  in(role)                     role is one of "user", "assistant"
	//   1.0000  range(tokens) when in(role)  tokens is 1 to 8000, where role is "assistant"
}

func ExampleGate() {
	validator, err := quality.Checked(messageSuite(), field)
	if err != nil {
		fmt.Println(err)
		return
	}
	check := quality.Gate(validator)
	fmt.Println(check(context.Background(), message{4, "s2", "user", "こんにちは", 0}))
	err = check(context.Background(), message{5, "s2", "system", " ", 0})
	fmt.Println(err)
	fmt.Println(errors.Is(err, quality.ErrRejected))
	// Output:
	// <nil>
	// quality: rejected: not_empty content: expected: content is not blank (ask the learner to write again); in role: expected: role is one of "user", "assistant"
	// true
}

func ExampleSuite_Validate() {
	suite := quality.Suite{Dataset: "learners", Checks: []quality.Check{
		{Test: quality.Range{Field: "age", Min: 120, Max: 0}},
		{Test: quality.Match{Field: "language", Pattern: "["}, Severity: "huge"},
		{},
	}}
	fmt.Println(suite.Validate())
	// Output:
	// quality: faulty suite: check 1 (range(age)): the lower bound is above the upper one
	// check 2 (match(language)): pattern: error parsing regexp: missing closing ]: `[`
	// check 2 (match(language)): unknown severity "huge"
	// check 3 asks no test
}
