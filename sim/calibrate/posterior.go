package calibrate

import "math"

// posterior is what is known of the unknowns after a fit.
type posterior struct {
	sd      []float64   // before it
	solved  *system     // equations at the fit, factored
	noise   float64     // variance of a residual of weight 1
	without [][]float64 // solutions with one group left out
}

// silent is the share of the uncertainty that observations must remove before a number counts as identifiable.
const silent = 0.1

// eighty is how many standard deviations hold four of five on either side of the middle.
const eighty = 1.2816

// unit marks unknowns whose sum is asked for.
func (p *posterior) unit(unknowns ...int) []float64 {
	out := make([]float64, len(p.sd))
	for _, u := range unknowns {
		out[u] = 1
	}
	return out
}

// prior is the variance of a sum of unknowns before the fit.
func (p *posterior) prior(unit []float64) float64 {
	var sum float64
	for i, u := range unit {
		sum += u * u * p.sd[i] * p.sd[i]
	}
	return sum
}

// identifiable is the share of what was open before of a sum of unknowns that the observations tell, 0 to 1.
func (p *posterior) identifiable(unit []float64) float64 {
	prior := p.prior(unit)
	if prior == 0 {
		return 0
	}
	return 1 - clamp(p.solved.variance(unit)/prior, 0, 1)
}

// effectiveParameters is how many unknowns the observations have told: the trace of what is known after them (Moody
// 1992).
func (p *posterior) effectiveParameters() float64 {
	if p.solved == nil {
		return 0
	}
	var sum float64
	for i := range p.sd {
		sum += p.identifiable(p.unit(i))
	}
	return sum
}

// deviation is the standard deviation of a sum of unknowns. The observations' own noise widens what the equations say,
// and so does how far the sum moves when a group is left out, because observations of one group err together. What the
// observations cannot tell keeps the width of its prior.
func (p *posterior) deviation(unit []float64) float64 {
	return math.Sqrt(math.Min(p.prior(unit),
		math.Max(p.solved.variance(unit)*math.Max(1, p.noise), jackknife(p.without, unit))))
}

// interval holds eight of ten around a value.
func (p *posterior) interval(value float64, unit []float64) (low, high float64) {
	sd := p.deviation(unit)
	return value * exp(-eighty*sd), value * exp(eighty*sd)
}

// jackknife is the variance of a sum of unknowns from the solutions with one group left out (Efron and Stein 1981).
func jackknife(without [][]float64, unit []float64) float64 {
	n := float64(len(without))
	if n < 2 {
		return 0
	}
	var mean, square float64
	sums := make([]float64, len(without))
	for i, x := range without {
		for j := range unit {
			sums[i] += unit[j] * x[j]
		}
		mean += sums[i] / n
	}
	for _, s := range sums {
		square += (s - mean) * (s - mean)
	}
	return square * (n - 1) / n
}
