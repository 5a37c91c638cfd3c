package expert

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Load is how often the experts of a model are chosen. The zero value says nothing, which every reader takes as evenly.
type Load struct {
	Skew   float64     // the i-th busiest expert is chosen in proportion to 1/i^Skew; which experts these are is not known
	File   string      // where Layers were read from
	Layers [][]float64 // by expert, in any unit: one histogram for all layers, or one for each layer with experts
}

// Known reports whether the load says anything.
func (l *Load) Known() bool { return l.Skew > 0 || len(l.Layers) > 0 }

// Layout is a layer of experts on ranks.
type Layout struct {
	Experts, TopK int
	Ranks         int  // that share the experts (EP)
	Redundant     int  // copies of experts beyond the first of each
	Balanced      bool // experts are placed by their loads, as copies always are; else in the order of their numbers
}

// Spread is what the fullest rank has, in units of the mean: expected is the mean over the layers, or over the ways in
// which busy experts may come to lie; worst is the largest of them.
type Spread struct{ Expected, Worst float64 }

// draws is how many orders of the experts stand for the unknown one.
const draws = 64

// On gives what the fullest rank of a layout has. A load that says nothing is even.
func (l *Load) On(at Layout) Spread {
	if !l.Known() || at.Ranks <= 1 {
		return Spread{1, 1}
	}
	if len(l.Layers) > 0 {
		var sum, worst float64
		for _, layer := range l.Layers {
			full := fullest(at.place(layer))
			sum += full
			worst = math.Max(worst, full)
		}
		return Spread{sum / float64(len(l.Layers)), worst}
	}
	loads := Zipf(at.Experts, at.TopK, l.Skew)
	together := fullest(at.place(loads)) // the busiest next to each other
	if at.Balanced || at.Redundant > 0 {
		return Spread{together, together}
	}
	var sum float64
	order := rand.New(rand.NewPCG(1, uint64(at.Experts)))
	for range draws {
		order.Shuffle(len(loads), func(i, k int) { loads[i], loads[k] = loads[k], loads[i] })
		sum += fullest(at.place(loads))
	}
	return Spread{sum / draws, together}
}

// place gives the load of every rank.
func (at Layout) place(loads []float64) []float64 {
	if at.Balanced || at.Redundant > 0 {
		return Balance(loads, at.Ranks, at.Redundant).Loads
	}
	ranks := make([]float64, at.Ranks)
	first := 0
	for i := range ranks {
		n := (len(loads) - first + at.Ranks - i - 1) / (at.Ranks - i) // the first ranks have one more
		for _, x := range loads[first : first+n] {
			ranks[i] += x
		}
		first += n
	}
	return ranks
}

// fullest is the largest of some loads in units of their mean.
func fullest(loads []float64) float64 {
	var sum float64
	for _, x := range loads {
		sum += x
	}
	return slices.Max(loads) * float64(len(loads)) / sum
}

// Zipf gives the shares of n experts, the busiest first, of tokens that choose k different ones each: in proportion to
// 1/i^exponent, but at most 1/k, since a token chooses an expert once.
func Zipf(n, k int, exponent float64) []float64 {
	shares := make([]float64, n)
	for i := range shares {
		shares[i] = math.Pow(float64(i+1), -exponent)
	}
	most := 1 / float64(max(1, k))
	for capped := 0; ; capped++ { // those at the most leave the rest to the others
		var sum float64
		for _, x := range shares[capped:] {
			sum += x
		}
		scale := (1 - float64(capped)*most) / sum
		for i := capped; i < n; i++ {
			shares[i] *= scale
		}
		if capped == n-1 || shares[capped] <= most {
			return shares
		}
		shares[capped] = most
	}
}
