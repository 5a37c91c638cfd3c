package hw

import (
	"maps"
	"slices"
	"strconv"
)

// Efficiency is what matrix products with weights of one width reach: shares of memory bandwidth and of the peak, and a
// fixed time in seconds, per product for linear layers and per layer for routed experts. Routed experts move each of
// their rows so many times over the hidden width through memory beside; 0: not told apart by width.
type Efficiency struct{ Memory, Compute, Overhead, Passes float64 }

// Calibrated is what a fit to measured serving runs says of a device: a few numbers of the step time of
// serving-dynamics 2, and what serving engines add to it. They stand beside the reference constants and the measured
// kernels, which a fit never touches.
type Calibrated struct {
	Source string // the runs and the method, shown to users
	Runs   int    // measured runs of this device behind the figures; 0: taken over from other devices

	Linear [NumWidths]Efficiency
	Expert [NumWidths]Efficiency // overheads and compute shares are the engine's

	AttnPrefill    float64 // causal attention of prompts, share of the 16-bit peak
	AttnDecode     float64 // reading the cache, share of memory bandwidth
	PromptOverhead float64 // seconds of a layer in a step with prompts
	Widening       float64 // vector operations to widen a weight of experts without a unit for it; 0: not known
	ExpertTile     float64 // rows with which kernels of routed experts fill their tiles up; 0: not known
	Collective     float64 // factor on the fixed time of collectives

	Engines []EngineCosts // by name

	Told map[string]Told // by the keys of the numbers (FittedNumber); nil: the file does not say it
}

// EngineCosts are the numbers of one serving engine on a device, in seconds unless they are shares.
type EngineCosts struct {
	Name string

	Arrive, ArriveSeq float64 // from a request's arrival to the scheduler, and more of it for every request in flight
	Host, HostSeq     float64 // beside the devices per step, and per sequence of it
	Read, Stream      float64 // of the front end for a token of a prompt, of an answer
	Dispatch          float64 // of a layer whose experts take rows from several attention ranks
	Progress          float64 // by which fixed times were longer a year earlier, as a logarithm
	LayerOverhead     float64 // of a layer with four 16-bit matrix products, attention and elementwise kernels

	ExpertOverhead, ExpertOverhead4 float64 // of a layer with routed experts; with 4-bit floats
	ExpertCompute, ExpertCompute4   float64 // share of the peak that routed experts reach; with 4-bit floats

	TTFT, TPOT, Throughput Bar
	Errors                 []ClassError
	Seen                   Knowledge // the runs behind the numbers and the bars
}

// Bar is the interval that held eight of ten held-back runs in cross-validation: measured / predicted. Zero: not known.
type Bar struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// repeats is by how much two runs of one deployment differ: no figure is known better than that.
const repeats = 1.05

// Around is the interval of a predicted figure; ok is false where the bar is not known. A bar of runs that all err to
// one side ends at the prediction itself; the interval reaches past it by what a run differs when it is repeated, so
// that the prediction is never the best that it claims.
func (b Bar) Around(v float64) (low, high float64, ok bool) {
	if b.Low <= 0 || b.High <= 0 || v <= 0 {
		return 0, 0, false
	}
	return v * min(b.Low, 1/repeats), v * max(b.High, repeats), true
}

// Engine finds the numbers of an engine; nil where it has none.
func (c *Calibrated) Engine(name string) *EngineCosts {
	if c == nil {
		return nil
	}
	for i := range c.Engines {
		if c.Engines[i].Name == name {
			return &c.Engines[i]
		}
	}
	return nil
}

// calibratedNumbers lists the figures of a device in the order of a template.
func calibratedNumbers(c *Calibrated) []number {
	var out []number
	for _, class := range []struct {
		name  string
		table *[NumWidths]Efficiency
	}{{"linear", &c.Linear}, {"expert", &c.Expert}} {
		for w := range NumWidths {
			p, at := &class.table[w], func(key string) []string { return []string{"calibrated", class.name, w.String(), key} }
			out = append(out, optional(share("", "0.85", &p.Memory, at("memory")...)))
			if class.name == "linear" || w == W16 || w == WInt4 {
				out = append(out, optional(share("", "0.5", &p.Compute, at("compute")...)))
			}
			if class.name == "linear" {
				out = append(out, optional(micros("", "2", &p.Overhead, at("overhead_us")...)))
			}
		}
	}
	at := func(key string) []string { return []string{"calibrated", "step", key} }
	return append(out,
		share("Causal attention of prompts against the 16-bit peak;", "0.45", &c.AttnPrefill, at("attention_prefill")...),
		share("reading the cache, against memory bandwidth;", "0.8", &c.AttnDecode, at("attention_decode")...),
		optional(micros("time of a layer more in steps with prompts;", "25", &c.PromptOverhead, at("prompt_overhead_us")...)),
		optional(number{path: at("expert_tile"), unit: plain, low: tiny, high: 4096, example: "40",
			doc: "rows with which the tiles of a routed expert are filled up;", to: &c.ExpertTile}),
		optional(number{path: at("widening"), unit: plain, high: 1e3, example: "12",
			doc: "vector operations that turn a weight of experts into 16 bits, where the device has no unit for it;",
			to:  &c.Widening}),
		number{path: at("collective"), unit: plain, low: tiny, high: 10, need: true, example: "0.9",
			doc: "factor on the fixed time of collectives.", to: &c.Collective},
	)
}

// engineNumbers lists the figures of one engine, which is the table calibrated.engine.NAME.
func engineNumbers(e *EngineCosts) []number {
	at := func(key string) []string { return []string{"calibrated", "engine", e.Name, key} }
	ratio := func(to *float64, example string, key ...string) number {
		return number{path: append(at("bar"), key...), unit: plain, low: tiny, high: 1e3, example: example, to: to}
	}
	long := func(to *float64, example, key string) number {
		return number{path: at(key), unit: micro, high: 1e7, need: true, example: example, to: to}
	}
	return []number{
		long(&e.Arrive, "25000", "arrive_us"),
		optional(long(&e.ArriveSeq, "400", "arrive_per_request_us")),
		optional(micros("", "400", &e.Host, at("host_us")...)),
		optional(micros("", "20", &e.HostSeq, at("host_per_sequence_us")...)),
		optional(micros("", "5", &e.Read, at("read_us")...)),
		optional(micros("", "60", &e.Stream, at("stream_us")...)),
		optional(micros("", "60", &e.Dispatch, at("dispatch_us")...)),
		optional(number{path: at("progress"), unit: plain, high: 3, example: "0.4", to: &e.Progress}),
		micros("", "36", &e.LayerOverhead, at("layer_overhead_us")...),
		micros("", "30", &e.ExpertOverhead, at("expert_overhead_us")...),
		micros("", "16", &e.ExpertOverhead4, at("expert_overhead_4bit_us")...),
		share("", "0.11", &e.ExpertCompute, at("expert_compute")...),
		share("", "0.16", &e.ExpertCompute4, at("expert_compute_4bit")...),
		ratio(&e.TTFT.Low, "0.8", "ttft_low"), ratio(&e.TTFT.High, "1.3", "ttft_high"),
		ratio(&e.TPOT.Low, "0.9", "tpot_low"), ratio(&e.TPOT.High, "1.1", "tpot_high"),
		ratio(&e.Throughput.Low, "0.9", "throughput_low"), ratio(&e.Throughput.High, "1.1", "throughput_high"),
	}
}

func (r *reader) calibrated(c *Calibrated) {
	c.Source = r.text(true, 2000, "calibrated", "source")
	c.Runs, _ = r.whole(0, 1<<30, "calibrated", "runs")
	for _, n := range calibratedNumbers(c) {
		r.number(n)
	}
	v, _ := r.look("calibrated", "engine")
	engines, _ := v.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(engines)) {
		path := []string{"calibrated", "engine", name}
		if !r.named(name, len(engines), path...) {
			continue
		}
		e := EngineCosts{Name: name}
		for _, n := range engineNumbers(&e) {
			r.number(n)
		}
		for _, b := range []Bar{e.TTFT, e.TPOT, e.Throughput} {
			if b.Low > b.High {
				r.fault(path, nil, "bar", decimal(b.Low), decimal(b.High))
				break
			}
		}
		r.errors(&e)
		r.seen(&e)
		c.Engines = append(c.Engines, e)
	}
	r.told(c)
}

func (w *writer) calibrated(c *Calibrated) {
	w.blank()
	w.comment("What a fit to measured serving runs says, for --fidelity calibrated: shares of memory bandwidth and of " +
		"peaks, and fixed")
	w.comment("times. linear: matrix products; expert: routed experts; by width of the weights.")
	w.table = "calibrated"
	w.line("[calibrated]")
	w.text("source", c.Source)
	w.comment("Measured runs of this device behind the figures.")
	w.line("runs = " + strconv.Itoa(c.Runs))
	w.numbers(calibratedNumbers(c))
	for i := range c.Engines {
		w.numbers(engineNumbers(&c.Engines[i]))
		w.errors(&c.Engines[i])
		w.seen(&c.Engines[i])
	}
	w.told(c)
}
