package traffic

import "slices"

// tally gathers the latencies of requests. Weights are those of the requests in the distributions.
type tally struct {
	ttft, tpot, e2e latencies
	requests        int // of the run, without those of other starts, like tokens
	weight, within  float64
	tokens          float64
	kept            []share // of the parts
}

// latencies are values in seconds; weights is nil where all are 1, parts where nobody asks for noise.
type latencies struct {
	values, weights []float64
	parts           []uint8
}

func (l *latencies) add(v, weight float64, weighted bool) {
	l.values = append(l.values, v)
	if weighted {
		l.weights = append(l.weights, weight)
	}
}

func newTally(n int) *tally {
	t := &tally{}
	t.expect(n)
	return t
}

// expect makes room for so many requests.
func (t *tally) expect(n int) {
	room := make([]float64, 3*n)
	t.ttft.values, t.tpot.values, t.e2e.values = room[:0:n], room[n:n:2*n], room[2*n:2*n]
}

func (t *tally) add(o *Outcome, weight float64, weighted, within bool) {
	t.ttft.add(o.TTFT(), weight, weighted)
	t.e2e.add(o.E2E(), weight, weighted)
	if o.Output > 1 {
		t.tpot.add(o.TPOT(), weight, weighted)
	}
	t.weight += weight
	if within {
		t.within += weight
	}
}

func (t *tally) stats() (ttft, tpot, e2e Stat, goodput float64) {
	if t.weight > 0 {
		goodput = t.within / t.weight
	}
	return t.ttft.stat(), t.tpot.stat(), t.e2e.stat(), goodput
}

// stat puts the values into another order.
func (l *latencies) stat() Stat {
	switch {
	case len(l.values) == 0:
		return Stat{}
	case l.weights != nil:
		return l.weighed()
	}
	var sum float64
	for _, v := range l.values {
		sum += v
	}
	s, done := Stat{Mean: sum / float64(len(l.values))}, 0
	for _, percent := range Percents {
		*s.At(percent), done = quantile(l.values, done, percent/100)
	}
	return s
}

// quantile interpolates linearly between ranks, as NumPy and the load generators do. The first done values are those of
// the lowest ranks already; the second result is how many are then.
func quantile(values []float64, done int, share float64) (float64, int) {
	at := share * float64(len(values)-1)
	low := int(at)
	if low >= done {
		lowest(values[done:], low-done)
		done = low + 1
	}
	if done == len(values) {
		return values[low], done
	}
	next := slices.Min(values[low+1:])
	return values[low] + (at-float64(low))*(next-values[low]), done
}

// lowest puts the value of rank k in its place, none above it before and none below it behind (Hoare's selection).
func lowest(values []float64, k int) {
	for low, high := 0, len(values)-1; low < high; {
		pivot, i, j := values[(low+high)/2], low, high
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j:
			high = j
		case k >= i:
			low = i
		default:
			return
		}
	}
}

// weighed is stat where values weigh differently: a percentile is the least value up to which its share of the weight
// lies. Then as many requests keep to it as its name says: a limit on the 99th percentile holds where 99 of 100 hold
// it.
func (l *latencies) weighed() Stat { return l.among(l.order(), nobody) }

// order are the places of the values, the least first.
func (l *latencies) order() []int {
	order := make([]int, len(l.values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case l.values[a] < l.values[b]:
			return -1
		case l.values[a] > l.values[b]:
			return 1
		}
		return 0
	})
	return order
}
