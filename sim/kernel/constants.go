package kernel

import (
	"math"

	"fathom/hw"
)

// Constants are the numbers of the step time: shares of peaks, and fixed times in seconds.
type Constants struct {
	Linear [hw.NumFormats]hw.Efficiency // overheads are per matrix product
	Expert [hw.NumFormats]hw.Efficiency // overheads are per layer

	// Routed experts beside their weights and arithmetic: ExpertPasses times the rows that they work on (each token once
	// for every expert of its own) are moved through memory; the fullest of n expert ranks has n^Skew times the mean; and
	// t tokens choose as many different experts as t^ExpertCoverage tokens that choose at random.
	ExpertPasses, Skew, ExpertCoverage float64
	Fullest                            bool // experts are read by the rank that has most of those that tokens choose
	// rows with which the kernels of an expert fill their tiles up, on average; 0: none
	ExpertTile    float64
	ExpertRow     float64 // seconds of such a row beside
	Widening      float64 // vector operations to turn a weight of experts into 16 bits, where there is no unit for it
	HalfRateWidth float64 // inner width of a rank's experts at which their weights come half as fast
	TokenPasses   float64 // times that every token is moved beside, whatever the rank's experts
	// of elementwise kernels over the inner width of a dense MLP, beside 8 over the hidden one
	InnerPasses  float64
	LinearPasses float64 // over the rows that matrix products read and write, beside their arithmetic
	// To gather and scatter the rows of attention ranks, experts reach a share of the link (0: hidden behind other work)
	// and take a fixed time per call.
	Gather, GatherFixed         float64 // within a server, and beyond it where that was not measured by itself
	GatherWide, GatherWideFixed float64 // between servers; 0: not measured
	Dispatch                    float64 // of a layer whose experts take rows from several attention ranks
	LatentOverhead              float64 // of a layer with latent attention and its projections, beside LayerOverhead

	AttnPrefill         float64 // causal attention of prompts, share of the peak
	AttnDecode          float64 // reading the cache, share of memory bandwidth
	LayerOverhead       float64 // of a dense layer with grouped attention and 16-bit weights
	KernelOverhead      float64 // of a layer, for every matrix product beyond the four of such a layer
	PromptOverhead      float64 // of a layer in a step with prompt pieces
	Reduce              float64 // factor on the fixed time of collectives
	SharedExpertOverlap bool    // in steps without prompts shared experts run beside the routed ones
	AttnInCache         bool    // attention multiplies in the format of the cache where kernels do, else in 16 bits
	Curve               bool    // all-reduces follow a measured curve where there is one, not the line
	// Eager is what the host needs to launch a kernel in decode steps of more sequences than the largest captured graph
	// holds, which is one where Captured is 0, and then in steps with prompts too; 0: every step has a graph. PromptEager
	// is the same for steps with prompts only, of more tokens than PromptCaptured.
	Eager, PromptEager float64
	Captured           int
	PromptCaptured     int
	Graph              int     // sequences of a rank that every decode step is filled up to; 0: graphs fit
	Progress           float64 // logarithm of what the fixed times of an engine were longer by a year earlier
}

// Aged are the constants of an engine so many years before the runs that they were fitted to.
func (c Constants) Aged(years float64) Constants {
	longer := math.Exp(c.Progress * math.Max(0, years))
	c.LayerOverhead *= longer
	c.KernelOverhead *= longer
	for f := range c.Expert {
		c.Expert[f].Overhead *= longer
	}
	return c
}

// Unfitted are the step constants of serving-dynamics 2, from the profile where it states its own. The layer overhead
// there covers four matrix products, attention and elementwise kernels of a dense layer; the overheads beyond it are
// those of a bf16 product and of routed experts in decode, much the same on three generations (peer kernel tables,
// nvidia_devices).
func Unfitted(p *hw.Profile) Constants {
	step := hw.Step{
		GEMMMemory: 0.83, GEMMBF16: 0.79, GEMMQuantised: 0.55,
		AttnPrefill: 0.47, AttnDecode: 0.80,
		MoEMemory: 0.85, MoECompute: 0.35,
		LayerOverhead: 35e-6,
	}
	if p.Kernel != nil {
		own := p.Kernel.Step
		for _, v := range []struct{ to, own *float64 }{
			{&step.GEMMMemory, &own.GEMMMemory}, {&step.GEMMBF16, &own.GEMMBF16}, {&step.GEMMQuantised, &own.GEMMQuantised},
			{&step.AttnPrefill, &own.AttnPrefill}, {&step.AttnDecode, &own.AttnDecode},
			{&step.MoEMemory, &own.MoEMemory}, {&step.MoECompute, &own.MoECompute}, {&step.LayerOverhead, &own.LayerOverhead},
		} {
			if *v.own > 0 {
				*v.to = *v.own
			}
		}
	}
	c := Constants{
		AttnPrefill: step.AttnPrefill, AttnDecode: step.AttnDecode,
		LayerOverhead: step.LayerOverhead, KernelOverhead: 4e-6, Reduce: 1, ExpertCoverage: 1,
	}
	for f := range hw.NumFormats {
		c.Linear[f] = hw.Efficiency{Memory: step.GEMMMemory, Compute: step.GEMMQuantised}
		if w := f.Row().Width; w == hw.W16 || w == hw.WInt4 {
			c.Linear[f].Compute = step.GEMMBF16
		}
		c.Expert[f] = hw.Efficiency{Memory: step.MoEMemory, Compute: step.MoECompute, Overhead: 25e-6}
	}
	return c
}

// allReduce is the time of one all-reduce: fixed + bytes / rate, and a ramp that large messages pay in full and small
// ones in part, ramp * bytes / (bytes + half), because they reach less of the bandwidth.
type allReduce struct{ fixed, rate, ramp, half float64 }

// seconds of one all-reduce; factor is on the fixed time.
func (a *allReduce) seconds(bytes, factor float64) float64 {
	t := a.fixed*factor + bytes/a.rate
	if a.ramp > 0 {
		t += a.ramp * bytes / (bytes + a.half)
	}
	return t
}

// reduce gives the numbers of an all-reduce over n ranks: measured, or a ring over the slowest link that it spans. A
// rate of 0 means that there is none.
func reduce(p *hw.Profile, n int, curve bool) allReduce {
	if n <= 1 {
		return allReduce{}
	}
	if p.Kernel != nil {
		switch g, ok := p.Kernel.Group(n); {
		case ok && curve && g.Curve.Payload > 0:
			return allReduce{g.Curve.Fixed, g.Curve.Payload, g.Curve.Ramp, g.Curve.RampBytes}
		case ok && g.Payload > 0:
			return allReduce{fixed: g.Fixed, rate: g.Payload}
		}
	}
	link := p.Grid.Link(n, 1)
	if link.Bandwidth <= 0 {
		return allReduce{}
	}
	// A ring moves 2(n-1)/n of the message over every link.
	return allReduce{fixed: 2 * link.Latency, rate: link.Bandwidth * float64(n) / (2 * float64(n-1))}
}
