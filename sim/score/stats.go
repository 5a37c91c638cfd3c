package score

import (
	"math"
	"slices"
)

// Errors of a set of rows, as fractions of the measured value; nil where nothing was measured and predicted.
type Errors struct {
	Rows     int `json:"rows"`     // not marked suspect
	Answered int `json:"answered"` // of them, predicted

	TTFTMAPE         *float64 `json:"ttft_mape"`
	TPOTMAPE         *float64 `json:"tpot_mape"`
	ThroughputMAPE   *float64 `json:"throughput_mape"`
	TTFTMedian       *float64 `json:"ttft_median"` // of the absolute errors
	TPOTMedian       *float64 `json:"tpot_median"`
	ThroughputMedian *float64 `json:"throughput_median"`
	TTFTBias         *float64 `json:"ttft_bias"` // mean of the signed errors
	TPOTBias         *float64 `json:"tpot_bias"`
	ThroughputBias   *float64 `json:"throughput_bias"`
	// Rank correlation (Spearman) of the throughput per device: would the ranking of the choices have been right?
	RankCorrelation *float64 `json:"rank_correlation"`
}

// pair is a measured value beside its prediction.
type pair struct{ measured, predicted float64 }

func (p pair) error() float64 { return p.predicted/p.measured - 1 }

// errorsOf sums up rows; take gives the prediction to judge, nil for a row without one.
func errorsOf(rows []*Scored, take func(*Scored) *Figures) Errors {
	var e Errors
	var ttft, tpot, speed, each []pair
	for _, s := range rows {
		if s.Row.Suspect != "" {
			continue
		}
		e.Rows++
		p := take(s)
		if p == nil {
			continue
		}
		e.Answered++
		m := s.Row.Measured
		ttft = add(ttft, m.TTFT, p.TTFT)
		tpot = add(tpot, m.TPOT, p.TPOT)
		before := len(speed)
		if speed = add(speed, m.Throughput, p.Throughput); len(speed) > before {
			n := float64(s.Row.devices())
			each = append(each, pair{m.Throughput / n, p.Throughput / n})
		}
	}
	e.TTFTMAPE, e.TTFTMedian, e.TTFTBias = summary(ttft)
	e.TPOTMAPE, e.TPOTMedian, e.TPOTBias = summary(tpot)
	e.ThroughputMAPE, e.ThroughputMedian, e.ThroughputBias = summary(speed)
	e.RankCorrelation = spearman(each)
	return e
}

func add(to []pair, measured, predicted float64) []pair {
	if measured > 0 && predicted > 0 && !math.IsInf(predicted, 0) {
		return append(to, pair{measured, predicted})
	}
	return to
}

// devices of the whole run.
func (r *Row) devices() int {
	if r.Disaggregated {
		return r.Prefill.devices() + r.Decode.devices()
	}
	return max(1, r.Side.devices())
}

func summary(pairs []pair) (mape, median, bias *float64) {
	if len(pairs) == 0 {
		return nil, nil, nil
	}
	sizes := make([]float64, len(pairs))
	var size, signed float64
	for i, p := range pairs {
		sizes[i] = math.Abs(p.error())
		size += sizes[i]
		signed += p.error()
	}
	slices.Sort(sizes)
	n := float64(len(pairs))
	middle := (sizes[(len(sizes)-1)/2] + sizes[len(sizes)/2]) / 2
	size, signed = size/n, signed/n
	return &size, &middle, &signed
}

// spearman is the correlation of the ranks; ties share their mean rank. It needs three rows and some variety.
func spearman(pairs []pair) *float64 {
	if len(pairs) < 3 {
		return nil
	}
	a := ranks(pairs, func(p pair) float64 { return p.measured })
	b := ranks(pairs, func(p pair) float64 { return p.predicted })
	mean := float64(len(pairs)-1) / 2
	var ab, aa, bb float64
	for i := range a {
		x, y := a[i]-mean, b[i]-mean
		ab += x * y
		aa += x * x
		bb += y * y
	}
	if aa == 0 || bb == 0 {
		return nil
	}
	r := ab / math.Sqrt(aa*bb)
	return &r
}

func ranks(pairs []pair, key func(pair) float64) []float64 {
	order := make([]int, len(pairs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		switch a, b := key(pairs[i]), key(pairs[j]); {
		case a < b:
			return -1
		case a > b:
			return 1
		}
		return i - j
	})
	out := make([]float64, len(pairs))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && key(pairs[order[j]]) == key(pairs[order[i]]) {
			j++
		}
		for _, at := range order[i:j] {
			out[at] = float64(i+j-1) / 2
		}
		i = j
	}
	return out
}
