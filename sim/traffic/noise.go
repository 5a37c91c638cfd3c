package traffic

import "math"

// Noise is how far the figures of a run may lie from those of a run without end: half the width of an interval that
// holds them 95 times of 100, by leaving out one part of the run after the other (Kott, The delete-a-group jackknife,
// Journal of Official Statistics 17, 2001). Parts are starts of a closed loop, and pieces of the time.
type Noise struct {
	TTFT, TPOT, E2E Stat // seconds
	Goodput         float64
}

// mostParts is how many parts a run is cut into.
const mostParts = 8

// student are the factors of an interval of 95% from so many parts: the quantiles 0.975 of Student's t with one degree
// of freedom less.
var student = [mostParts + 1]float64{2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365}

// parts is how many parts a run has for its noise: 1 where there is none to tell.
func (r *run) parts() int {
	switch {
	case !r.load.Noise:
		return 1
	case r.load.Arrival != Closed:
		return mostParts
	}
	return min(mostParts, 1+len(r.bursts))
}

// share is the weight of a part, and of those of its requests that are within their limits.
type share struct{ weight, within float64 }

// belongs puts the latest request into a part.
func (t *tally) belongs(part, parts int, weight float64, within, timed bool) {
	if parts < 2 {
		return
	}
	if t.kept == nil {
		t.kept = make([]share, parts)
	}
	t.kept[part].weight += weight
	if within {
		t.kept[part].within += weight
	}
	t.ttft.parts = append(t.ttft.parts, uint8(part))
	t.e2e.parts = append(t.e2e.parts, uint8(part))
	if timed {
		t.tpot.parts = append(t.tpot.parts, uint8(part))
	}
}

func (t *tally) noise(parts int) (n Noise) {
	if parts < 2 || t.kept == nil {
		return n
	}
	n = Noise{TTFT: t.ttft.noise(parts), TPOT: t.tpot.noise(parts), E2E: t.e2e.noise(parts)}
	var without [mostParts]float64
	for i := range parts {
		if rest := t.weight - t.kept[i].weight; rest > 0 {
			without[i] = (t.within - t.kept[i].within) / rest
		}
	}
	n.Goodput = spread(without[:parts])
	return n
}

// noise is that of every statistic.
func (l *latencies) noise(parts int) (n Stat) {
	if len(l.values) < parts {
		return n
	}
	order := l.order()
	var without [mostParts]Stat
	for i := range parts {
		without[i] = l.among(order, i)
	}
	of := func(at func(*Stat) float64) float64 {
		var v [mostParts]float64
		for i := range parts {
			v[i] = at(&without[i])
		}
		return spread(v[:parts])
	}
	n.Mean = of(func(s *Stat) float64 { return s.Mean })
	for _, p := range Percents {
		*n.At(p) = of(func(s *Stat) float64 { return *s.At(p) })
	}
	return n
}

// spread is half the width of the interval of a figure of which every part was left out once.
func spread(without []float64) float64 {
	parts := float64(len(without))
	var mean, squares float64
	for _, v := range without {
		mean += v / parts
	}
	for _, v := range without {
		squares += (v - mean) * (v - mean)
	}
	return student[len(without)] * math.Sqrt(squares*(parts-1)/parts)
}

// among is the statistics of the values, whose places stand in order, but for those of one part.
func (l *latencies) among(order []int, but int) Stat {
	weight := func(i int) float64 {
		switch {
		case but != nobody && int(l.parts[i]) == but:
			return 0
		case l.weights == nil:
			return 1
		}
		return l.weights[i]
	}
	var sum, all float64
	for i, v := range l.values {
		w := weight(i)
		sum += v * w
		all += w
	}
	i, upTo := 0, weight(order[0])
	of := func(share float64) float64 { // of rising shares
		for i < len(order)-1 && upTo < share*all*(1-1e-12) {
			i++
			upTo += weight(order[i])
		}
		return l.values[order[i]]
	}
	s := Stat{Mean: sum / all}
	for _, p := range Percents {
		*s.At(p) = of(p / 100)
	}
	return s
}
