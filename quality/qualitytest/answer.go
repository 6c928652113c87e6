package qualitytest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/shugo-data/shugo/quality"
)

// answer is what a validator said.
type answer struct {
	issues []quality.Issue
	err    error
}

// ask validates a record. A panic is a violation.
func ask[T any](ctx context.Context, v quality.Validator[T], record T) (a answer, violation error) {
	violation = guarded(func() error {
		a.issues, a.err = v.Validate(ctx, record)
		return nil
	})
	return a, violation
}

// codes returns the codes of the issues in order.
func (a answer) codes() []string {
	codes := make([]string, len(a.issues))
	for i, issue := range a.issues {
		codes[i] = issue.Code
	}
	slices.Sort(codes)
	return codes
}

// right returns what is wrong with the answer to a case.
func (c Case[T]) right(a answer) error {
	var skipped *quality.SkippedError
	switch {
	case c.Skipped && !errors.As(a.err, &skipped):
		return fmt.Errorf("case %s: got %s: want a quality.SkippedError", c.Name, a.said())
	case c.Skipped:
		return nil
	case a.err != nil:
		return fmt.Errorf("case %s: got %s: want codes %q", c.Name, a.said(), c.Codes)
	}
	want := slices.Clone(c.Codes)
	slices.Sort(want)
	if got := a.codes(); !slices.Equal(got, want) {
		return fmt.Errorf("case %s: got codes %q, want %q", c.Name, got, want)
	}
	return nil
}

// rightOrEnded returns what is wrong with the answer to a case when the context may have ended: it is right, or it is an error that says
// that the context has ended, or that something was skipped. What is not allowed is to find less and say that all is well.
func (c Case[T]) rightOrEnded(ctx context.Context, a answer) error {
	var skipped *quality.SkippedError
	switch {
	case a.err == nil:
		return c.right(a)
	case errors.As(a.err, &skipped), ctx.Err() != nil && errors.Is(a.err, ctx.Err()):
		return nil
	}
	return fmt.Errorf("case %s: got %s: want the right answer, or an error that is the context's", c.Name, a.said())
}

// said describes an answer without the texts that may hold values.
func (a answer) said() string {
	if a.err != nil {
		return fmt.Sprintf("%d issues and an error of type %T", len(a.issues), a.err)
	}
	return fmt.Sprintf("codes %q", a.codes())
}

// same says whether two answers are the same, in the same order. Of errors the texts are compared.
func (a answer) same(b answer) bool {
	text := func(err error) string {
		if err == nil {
			return ""
		}
		return "error " + err.Error()
	}
	return slices.Equal(a.issues, b.issues) && text(a.err) == text(b.err)
}

// words returns what is wrong with the words of issues.
func (a answer) words() error {
	for i, issue := range a.issues {
		switch {
		case !slices.Contains(quality.Dimensions(), issue.Dimension):
			return fmt.Errorf("issue %d has dimension %q: expected one of %q", i+1, issue.Dimension, quality.Dimensions())
		case !slices.Contains([]quality.Severity{"", quality.Low, quality.Medium, quality.High, quality.Critical}, issue.Severity):
			return fmt.Errorf("issue %d has severity %q: expected one of the known", i+1, issue.Severity)
		case issue.Code == "" || len(issue.Code) > 64 || strings.ContainsFunc(issue.Code, unfit):
			return fmt.Errorf("issue %d has code %q: expected up to 64 bytes of printable characters without spaces", i+1, issue.Code)
		case strings.ContainsFunc(issue.Field+issue.Text+issue.Mend, unicode.IsControl):
			return fmt.Errorf("issue %d (%s) has control characters in its field or texts", i+1, issue.Code)
		}
	}
	return nil
}

func unfit(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

// sings returns an error when an answer holds a canary, in whatever form it is printed.
func (c Case[T]) sings(a answer) error {
	encoded, err := json.Marshal(a.issues)
	if err != nil {
		return fmt.Errorf("case %s: issues have no JSON form: %w", c.Name, err)
	}
	forms := []string{fmt.Sprintf("%+v", a.issues), string(encoded)}
	if a.err != nil {
		forms = append(forms, a.err.Error(), fmt.Sprintf("%+v", a.err), fmt.Sprintf("%#v", a.err))
	}
	for i, canary := range c.Canaries {
		quoted := strings.Trim(fmt.Sprintf("%q", canary), `"`)
		for _, form := range forms {
			if strings.Contains(form, canary) || strings.Contains(form, quoted) {
				return fmt.Errorf("case %s: what the validator says holds canary %d, a value of the record", c.Name, i+1)
			}
		}
	}
	return nil
}
