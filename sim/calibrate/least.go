package calibrate

import (
	"fmt"
	"strconv"

	"fathom/sim/kernel"
	"fathom/sim/price"
	"fathom/sim/score"
)

// below is the share of the least time from which a run is impossible: clocks and rounded figures are not exact.
const below = 0.95

// tooFast says which figure of a row is below the least that the device's peaks allow, and what that is; "" where none
// is, or where the row cannot be priced.
func tooFast(r *score.Row, o Options) string {
	m, formats, err := score.Stored(r)
	if err != nil {
		return ""
	}
	p, err := score.DeviceOf(r.Device, o.Profile)
	if err != nil {
		return ""
	}
	setup := r.Side.Setup(m, p)
	setup.Given = &price.Given{Formats: formats, Costs: price.Costs{Kernel: kernel.Fittable(p)}}
	shown := func(seconds float64) string { return strconv.FormatFloat(1e3*seconds, 'g', 3, 64) }
	workers := float64(max(1, r.Side.Workers))
	// Sequences of a step, by Little's law from what was measured; half of them, because some steps have fewer.
	sequences := max(1, r.Measured.Throughput*r.Measured.TPOT/workers/2)
	read, work, err := price.Least(setup, sequences, meanInput(r))
	if err != nil {
		return ""
	}
	if v := r.Measured.TPOT; v > 0 && v < below*read {
		return fmt.Sprintf("tpot_ms %s: reading the weights takes %s ms at full bandwidth; check the unit, the precision "+
			"and tp_size", shown(v), shown(read))
	}
	if v := r.Measured.Throughput; v > 0 && !r.Derived && r.Concurrency > 0 && r.Rate == 0 && !r.Burst {
		one, _, _ := price.Least(setup, 1, 1)
		if most := float64(r.Concurrency) / one; v > most/below {
			return fmt.Sprintf("out_tok_s %.4g: reading the weights at full bandwidth allows %.4g at concurrency %d; check "+
				"the unit, the precision and tp_size", v, most, r.Concurrency)
		}
	}
	if v := r.Measured.TTFT; v > 0 && v < below*work {
		return fmt.Sprintf("ttft_ms %s: the products of a prompt take %s ms at full peak; check the unit, isl, tp_size "+
			"and whether prompts were cached", shown(v), shown(work))
	}
	return ""
}

// meanInput is the mean prompt of a row; where it does not say how lengths spread, the mean of the widest spread that
// public runs draw them with.
func meanInput(r *score.Row) float64 {
	const usual = 0.2
	if r.MeanLengths {
		return float64(r.Input)
	}
	spread := usual
	if r.Spread != nil {
		spread = *r.Spread
	}
	return float64(r.Input) * (1 - spread/2)
}
