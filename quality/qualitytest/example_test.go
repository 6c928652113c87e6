package qualitytest_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/qualitytest"
)

// A test of a host's validator calls qualitytest.TestValidator(t, open) with a function like this one, which opens a validator that says
// too much.
func ExampleCheckValidator() {
	open := func() (qualitytest.Harness[string], error) {
		return qualitytest.Harness[string]{
			Validator: quality.ValidatorFunc[string](func(_ context.Context, name string) ([]quality.Issue, error) {
				if strings.TrimSpace(name) != "" && !strings.ContainsAny(name, "<>") {
					return nil, nil
				}
				return []quality.Issue{{Dimension: quality.Validity, Code: "name", Text: "is no name: " + name}}, nil
			}),
			Cases: []qualitytest.Case[string]{
				{Name: "a name", Record: "田中"},
				{Name: "markup", Record: "<script>", Codes: []string{"name"}, Canaries: []string{"script"}},
			},
		}, nil
	}
	fmt.Println(qualitytest.CheckValidator(context.Background(), open))
	// Output:
	// qualitytest: NoValues: case markup: what the validator says holds canary 1, a value of the record
}

func ExampleValidator() {
	fake := &qualitytest.Validator[string]{
		Find:   func(string) []quality.Issue { return []quality.Issue{{Dimension: quality.Accuracy, Code: "age"}} },
		Faults: []qualitytest.Fault{{Call: 2, Skip: &quality.SkippedError{Code: "kana", Because: "there is no dictionary"}}},
	}
	gate := quality.Gate(fake)
	for range 2 {
		fmt.Println(gate(context.Background(), "a record"))
	}
	fmt.Println(fake.Calls(), "calls")
	// Output:
	// quality: rejected: age
	// quality: kana skipped, because there is no dictionary
	// 2 calls
}
