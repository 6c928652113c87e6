package drift

// matrix is dense, row after row.
type matrix struct {
	data []float32
	rows int
	cols int
}

func newMatrix(rows, cols int) matrix {
	return matrix{data: make([]float32, rows*cols), rows: rows, cols: cols}
}

func (m matrix) row(i int) []float32 { return m.data[i*m.cols : (i+1)*m.cols : (i+1)*m.cols] }

// head returns the first rows.
func (m matrix) head(rows int) matrix {
	return matrix{data: m.data[:rows*m.cols], rows: rows, cols: m.cols}
}

// dot is the inner product. Four sums at a time keep the processor busy; so below.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

// dots writes the products of x with every row of m to out. Four rows at a time share the loads of x.
func (m matrix) dots(x, out []float32) {
	k := 0
	for ; k+4 <= m.rows; k += 4 {
		a, b, c, d := m.row(k)[:len(x)], m.row(k + 1)[:len(x)], m.row(k + 2)[:len(x)], m.row(k + 3)[:len(x)]
		var s0, s1, s2, s3 float32
		for j, v := range x {
			s0 += v * a[j]
			s1 += v * b[j]
			s2 += v * c[j]
			s3 += v * d[j]
		}
		out[k], out[k+1], out[k+2], out[k+3] = s0, s1, s2, s3
	}
	for ; k < m.rows; k++ {
		out[k] = dot(x, m.row(k))
	}
}

// add adds f times x to y.
func add(y []float32, f float32, x []float32) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] += f * v
	}
}

func squaredDistance(a, b []float32) float32 {
	var s0, s1 float32
	b = b[:len(a)]
	i := 0
	for ; i+2 <= len(a); i += 2 {
		d0, d1 := a[i]-b[i], a[i+1]-b[i+1]
		s0 += d0 * d0
		s1 += d1 * d1
	}
	if i < len(a) {
		s0 += (a[i] - b[i]) * (a[i] - b[i])
	}
	return s0 + s1
}

// squaredNorm cannot overflow on finite rows: the largest float32 squared is below 1e77.
func squaredNorm(x []float32) float64 {
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(x); i += 4 {
		a, b, c, d := float64(x[i]), float64(x[i+1]), float64(x[i+2]), float64(x[i+3])
		s0 += a * a
		s1 += b * b
		s2 += c * c
		s3 += d * d
	}
	for ; i < len(x); i++ {
		s0 += float64(x[i]) * float64(x[i])
	}
	return s0 + s1 + s2 + s3
}
