package calibrate

import "math"

func exp(x float64) float64 { return math.Exp(x) }

func clamp(v, low, high float64) float64 { return math.Max(low, math.Min(high, v)) }

// system is a symmetric positive definite set of equations.
type system struct {
	a [][]float64
	b []float64
}

func newSystem(n int) *system {
	s := &system{a: make([][]float64, n), b: make([]float64, n)}
	for i := range s.a {
		s.a[i] = make([]float64, n)
	}
	return s
}

// cholesky factors a into L L^T in place of its lower half. Priors keep the matrix positive definite.
func (s *system) cholesky() {
	for j := range s.a {
		for k := range j {
			s.a[j][j] -= s.a[j][k] * s.a[j][k]
		}
		s.a[j][j] = math.Sqrt(math.Max(s.a[j][j], 1e-12))
		for i := j + 1; i < len(s.a); i++ {
			for k := range j {
				s.a[i][j] -= s.a[i][k] * s.a[j][k]
			}
			s.a[i][j] /= s.a[j][j]
		}
	}
}

// solve gives a^-1 b after cholesky.
func (s *system) solve(b []float64) []float64 {
	x := append([]float64(nil), b...)
	for i := range x {
		for k := range i {
			x[i] -= s.a[i][k] * x[k]
		}
		x[i] /= s.a[i][i]
	}
	for i := len(x) - 1; i >= 0; i-- {
		for k := i + 1; k < len(x); k++ {
			x[i] -= s.a[k][i] * x[k]
		}
		x[i] /= s.a[i][i]
	}
	return x
}

// variance gives v^T a^-1 v after cholesky: the variance of a sum of unknowns.
func (s *system) variance(v []float64) float64 {
	x := s.solve(v)
	var sum float64
	for i := range v {
		sum += v[i] * x[i]
	}
	return sum
}
