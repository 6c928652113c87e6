package quality

import (
	"errors"
	"fmt"
	"math"
)

// VectorDimensions: the vector has the agreed number of dimensions. NULL is not judged.
type VectorDimensions struct {
	Field string // of vectors
	N     int    // dimensions; 0: 1536
}

// Kind returns "vector_dimensions".
func (VectorDimensions) Kind() Kind { return "vector_dimensions" }

// Columns returns the field.
func (t VectorDimensions) Columns() []string { return []string{t.Field} }

// Dimension returns Validity.
func (VectorDimensions) Dimension() Dimension { return Validity }

// Want returns the agreed number of dimensions.
func (t VectorDimensions) Want() int {
	if t.N == 0 {
		return 1536
	}
	return t.N
}

// Judge judges rows whose field is not NULL.
func (t VectorDimensions) Judge(row Row) Truth {
	value := row.Value(t.Field)
	if value == nil {
		return Unknown
	}
	v, ok := value.([]float32)
	return truth(ok && len(v) == t.Want())
}

func (t VectorDimensions) problems() []string {
	found := one(t.Field)
	if t.N < 0 {
		found = append(found, fmt.Sprintf("%d dimensions: expected a positive number", t.N))
	}
	return found
}

// VectorNonZero: the vector has a component that is not zero; cosine distance is undefined otherwise. NULL is not judged.
type VectorNonZero struct {
	Field string // of vectors
}

// Kind returns "vector_non_zero".
func (VectorNonZero) Kind() Kind { return "vector_non_zero" }

// Columns returns the field.
func (t VectorNonZero) Columns() []string { return []string{t.Field} }

// Dimension returns Validity.
func (VectorNonZero) Dimension() Dimension { return Validity }

// Judge judges rows whose field is not NULL.
func (t VectorNonZero) Judge(row Row) Truth {
	value := row.Value(t.Field)
	if value == nil {
		return Unknown
	}
	v, ok := value.([]float32)
	return truth(ok && norm(v) > 0)
}

func (t VectorNonZero) problems() []string { return one(t.Field) }

// VectorNorm: the Euclidean length of the vector is 1, within a tolerance: inner product and cosine then agree. A zero vector is bad.
// NULL is not judged.
type VectorNorm struct {
	Field     string  // of vectors
	Tolerance float64 // of the length; 0: 0.001
}

// Kind returns "vector_norm".
func (VectorNorm) Kind() Kind { return "vector_norm" }

// Columns returns the field.
func (t VectorNorm) Columns() []string { return []string{t.Field} }

// Dimension returns Validity.
func (VectorNorm) Dimension() Dimension { return Validity }

// Bounds returns the least and greatest length that is good.
func (t VectorNorm) Bounds() (low, high float64) {
	tolerance := t.Tolerance
	if tolerance == 0 {
		tolerance = 0.001
	}
	return 1 - tolerance, 1 + tolerance
}

// Judge judges rows whose field is not NULL.
func (t VectorNorm) Judge(row Row) Truth {
	value := row.Value(t.Field)
	if value == nil {
		return Unknown
	}
	v, ok := value.([]float32)
	low, high := t.Bounds()
	n := norm(v)
	return truth(ok && n >= low && n <= high)
}

func (t VectorNorm) problems() []string {
	found := one(t.Field)
	if !(t.Tolerance >= 0 && t.Tolerance < 1) {
		found = append(found, "a tolerance is a number from 0 to below 1")
	}
	return found
}

// VectorFinite: every component of the vector is a finite number, as [Finite] says. It belongs before the write, as a check of records:
// pgvector refuses such a vector only in the middle of a statement. NULL is not judged.
type VectorFinite struct {
	Field string // of vectors
}

// Kind returns "vector_finite".
func (VectorFinite) Kind() Kind { return "vector_finite" }

// Columns returns the field.
func (t VectorFinite) Columns() []string { return []string{t.Field} }

// Dimension returns Validity.
func (VectorFinite) Dimension() Dimension { return Validity }

// Judge judges rows whose field is not NULL.
func (t VectorFinite) Judge(row Row) Truth {
	value := row.Value(t.Field)
	if value == nil {
		return Unknown
	}
	v, ok := value.([]float32)
	return truth(ok && Finite(v, 0) == nil)
}

func (t VectorFinite) problems() []string { return one(t.Field) }

func norm(v []float32) float64 {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum)
}

// ErrVector is the error of a vector that must not be stored.
var ErrVector = errors.New("quality: unfit vector")

// Finite returns nil, or an error that is [ErrVector] and says at which place the vector has a component that is not a number or is
// infinite, or that its dimensions are not the agreed ones (0: any). Databases differ in what they do with such vectors, and encoders
// in whether they let them pass: it belongs before the write.
func Finite(v []float32, dimensions int) error {
	if dimensions != 0 && len(v) != dimensions {
		return fmt.Errorf("%w: %d dimensions, expected %d", ErrVector, len(v), dimensions)
	}
	for i, x := range v {
		if f := float64(x); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Errorf("%w: component %d of %d is not a finite number", ErrVector, i, len(v))
		}
	}
	return nil
}
