package drift

import (
	"context"
	"fmt"
	"math"
)

// Sample names one of the two samples.
type Sample string

const (
	// Reference is what the current sample is compared with.
	Reference Sample = "reference"
	// Current is the sample under test.
	Current Sample = "current"
)

// SizeError says that no result of the test could be an alarm: a sample is empty, the samples are so small that there are too
// few ways to split them, or there are too few permutations for the level.
type SizeError struct {
	// Reference and Current are the sizes of the samples, in rows.
	Reference, Current int
	// Permutations is how many were to be drawn.
	Permutations int
	// Smallest is the smallest p-value that could come out.
	Smallest float64
	// Level is what it would have to reach.
	Level float64
}

// Error says what was found and what was expected.
func (e *SizeError) Error() string {
	return fmt.Sprintf("drift: %d reference rows, %d current rows and %d permutations can give no p-value below %.3g, want at most %.3g",
		e.Reference, e.Current, e.Permutations, e.Smallest, e.Level)
}

// DimensionError says that a row is not as long as the first row of the reference, or is empty.
type DimensionError struct {
	// Sample is which sample the row is in.
	Sample Sample
	// Row is its index there.
	Row int
	// Dimensions is how long the row is.
	Dimensions int
	// Want is how long the first row of the reference is.
	Want int
}

// Error says what was found and what was expected.
func (e *DimensionError) Error() string {
	if e.Want == 0 {
		return fmt.Sprintf("drift: row %d of the %s sample has no dimensions, want at least 1", e.Row, e.Sample)
	}
	return fmt.Sprintf("drift: row %d of the %s sample has %d dimensions, want %d", e.Row, e.Sample, e.Dimensions, e.Want)
}

// ValueError says that a row holds NaN or an infinity.
type ValueError struct {
	// Sample is which sample the row is in.
	Sample Sample
	// Row is its index there.
	Row int
}

// Error says where the row is, and no value of it.
func (e *ValueError) Error() string {
	return fmt.Sprintf("drift: row %d of the %s sample holds NaN or an infinity, want finite numbers", e.Row, e.Sample)
}

// checkSizes refuses samples for which even the most extreme split is no alarm.
func checkSizes(cfg Config, reference, current int) error {
	smallest := 1.0
	if reference > 0 && current > 0 {
		smallest = max(1/float64(1+cfg.Permutations), math.Exp(-logChoose(reference+current, current)))
	}
	if smallest <= cfg.Level*(1+1e-9) {
		return nil
	}
	return &SizeError{
		Reference: reference, Current: current, Permutations: cfg.Permutations, Smallest: smallest, Level: cfg.Level,
	}
}

// checkRows measures the norm of every row, the reference first, and refuses what cannot be compared.
func checkRows(ctx context.Context, reference, current [][]float32) ([]float64, error) {
	norms := make([]float64, 0, len(reference)+len(current))
	want := len(reference[0])
	for _, s := range []struct {
		name Sample
		rows [][]float32
	}{{Reference, reference}, {Current, current}} {
		for i, row := range s.rows {
			if i%1024 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if len(row) != want || want == 0 {
				return nil, &DimensionError{Sample: s.name, Row: i, Dimensions: len(row), Want: want}
			}
			square := squaredNorm(row)
			if math.IsNaN(square) || math.IsInf(square, 0) {
				return nil, &ValueError{Sample: s.name, Row: i}
			}
			norms = append(norms, math.Sqrt(square))
		}
	}
	return norms, nil
}
