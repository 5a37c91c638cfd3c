package price

import (
	"math"

	"fathom/hw"
	"fathom/sim/kernel"
	"fathom/sim/pass"
	"fathom/sim/serve"
	"fathom/sim/traffic"
)

// operators is the operator model: reference and corrected fidelity.
type operators struct {
	*pass.Pricer
	setup pass.Setup
}

// Host is what serving-dynamics 2 assumes of every engine; passes have none of it.
func (o *operators) Host() kernel.Host     { return kernel.UnfittedHost }
func (o *operators) Bars() *hw.EngineCosts { return nil }
func (o *operators) Clock() traffic.Clock {
	return traffic.ClockFunc(func(st traffic.State) float64 { return o.step(st, o) })
}

func (o *operators) Table(s pass.Shape) Table {
	p := o.Pricer.Table(s)
	t := Table{Result: p.Result, Operators: &p, Rows: make([]Row, len(p.Rows))}
	for i := range p.Rows {
		r, n := &p.Rows[i], float64(p.Rows[i].Count)
		t.Rows[i] = Row{Name: r.Kind.String(), Shape: r.Shape(), Count: r.Count, Seconds: r.Seconds(), FLOPs: n * r.Flops(),
			Bytes: n * (r.Read + r.Write + r.Message), Bound: r.Time.Bound.String()}
	}
	return t
}

// round is the time from one step of a micro-batch to its next: in a pipeline that of all stages, at the pace of the
// slowest.
func (o *operators) round(r pass.Result) float64 {
	return math.Max(r.Seconds, float64(max(1, o.setup.Strategy.PP))*r.Slowest)
}

// step costs what a forward of the same requests costs. Forwards are about one DP rank, the fullest one. Of a context
// that falls between two whole tokens the two are mixed, so that the time is linear in it as far as the forward's is.
func (o *operators) step(st traffic.State, of serve.Forward) float64 {
	if len(st.Prompts) > 0 {
		return o.round(of.Mixed(o.pieces(st)))
	}
	mean := st.Context / float64(st.Decoding)
	whole := math.Floor(mean)
	low := o.decode(st, int(whole), of)
	if mean == whole {
		return low
	}
	return low + (mean-whole)*(o.decode(st, int(whole)+1, of)-low)
}

func (o *operators) decode(st traffic.State, total int, of serve.Forward) float64 {
	return o.round(of.Uniform(pass.Shape{Decode: true, Requests: st.Decoding, Query: max(1, st.Width), Total: total}))
}

// pieces are those of the fullest rank: prompts go round robin, so that it has every dp-th of them.
func (o *operators) pieces(st traffic.State) []pass.Piece {
	dp := max(1, o.setup.Strategy.DP)
	list := make([]pass.Piece, 0, 1+(len(st.Prompts)+dp-1)/dp)
	for i := 0; i < len(st.Prompts); i += dp {
		p := st.Prompts[i]
		list = append(list, pass.Piece{Query: p.Query, Total: p.Done + p.Query, Count: 1})
	}
	if st.Decoding > 0 {
		list = append(list, pass.Piece{Query: max(1, st.Width), Total: int(math.Ceil(st.Context / float64(st.Decoding))),
			Count: (st.Decoding + dp - 1) / dp, Decode: true})
	}
	return list
}
