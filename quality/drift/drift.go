package drift

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
)

// Config says how to test. The zero value tests at level 0.05 with 999 permutations and seed 0.
type Config struct {
	// Level is the probability of an alarm where nothing has drifted, above 0 and below 1; 0 means 0.05.
	Level float64
	// Permutations is how many random splits the one that happened is compared with; 0 means 999. The smallest p-value is
	// 1/(1+Permutations), so a small level needs many; time and memory grow in proportion.
	Permutations int
	// Seed fixes all random choices: the same seed and samples give the same result on one build for one processor
	// architecture. It must not be chosen after a look at the result.
	Seed uint64
}

// Result is the outcome of a test. It holds no coordinate of any row.
type Result struct {
	// Drifted is P <= Level.
	Drifted bool
	// P is the probability of a statistic at least as large where both samples come from one distribution; never 0.
	P float64
	// Level is the level that was tested at.
	Level float64
	// Statistic is the weighted harmonic combination of the findings, at least 1. It compares with other results of the same
	// configuration only.
	Statistic float64
	// Findings are all components, the one that speaks loudest first.
	Findings []Finding
	// Region is where the shares of the two samples differ most. Look there if the finding Local leads.
	Region Region
	// Norms are the median Euclidean norms.
	Norms Norms
	// Reference and Current are the sizes of the samples, in rows.
	Reference, Current int
	// Dimensions is the length of each row.
	Dimensions int
	// Permutations is how many were drawn.
	Permutations int
	// Method names the test and its parts.
	Method string
}

// Finding is what one component says.
type Finding struct {
	// Component is which way of changing it is about.
	Component Component
	// P is the component's own permutation p-value, not corrected for there being several: it explains and decides nothing.
	P float64
	// Part is the component's part of the statistic, from 0 to 1. All parts add up to 1.
	Part float64
}

// Norms are the median Euclidean norms of the two samples.
type Norms struct {
	Reference, Current float64
}

// Component names a way in which a distribution can change.
type Component string

const (
	// Mean is a change of the mean vector, every coordinate in its own unit: topics that gained or lost share, a moved origin,
	// another model.
	Mean Component = "mean"
	// Axes is a change of the mean along the principal axes, each measured against its own variance: a shift that is small
	// beside the differences between topics.
	Axes Component = "axes"
	// Spread is a change of the variances along the principal axes: topics that became wider, narrower or turned.
	Spread Component = "spread"
	// Distance is a change of how far rows lie from the nearest cluster centre: more or less noise, outliers.
	Distance Component = "distance"
	// Norm is a change of the Euclidean norms: vectors that were normalised or rescaled. Norms are rounded to a thousandth of
	// their median before.
	Norm Component = "norm"
	// Shares is a change of the shares of many regions, each perhaps by little: an old mixture of topics in new proportions.
	Shares Component = "shares"
	// Local is one region whose share changed: a new topic, or one that vanished. Result.Region says where.
	Local Component = "local"
)

const method = "two-sample permutation test (Phipson and Smyth p-value) of the harmonic mean of seven components: " +
	"mean, principal axes, spread, distance, norm, shares of clusters, tree scan of clusters"

// Test compares two samples of embedding vectors, all of one length. Rows must be independent draws: several rows of one
// document, or rows of few users, count for less than their number and make alarms too frequent.
//
// The samples are read and never changed. Time and memory are linear in rows x (dimensions + permutations). Test starts no
// goroutine, may be called from several at once, and stops soon after ctx ends with its error.
//
// It refuses a configuration out of range; with *SizeError samples that no result could alarm on; with *DimensionError rows
// of different lengths; with *ValueError rows with NaN or an infinity.
func Test(ctx context.Context, cfg Config, reference, current [][]float32) (Result, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return Result{}, err
	}
	if err := checkSizes(cfg, len(reference), len(current)); err != nil {
		return Result{}, err
	}
	norms, err := checkRows(ctx, reference, current)
	if err != nil {
		return Result{}, err
	}
	rng := rand.New(rand.NewPCG(cfg.Seed, uint64(len(reference))))
	s, err := newStudy(ctx, rng, newPool(rng, reference, current, norms), cfg.Permutations)
	if err != nil {
		return Result{}, err
	}
	components, region, err := s.components(ctx)
	if err != nil {
		return Result{}, err
	}
	result := conclude(cfg, components)
	result.Region = region
	result.Norms = Norms{Reference: median(norms[:len(reference)]), Current: median(norms[len(reference):])}
	result.Reference, result.Current, result.Dimensions = len(reference), len(current), len(reference[0])
	return result, nil
}

// complete fills in what was left at zero.
func (c Config) complete() (Config, error) {
	if c.Level == 0 {
		c.Level = 0.05
	}
	if c.Permutations == 0 {
		c.Permutations = 999
	}
	var problems []error
	if !(c.Level > 0 && c.Level < 1) {
		problems = append(problems, fmt.Errorf("drift: Level is %g, want above 0 and below 1", c.Level))
	}
	if c.Permutations < 0 {
		problems = append(problems, fmt.Errorf("drift: Permutations is %d, want at least 1", c.Permutations))
	}
	return c, errors.Join(problems...)
}

// conclude joins the components to a result.
func conclude(cfg Config, components []component) Result {
	total := combine(components)
	r := Result{
		P: probability(total), Level: cfg.Level, Statistic: total[0], Permutations: cfg.Permutations, Method: method,
	}
	r.Drifted = r.P <= cfg.Level
	for _, c := range components {
		r.Findings = append(r.Findings, Finding{Component: c.name, P: probability(c.values), Part: c.part(total[0])})
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int { return cmp.Compare(b.Part, a.Part) })
	return r
}

// String says the verdict in one line for a log.
func (r Result) String() string {
	verdict := "no drift"
	if r.Drifted {
		verdict = "drift"
	}
	s := fmt.Sprintf("%s: p = %.2g at level %g, %d against %d rows", verdict, r.P, r.Level, r.Reference, r.Current)
	if !r.Drifted || len(r.Findings) == 0 {
		return s
	}
	lead := r.Findings[0]
	s += fmt.Sprintf("; %.0f %% of it is %s", 100*lead.Part, lead.Component)
	switch lead.Component {
	case Local:
		s += fmt.Sprintf(": a region with %.1f %% of the reference and %.1f %% of the current rows",
			100*r.Region.ReferenceShare, 100*r.Region.CurrentShare)
	case Norm:
		s += fmt.Sprintf(": median %.4g in the reference and %.4g now", r.Norms.Reference, r.Norms.Current)
	}
	return s
}
