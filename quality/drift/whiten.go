package drift

import "math"

// whiten makes the columns uncorrelated, with mean 0 and variance 1, by the Cholesky factor of their covariance. Columns that
// depend on those before them become 0.
func whiten(m matrix) matrix {
	mean := columnMeans(m)
	l := cholesky(covariance(m, mean), m.cols)
	out := newMatrix(m.rows, m.cols)
	y := make([]float64, m.cols)
	for i := range m.rows {
		x, z := m.row(i), out.row(i)
		for j := range y {
			row := l[j*m.cols : (j+1)*m.cols]
			s := float64(x[j]) - mean[j]
			for k := range j {
				s -= row[k] * y[k]
			}
			y[j] = 0
			if row[j] > 0 {
				y[j] = s / row[j]
			}
			z[j] = float32(y[j])
		}
	}
	return out
}

func columnMeans(m matrix) []float64 {
	mean := make([]float64, m.cols)
	for i := range m.rows {
		for j, v := range m.row(i) {
			mean[j] += float64(v)
		}
	}
	for j := range mean {
		mean[j] /= float64(m.rows)
	}
	return mean
}

// covariance fills the lower triangle.
func covariance(m matrix, mean []float64) []float64 {
	c := make([]float64, m.cols*m.cols)
	centred := make([]float64, m.cols)
	for i := range m.rows {
		for j, v := range m.row(i) {
			centred[j] = float64(v) - mean[j]
			row, f := c[j*m.cols:(j+1)*m.cols], centred[j]/float64(m.rows)
			for k := range j + 1 {
				row[k] += f * centred[k]
			}
		}
	}
	return c
}

// dependent is the part of a column's variance, left by the columns before it, below which nothing is left.
const dependent = 1e-6

// cholesky returns the lower factor of a positive semidefinite matrix, with zero columns where it is singular.
func cholesky(c []float64, n int) []float64 {
	l := make([]float64, n*n)
	for j := range n {
		for k := range j + 1 {
			s := c[j*n+k]
			for q := range k {
				s -= l[j*n+q] * l[k*n+q]
			}
			switch {
			case j == k && s > dependent*c[j*n+j]:
				l[j*n+j] = math.Sqrt(s)
			case j != k && l[k*n+k] > 0:
				l[j*n+k] = s / l[k*n+k]
			}
		}
	}
	return l
}
