package score

import (
	"fmt"
	"math"

	"fathom/hw/message"
)

// longer and oneRun say when two runs contradict each other: a token takes that much longer with at most half as many
// requests being answered. Repeated runs differ by a few hundredths. A run that contradicts so many others is out.
const (
	longer = 1.3
	oneRun = 2
)

// answered is how many requests a closed loop answers at a time (Little's law): of all in flight those beyond their
// first token.
func (r *Row) answered() float64 {
	answer := r.Measured.TPOT * float64(r.Output-1)
	return float64(r.Concurrency) * answer / (r.Measured.TTFT + answer)
}

// judge finds the runs of a file that cannot be what it says, whatever predicts them, and says why. They are shown and
// enter no sum.
func judge(rows []Row) {
	groups := map[string][]*Row{}
	for i := range rows {
		r := &rows[i]
		if r.Suspect != "" || !r.Fault.IsZero() || r.Medians || r.Measured.TTFT <= 0 || r.Measured.TPOT <= 0 || r.Rate > 0 {
			continue
		}
		if r.unloaded { // a batch of decode instances is what they are made for
			r.condemn(message.New("csv.unloaded"))
			continue
		}
		if r.Disaggregated || r.Concurrency == 0 || r.Burst || r.Draft > 0 || r.tuned {
			continue
		}
		of := fmt.Sprint(r.Model, r.Path, r.Device, r.Engine, r.Precision, r.KV, r.Side.Workers, r.Side.TP, r.Side.PP,
			r.Side.DP,
			r.Side.MoETP, r.Side.EP, r.Input, r.Output, r.CI, r.Vendor, r.Study)
		groups[of] = append(groups[of], r)
	}
	for _, runs := range groups {
		odd := make([]int, len(runs))
		last := make([]*Row, len(runs))
		for i, a := range runs {
			for j, b := range runs {
				if 2*b.answered() <= a.answered() && b.Measured.TPOT >= longer*a.Measured.TPOT {
					odd[i]++
					odd[j]++
					last[i], last[j] = b, a
				}
			}
		}
		for i, r := range runs {
			if odd[i] >= oneRun {
				o := last[i]
				r.condemn(message.New("csv.contradicts", odd[i], 1e3*r.Measured.TPOT, r.answered(), 1e3*o.Measured.TPOT,
					o.answered()))
			}
		}
	}
}

// thousandfold is a ratio of measured to predicted latencies that only another unit explains: starts of engines and
// queues lengthen a mean of a closed loop by a hundred times.
const thousandfold = 300

// units condemns a run of a closed loop all of whose latencies are a thousand times what is predicted, where no
// throughput stands beside them that Little's law could hold them against.
func (r *Row) units(p *Prediction) {
	if r.Rate > 0 || r.Burst || r.Measured.Throughput > 0 && !r.Derived {
		return
	}
	least := math.Inf(1)
	for _, v := range [][2]float64{{r.Measured.TTFT, p.TTFT}, {r.Measured.TPOT, p.TPOT}} {
		if v[0] > 0 && v[1] > 0 {
			least = math.Min(least, v[0]/v[1])
		}
	}
	if least > thousandfold && !math.IsInf(least, 1) {
		r.condemn(message.New("csv.thousandfold", least))
	}
}

// condemn leaves a run out and says why.
func (r *Row) condemn(why message.Message) { r.Suspect, r.Verdict = why.String(), why }
