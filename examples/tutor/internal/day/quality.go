package day

import (
	"context"
	"errors"
	"unicode/utf8"

	"github.com/shugo-data/shugo/examples/tutor/internal/backend"
	"github.com/shugo-data/shugo/quality"
)

// MessageChecks are asked of each message before it is written, and of the table afterwards.
func MessageChecks() []quality.Check {
	return []quality.Check{
		{Test: quality.NotEmpty{Field: "content"}, Mend: "say something"},
		{Test: quality.Length{Field: "content", Max: 4000}},
		{Name: "text that was decoded wrongly", Test: quality.Not{Test: quality.Match{Field: "content", Pattern: "\uFFFD"}},
			Mend: "decode the text as UTF-8 where it comes in"},
		{Test: quality.In{Field: "role", Values: quality.Texts("learner", "tutor")}},
		{Test: quality.VectorDimensions{Field: "content_embedding"}, Mend: "embed the content anew"},
		{Test: quality.VectorNonZero{Field: "content_embedding"}, Mend: "embed the content anew"},
	}
}

// messageGate is the quality check before a message is written.
func messageGate() (func(context.Context, backend.Message) error, error) {
	checks := append(MessageChecks(), quality.Check{Test: quality.Valid{Field: "content", Name: "utf8", Good: validUTF8}})
	fit, err := quality.Checked(quality.Suite{Dataset: "conversation_messages", Checks: checks}, messageField)
	finite := quality.ValidatorFunc[backend.Message](finiteEmbedding)
	return quality.Gate(fit, finite, intact()), err
}

func validUTF8(value any) bool {
	text, ok := value.(string)
	return ok && utf8.ValidString(text)
}

// messageField returns a field of a message by the name of its column.
func messageField(m backend.Message, field string) any {
	switch field {
	case "content":
		return m.Content
	case "role":
		return m.Role
	case "content_embedding":
		return m.Embedding
	}
	return nil
}

// finiteEmbedding refuses what no distance can be computed from, before an encoder lets it pass.
func finiteEmbedding(_ context.Context, m backend.Message) ([]quality.Issue, error) {
	err := quality.Finite(m.Embedding, 0)
	if errors.Is(err, quality.ErrVector) {
		return []quality.Issue{{Dimension: quality.Validity, Code: "vector_finite", Field: "content_embedding", Text: err.Error()}}, nil
	}
	return nil, err
}
