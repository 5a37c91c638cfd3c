package score

import "fathom/hw"

// Coverage is the share of measured figures that lie in the intervals of their predictions; each interval claims eight
// of ten. Nil where nothing was measured.
type Coverage struct {
	Rows       int      `json:"rows"` // not suspect, with an interval
	TTFT       *float64 `json:"ttft"`
	TPOT       *float64 `json:"tpot"`
	Throughput *float64 `json:"throughput"`
	Unlike     int      `json:"unlike_seen"` // rows like which the fit has seen no run
}

// Interval gives the ends of a figure's interval, in its own unit; ok is false where none is known.
func Interval(figure float64, b hw.Bar) (low, high float64, ok bool) {
	return b.Around(figure)
}

// coverage counts over all rows that are not suspect; nil where none carries an interval.
func coverage(rows []*Scored) *Coverage {
	var out Coverage
	var inside, all [3]float64
	for _, s := range rows {
		if s.Row.Suspect != "" || s.Predicted == nil || s.Predicted.Bars == nil {
			continue
		}
		some := false
		m, p, b := s.Row.Measured, s.Predicted.Figures, s.Predicted.Bars
		for i, v := range []struct {
			measured, predicted float64
			bar                 hw.Bar
		}{{m.TTFT, p.TTFT, b.TTFT}, {m.TPOT, p.TPOT, b.TPOT}, {m.Throughput, p.Throughput, b.Throughput}} {
			low, high, ok := Interval(v.predicted, v.bar)
			some = some || ok
			if !ok || v.measured <= 0 {
				continue
			}
			all[i]++
			if v.measured >= low && v.measured <= high {
				inside[i]++
			}
		}
		if some { // a fit to few runs earns no bar
			out.Rows++
			if reach := s.Predicted.Reach; reach != nil && reach.Unlike() {
				out.Unlike++
			}
		}
	}
	if out.Rows == 0 {
		return nil
	}
	for i, to := range []**float64{&out.TTFT, &out.TPOT, &out.Throughput} {
		if all[i] > 0 {
			share := inside[i] / all[i]
			*to = &share
		}
	}
	return &out
}

// intervalsJSON are the ends of the intervals in the units of the contract; null where one is not known.
type intervalsJSON struct {
	TTFT       *[2]float64 `json:"ttft_ms"`
	TPOT       *[2]float64 `json:"tpot_ms"`
	Throughput *[2]float64 `json:"throughput_tok_s"`
}

func (p *Prediction) intervals() *intervalsJSON {
	if p.Bars == nil {
		return nil
	}
	some := func(v, unit float64, b hw.Bar) *[2]float64 {
		low, high, ok := Interval(v*unit, b)
		if !ok {
			return nil
		}
		return &[2]float64{low, high}
	}
	return &intervalsJSON{some(p.TTFT, 1e3, p.Bars.TTFT), some(p.TPOT, 1e3, p.Bars.TPOT),
		some(p.Throughput, 1, p.Bars.Throughput)}
}
