package hw

// number is one figure of a profile file: where it stands, its unit, what is plausible, and where it goes. The same
// table reads files, judges them and writes templates, so that the three cannot disagree.
type number struct {
	path    []string
	unit    unit
	low     float64 // in the unit of the file, like high
	high    float64
	need    bool
	example string
	doc     string
	to      *float64
}

// tiny is the least of any figure that others divide by: a result could overflow below it.
const tiny = 1e-3

func (n number) key() string { return n.path[len(n.path)-1] }

// dtypeFields are the peaks of one unit, any of which may be absent.
func dtypeFields(table, doc string, peaks *[NumDTypes]float64) []number {
	var out []number
	for d := range NumDTypes {
		out = append(out, number{path: []string{table, d.String()}, unit: tera, low: tiny, high: 1e6, example: "376",
			to: &peaks[d]})
	}
	out[0].doc = doc
	return out
}

func share(doc, example string, to *float64, path ...string) number {
	return number{path: path, unit: plain, low: tiny, high: 1, need: true, example: example, doc: doc, to: to}
}

func optional(n number) number {
	n.need = false
	return n
}

func micros(doc, example string, to *float64, path ...string) number {
	return number{path: path, unit: micro, high: 1e5, need: true, example: example, doc: doc, to: to}
}

func gigabytes(doc, example string, to *float64, path ...string) number {
	return number{path: path, unit: giga, low: tiny, high: 1e6, need: true, example: example, doc: doc, to: to}
}

// numbers lists the figures of a profile outside the grid's levels and the kernel tables, in the order of a template.
func numbers(p *Profile) []number {
	out := dtypeFields("cube_tflops",
		"Dense peak of the matrix unit by number format, 1e12 operations/s. Leave out what the device lacks.", &p.Cube)
	out = append(out, dtypeFields("vec_tflops", "Peak of the vector unit, likewise.", &p.Vec)...)
	return append(out,
		number{path: []string{"memory", "capacity_gib"}, unit: gib, low: tiny, high: 1e5, need: true, example: "64",
			doc: "1 GiB = 1024^3 bytes.", to: &p.MemoryBytes},
		number{path: []string{"memory", "bandwidth_tibs"}, unit: tib, low: tiny, high: 1e3, example: "1.6",
			doc: "1 TiB/s = 1024^4 bytes/s; or bandwidth_gbs, 1 GB/s = 1e9 bytes/s.", to: &p.MemoryBandwidth},
		optional(gigabytes("1 GB/s = 1e9 bytes/s; or bandwidth_tibs, 1 TiB/s = 1024^4 bytes/s.", "3350", &p.MemoryBandwidth,
			"memory", "bandwidth_gbs")),
		share("Share of the bandwidth that operators reach.", "0.6", &p.MemoryEff, "memory", "efficiency"),
		share("Share of both peaks that operators reach.", "0.7", &p.ComputeEff, "compute", "efficiency"),
		micros("Fixed time of an operator by its class.", "5", &p.Static.Cube, "static_us", "cube"),
		micros("", "2", &p.Static.Vec, "static_us", "vec"),
		micros("", "10", &p.Static.Comm, "static_us", "comm"),
		optional(gigabytes("Link to the host, one direction.", "64", &p.HostBandwidth, "host", "bandwidth_gbs")),
		number{path: []string{"host", "memory_gib"}, unit: gib, low: tiny, high: 1e6, example: "256",
			doc: "Memory of the server for each of its devices, 1 GiB = 1024^3 bytes.", to: &p.HostMemory},
		number{path: []string{"host", "power_w"}, unit: plain, low: tiny, high: 1e5, example: "700",
			doc: "Most that one device draws (TDP).", to: &p.PowerWatts},
		number{path: []string{"host", "idle_w"}, unit: plain, low: tiny, high: 1e5, example: "74",
			doc: "Of one device with a model loaded and nothing to do.", to: &p.IdleWatts},
	)
}

// levelNumbers are the figures of one level, which is the table grid.level.START.
func levelNumbers(l *Level, start string) []number {
	return []number{
		gigabytes("One direction, 1 GB/s = 1e9 bytes/s.", "196", &l.Bandwidth, "grid", "level", start, "bandwidth_gbs"),
		micros("", "0.5", &l.Latency, "grid", "level", start, "latency_us"),
		share("Reached share of the bandwidth.", "0.7", &l.Efficiency, "grid", "level", start, "efficiency"),
	}
}

// networkNumbers are the figures of the table network.
func networkNumbers(l *Level) []number {
	return []number{
		gigabytes("Of one device, one direction, 1 GB/s = 1e9 bytes/s.", "25", &l.Bandwidth, "network", "bandwidth_gbs"),
		micros("", "5", &l.Latency, "network", "latency_us"),
		share("Reached share of the bandwidth.", "0.7", &l.Efficiency, "network", "efficiency"),
	}
}

// kernelNumbers lists the plain figures of the kernel table; all may be absent.
func kernelNumbers(k *Kernel) []number {
	at := func(key string) []string { return []string{"kernel", "step", key} }
	return []number{
		{path: []string{"kernel", "reserved_gib"}, unit: gib, high: 1e5, example: "3.5",
			doc: "Memory that engines keep beside weights, KV cache and collective buffers.", to: &k.ReservedBytes},
		optional(share("Constants of a step: linear layers against memory bandwidth,", "0.83", &k.Step.GEMMMemory,
			at("gemm_memory")...)),
		optional(share("against the bf16 peak,", "0.79", &k.Step.GEMMBF16, at("gemm_bf16")...)),
		optional(share("against the fp8 or fp4 peak;", "0.55", &k.Step.GEMMQuantised, at("gemm_quantised")...)),
		optional(share("causal prefill attention against the bf16 peak;", "0.47", &k.Step.AttnPrefill,
			at("attention_prefill")...)),
		optional(share("decode attention: KV bytes against memory bandwidth;", "0.8", &k.Step.AttnDecode,
			at("attention_decode")...)),
		optional(share("weights of the experts that are hit, against memory bandwidth,", "0.85", &k.Step.MoEMemory,
			at("moe_memory")...)),
		optional(share("routed experts against the peak of their precision;", "0.35", &k.Step.MoECompute,
			at("moe_compute")...)),
		optional(micros("fixed time of every layer.", "35", &k.Step.LayerOverhead, at("layer_overhead_us")...)),
	}
}

// product is one inline table of what matrix products of a format reach. Older files name it otherwise.
type product struct {
	path []string
	old  []string // last keys that stand for the same
	to   *Efficiency
}

func (p product) numbers() []number {
	sub := func(key string) []string { return append(p.path[:len(p.path):len(p.path)], key) }
	return []number{
		share("", "0.8", &p.to.Memory, sub("memory")...),
		share("", "0.7", &p.to.Compute, sub("compute")...),
		micros("", "5", &p.to.Overhead, sub("overhead_us")...),
		optional(number{path: sub("passes"), unit: plain, high: 100, example: "5", to: &p.to.Passes}),
	}
}

// products lists the matrix products of a kernel table.
func products(linear, expert *[NumFormats]Efficiency, at ...string) []product {
	var out []product
	for _, c := range []struct {
		name  string
		table *[NumFormats]Efficiency
	}{{"linear", linear}, {"expert", expert}} {
		for f := range NumFormats {
			if row := f.Row(); row.Kernels == f {
				out = append(out, product{append(at[:len(at):len(at)], c.name, f.String()), row.Aliases, &c.table[f]})
			}
		}
	}
	return out
}

// sumNumbers are the other figures of kernel sums, which are the table kernel.sum.
func sumNumbers(s *Sum) []number {
	at := func(key string) []string { return []string{"kernel", "sum", key} }
	return []number{
		share("Causal attention of prompts against the 16-bit peak;", "0.55", &s.AttnPrefill, at("attention_prefill")...),
		share("reading the cache, against memory bandwidth.", "0.85", &s.AttnDecode, at("attention_decode")...),
		micros("Of a layer: attention and elementwise kernels;", "20", &s.LayerOverhead, at("layer_overhead_us")...),
		micros("more in passes with prompts;", "50", &s.PromptOverhead, at("prompt_overhead_us")...),
		optional(micros("more with latent attention.", "40", &s.LatentOverhead, at("latent_overhead_us")...)),
		optional(number{path: at("expert_row_ns"), unit: nano, high: 1e6, example: "4",
			doc: "Routed experts, for a row that they work on;", to: &s.ExpertRow}),
		optional(share("The fullest of n ranks has n^skew times the mean;", "0.35", &s.Skew, at("expert_skew")...)),
		optional(number{path: at("expert_half_rate_width"), unit: plain, high: 1e5, example: "60",
			doc: "inner width per rank at which weights come half as fast;", to: &s.HalfRateWidth}),
		optional(number{path: at("expert_token_passes"), unit: plain, high: 100, example: "3",
			doc: "passes over the hidden width for every token, whatever the rank's experts.", to: &s.TokenPasses}),
		optional(share("t tokens choose as many experts as t^spread that choose at random.", "0.88", &s.ExpertCoverage,
			at("expert_coverage")...)),
		optional(share("Rows of attention ranks to experts and back: share of the link, and time per call.", "0.9", &s.Gather,
			at("gather")...)),
		optional(micros("", "60", &s.GatherFixed, at("gather_fixed_us")...)),
		optional(share("The same between servers.", "0.5", &s.GatherWide, at("gather_wide")...)),
		optional(micros("", "200", &s.GatherWideFixed, at("gather_wide_fixed_us")...)),
		{path: at("error"), unit: plain, high: 10, example: "0.06", doc: "Median error of models that the fit had not seen;",
			to: &s.Err},
		{path: at("error_linear"), unit: plain, high: 10, example: "0.05",
			doc: "of single classes of kernels in the passes that were fitted.", to: &s.Errors[0]},
		{path: at("error_attention"), unit: plain, high: 10, example: "0.05", to: &s.Errors[1]},
		{path: at("error_experts"), unit: plain, high: 10, example: "0.05", to: &s.Errors[2]},
		{path: at("error_collectives"), unit: plain, high: 10, example: "0.05", to: &s.Errors[3]},
	}
}

// groupNumbers are the figures of one group size, which is the table kernel.group.RANKS.
func groupNumbers(g *Group, ranks string) []number {
	at := func(key string) []string { return []string{"kernel", "group", ranks, key} }
	return []number{
		optional(micros("", "2.7", &g.Fixed, at("fixed_us")...)),
		optional(gigabytes("", "273", &g.Payload, at("payload_gbs")...)),
		optional(micros("", "2.9", &g.Curve.Fixed, at("curve_fixed_us")...)),
		optional(gigabytes("", "268", &g.Curve.Payload, at("curve_payload_gbs")...)),
		optional(micros("", "75", &g.Curve.Ramp, at("curve_ramp_us")...)),
		{path: at("curve_ramp_mib"), unit: mib, high: 1e6, example: "4", to: &g.Curve.RampBytes},
		{path: at("error"), unit: plain, high: 10, example: "0.05", to: &g.Err},
		{path: at("buffer_mib"), unit: mib, high: 1e6, example: "342", to: &g.BufferBytes},
	}
}

// allowed is false for NaN too, which compares with nothing.
func (n number) allowed(v float64) bool { return v >= n.low && v <= n.high }
