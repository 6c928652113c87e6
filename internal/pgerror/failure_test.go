package pgerror_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/shugo-data/shugo/internal/pgerror"
)

func TestFailure(t *testing.T) {
	t.Parallel()
	class := errors.New("pkg: no such table")
	server := &pgconn.PgError{Code: "42P01", Message: "mika@example.com", Detail: "mika@example.com"}
	for name, test := range map[string]struct {
		class, err error
		want       string
	}{
		"of the server":  {nil, server, "pkg: read: SQLSTATE 42P01"},
		"with a class":   {class, fmt.Errorf("mika@example.com: %w", server), "pkg: read: pkg: no such table (SQLSTATE 42P01)"},
		"of the context": {nil, fmt.Errorf("mika@example.com: %w", context.Canceled), "pkg: read: context canceled"},
		"of anybody":     {nil, errors.New("mika@example.com"), "pkg: read: *errors.errorString"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := pgerror.WrapAs("pkg: read", test.class, test.err)
			for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
				if diff := cmp.Diff(test.want, fmt.Sprintf(verb, got)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", verb, diff)
				}
			}
			if !errors.Is(got, test.err) || test.class != nil && !errors.Is(got, test.class) {
				t.Error("the cause or the class is not found")
			}
			if again := pgerror.Wrap("other", got); again != got {
				t.Errorf("a failure was wrapped again: %v", again)
			}
		})
	}
	if err := pgerror.Wrap("pkg: read", nil); err != nil {
		t.Errorf("no error became %v", err)
	}
}
