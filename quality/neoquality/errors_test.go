package neoquality_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/shugo-data/shugo/internal/servertest"
	"github.com/shugo-data/shugo/quality"
	"github.com/shugo-data/shugo/quality/neoquality"
)

func simple(label string) []quality.Suite {
	return []quality.Suite{{Dataset: label, Checks: checks(quality.NotNull{Field: "x"})}}
}

func TestServerErrors(t *testing.T) {
	t.Parallel()
	address, user, password := servertest.Neo4j(t)
	good := dial(t, address, user, password)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	tests := map[string]struct {
		ctx    context.Context
		driver neo4j.DriverWithContext
		config neoquality.Config
		want   error
	}{
		"unreachable": {t.Context(), dial(t, "bolt://127.0.0.1:1", user, password), neoquality.Config{}, neoquality.ErrUnreachable},
		"credentials": {t.Context(), dial(t, address, "quality-nobody", "wrong"), neoquality.Config{}, neoquality.ErrCredentials},
		"cancelled":   {over, good, neoquality.Config{}, context.Canceled},
		"no database": {t.Context(), good, neoquality.Config{Database: "nowhere"}, neoquality.ErrDatabase},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.config.Suites = simple("Nothing")
			a := newAssessor(t, test.config)
			reports, err := a.Assess(test.ctx, test.driver)
			if !errors.Is(err, test.want) || reports != nil {
				t.Errorf("Assess: %v, %v; want %v", reports, err, test.want)
			}
			if _, err := a.Explain(test.ctx, test.driver); !errors.Is(err, test.want) {
				t.Errorf("Explain: %v, want %v", err, test.want)
			}
			var refused *neoquality.StatementError
			if !errors.As(err, &refused) || strings.Contains(err.Error(), password) {
				t.Errorf("found %T: %v", err, err)
			}
		})
	}
}

// A statement that takes longer than the time limit is ended by the server; one whose caller goes away is ended too.
func TestTimeLimit(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	g.run(t, "UNWIND range(1, 3000) AS i CREATE (:#Slow {x: i, y: toString(i)})")
	pairs := g.placed([]quality.Suite{{Dataset: "#Slow", Checks: checks(quality.Reference{Fields: []string{"x"}, To: g.named("#Slow"), ToFields: []string{"y"}})}})
	_, err := newAssessor(t, neoquality.Config{Suites: pairs, Timeout: 100 * time.Millisecond}).Assess(t.Context(), g.driver)
	if !errors.Is(err, neoquality.ErrTimeout) {
		t.Errorf("with a time limit: %v, want %v", err, neoquality.ErrTimeout)
	}
	suites := g.placed([]quality.Suite{{Dataset: "#Slow", Checks: checks(neoquality.Mirror{Field: "y", IDs: endless(t.Context())})}})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := newAssessor(t, neoquality.Config{Suites: suites}).Assess(ctx, g.driver); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with a deadline: %v, want %v", err, context.DeadlineExceeded)
	}
}

// endless returns an id that no node has again and again, until the test ends.
func endless(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for ctx.Err() == nil {
			if !yield("", nil) {
				return
			}
		}
	}
}

func TestMirrorErrors(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	g.run(t, "UNWIND ['a', 'b', 'c'] AS id CREATE (:#M {id: id})")
	broken := errors.New("broken")
	fails := func(yield func(string, error) bool) { _ = yield("a", nil) && yield("", broken) }
	for _, test := range []struct {
		mirror neoquality.Mirror
		want   error
	}{
		{neoquality.Mirror{Field: "id", IDs: stream([]string{"b", "a"})}, neoquality.ErrOrder},
		{neoquality.Mirror{Field: "id", IDs: fails}, broken},
		{neoquality.Mirror{Field: "id", IDs: fails, Of: neoquality.Theirs}, neoquality.ErrIDs},
	} {
		_, err := newAssessor(t, neoquality.Config{Suites: g.placed([]quality.Suite{{Dataset: "#M", Checks: checks(test.mirror)}})}).Assess(t.Context(), g.driver)
		if !errors.Is(err, test.want) {
			t.Errorf("found %v, want %v", err, test.want)
		}
	}
}

func TestNew(t *testing.T) {
	t.Parallel()
	_, err := neoquality.New(neoquality.Config{Timeout: -1, Suites: []quality.Suite{
		{Dataset: "[:", Checks: checks(quality.NotNull{Field: ""})},
		{Dataset: "A", Key: []string{"\x00"}, Checks: checks(neoquality.NoLoop{}, neoquality.Degree{Min: 3, Max: 2, Direction: "up"},
			neoquality.HasIndex{Type: "B", Dimensions: 3, Similarity: "l1"}, neoquality.HasConstraint{Type: neoquality.PropertyType, Properties: []string{"x"}},
			neoquality.Mirror{Of: "x"}, quality.NotNull{Field: "\xff"})},
		{Dataset: "A", Checks: []quality.Check{{Test: neoquality.OnlyDeclared{}, When: quality.NotNull{Field: "x"}}}},
		{Dataset: "[:R]", Checks: checks(neoquality.Connected{}, neoquality.NoParallel{Count: "x"}, neoquality.Endpoints{})},
		{Dataset: "()", Checks: checks(neoquality.HasIndex{Properties: []string{"x"}})},
	}})
	if !errors.Is(err, neoquality.ErrConfig) || !errors.Is(err, quality.ErrSuite) {
		t.Fatalf("found %v", err)
	}
	for _, want := range []string{`dataset "[:"`, "names no field", "NUL", "have no ends", "unknown direction", "from 3 to 2", `unknown type of index "B"`,
		"a vector index", `unknown similarity "l1"`, "says which", "ids of the other store", "unknown side", "used twice", "no When", "relationships have none",
		`unknown sense "x"`, "one of the ends", "of one label", "timeout -1ns"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in:\n%v", want, err)
		}
	}
	if _, err := neoquality.New(neoquality.Config{}); !errors.Is(err, neoquality.ErrConfig) {
		t.Errorf("without a suite: %v", err)
	}
}

// A label that nobody has is no fault, and a property that nobody has is missing everywhere.
func TestUnknownNames(t *testing.T) {
	t.Parallel()
	g := newGraph(t)
	g.run(t, "UNWIND range(1, 7) AS i CREATE (:#Known {id: i})")
	suite := quality.Suite{Dataset: "#Known", Checks: checks(quality.NotNull{Field: "nobody`s"}, quality.NotEmpty{Field: "nobody`s"})}
	none := quality.Suite{Dataset: "#None", Checks: checks(quality.NotNull{Field: "x"}, quality.RowCount{Min: 1}, quality.Unique{Fields: []string{"x"}},
		neoquality.Mirror{Field: "id", IDs: stream([]string{"a"})})}
	reports := g.assess(t, suite, none)
	if r := reports[0].Results; r[0].Judged != 7 || r[0].Unexpected != 7 || r[1].Verdict != quality.NotAssessed {
		t.Errorf("a property that nobody has: %+v", r)
	}
	var verdicts []quality.Verdict
	for _, r := range reports[1].Results {
		verdicts = append(verdicts, r.Verdict)
	}
	if want := []quality.Verdict{quality.NotAssessed, quality.Fail, quality.NotAssessed, quality.Fail}; !slices.Equal(verdicts, want) {
		t.Errorf("a label that nobody has: %v, want %v", verdicts, want)
	}
}
