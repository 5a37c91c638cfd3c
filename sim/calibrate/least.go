package calibrate

import (
	"strconv"

	"fathom/hw/message"
	"fathom/sim/kernel"
	"fathom/sim/price"
	"fathom/sim/score"
)

// below is the share of the least time from which a run is impossible: clocks and rounded figures are not exact.
const below = 0.95

// tooFast says which figure of a row is below the least that the device's peaks allow, and what that is; "" where none
// is, or where the row cannot be priced.
func tooFast(r *score.Row, o Options) message.Message {
	m, formats, err := score.Stored(r)
	if err != nil {
		return message.Message{}
	}
	p, err := score.DeviceOf(r.Device, o.Profile)
	if err != nil {
		return message.Message{}
	}
	setup := r.Side.Setup(m, p)
	setup.Given = &price.Given{Formats: formats, Costs: price.Costs{Kernel: kernel.Fittable(p)}}
	shown := func(seconds float64) string { return strconv.FormatFloat(1e3*seconds, 'g', 3, 64) }
	workers := float64(max(1, r.Side.Workers))
	// Sequences of a step, by Little's law from what was measured; half of them, because some steps have fewer.
	sequences := max(1, r.Measured.Throughput*r.Measured.TPOT/workers/2)
	read, work, err := price.Least(setup, sequences, meanInput(r))
	if err != nil {
		return message.Message{}
	}
	if v := r.Measured.TPOT; v > 0 && v < below*read {
		return message.New("refit.tpot", shown(v), shown(read))
	}
	if v := r.Measured.Throughput; v > 0 && !r.Derived && r.Concurrency > 0 && r.Rate == 0 && !r.Burst {
		one, _, _ := price.Least(setup, 1, 1)
		if most := float64(r.Concurrency) / one; v > most/below {
			return message.New("refit.throughput", v, most, r.Concurrency)
		}
	}
	if v := r.Measured.TTFT; v > 0 && v < below*work {
		return message.New("refit.ttft", shown(v), shown(work))
	}
	return message.Message{}
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
