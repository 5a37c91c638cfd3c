package report

import (
	"fathom/hw"
	"fathom/sim/plan"
)

type rowJSON struct {
	Phase        string        `json:"phase"`
	Strategy     strategyJSON  `json:"strategy"`
	Label        string        `json:"label"`
	MTP          int           `json:"mtp_tokens"`
	Draft        string        `json:"draft,omitempty"`
	Length       *float64      `json:"acceptance_length,omitempty"`
	MaxBatched   *int          `json:"max_batched_tokens"`
	Chunks       *int          `json:"prefill_chunks"`
	Batch        *int          `json:"batch_size"`
	Concurrency  *int          `json:"concurrency"`
	Throughput   *float64      `json:"throughput_tok_s"`
	PerDevice    *float64      `json:"throughput_tok_s_device"`
	TTFT         *float64      `json:"ttft_ms"`
	TPOT         *float64      `json:"tpot_ms"`
	QPS          *float64      `json:"qps"`
	Status       Status        `json:"status"`
	Reason       string        `json:"reason"`
	WeightGB     *float64      `json:"weight_gb"`
	KVGB         *float64      `json:"kv_cache_gb"`
	ActivationGB *float64      `json:"activation_gb"`
	AvailableGB  *float64      `json:"available_gb"`
	Breakdown    breakdownJSON `json:"breakdown"`
	Listed       bool          `json:"listed"`
	Pareto       bool          `json:"pareto"`
	CostPerMTok  *float64      `json:"cost_per_mtok"`
	CostPerMonth *float64      `json:"cost_per_month"`
	Samples      []sampleJSON  `json:"samples,omitempty"`
	Interval     *barsJSON     `json:"interval"` // null: uncalibrated
	Reach        *reachJSON    `json:"reach,omitempty"`
	Traffic      *trafficJSON  `json:"traffic,omitempty"`
	Power        *powerJSON    `json:"power,omitempty"` // absent where the profile states no watts
	heldJSON
}

// barsJSON are the intervals of a calibrated row, low and high, in the units of the figures.
type barsJSON struct {
	Throughput *[2]float64 `json:"throughput_tok_s"`
	TTFT       *[2]float64 `json:"ttft_ms"`
	TPOT       *[2]float64 `json:"tpot_ms"`
}

type statJSON struct {
	Mean float64 `json:"mean"`
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	// Beyond names the figures above the limit on this latency: a limit binds the mean, and what a share of the requests
	// sees may lie beyond it.
	Beyond []string `json:"beyond_limit,omitempty"`
}

type trafficJSON struct {
	Kind        string   `json:"kind"`
	Rate        *float64 `json:"sent_qps"`
	TTFT        statJSON `json:"ttft_ms"`
	TPOT        statJSON `json:"tpot_ms"`
	FirstWave   float64  `json:"ttft_first_wave_ms"`
	Steady      float64  `json:"ttft_steady_ms"`
	Throughput  float64  `json:"throughput_tok_s"`
	QPS         float64  `json:"qps"`           // requests that ended per second, of the lengths that were drawn
	Drawn       string   `json:"drawn_lengths"` // in words, and why qps is another one than the row's
	Output      *float64 `json:"output_tokens"` // of a request on average: throughput over qps
	KVPeak      float64  `json:"kv_peak"`
	Preemptions int      `json:"preemptions"`
	Bind        string   `json:"bind"`
	Saturation  *float64 `json:"saturation_qps"`
}

// strategyJSON has null for the sizes that a model or an invalid tuple does not have.
type strategyJSON struct {
	TP    *int `json:"tp"`
	PP    int  `json:"pp"`
	DP    *int `json:"dp"`
	EP    *int `json:"ep"`
	MoETP *int `json:"moe_tp"`
	MoEDP *int `json:"moe_dp"`
	DCP   int  `json:"dcp"`

	Redundant int  `json:"redundant_experts,omitempty"`
	TwoBatch  bool `json:"two_batch_overlap,omitempty"`
}

type breakdownJSON struct {
	Prefill *sharesJSON `json:"prefill"`
	Decode  *sharesJSON `json:"decode"`
}

type sharesJSON struct {
	Mem    float64 `json:"mem"`
	Comm   float64 `json:"comm"`
	Cube   float64 `json:"cube"`
	Vec    float64 `json:"vec"`
	Static float64 `json:"static"` // of the whole step; the four above are shares of their own sum
}

type sampleJSON struct {
	Tokens   int     `json:"tokens"`
	Ratio    float64 `json:"ratio"`
	Requests int     `json:"requests"`
}

type ratioJSON struct {
	Prefill          rowJSON     `json:"prefill"`
	Decode           rowJSON     `json:"decode"`
	PrefillQPS       float64     `json:"prefill_qps"`
	DecodeQPS        float64     `json:"decode_qps"`
	Balanced         float64     `json:"balanced_qps"`
	BalancedRange    *[2]float64 `json:"balanced_range"`
	PDRatio          float64     `json:"pd_ratio"`
	PrefillInstances *int        `json:"prefill_instances"`
	DecodeInstances  *int        `json:"decode_instances"`
	TotalDevices     *int        `json:"total_devices"`
	Bottleneck       string      `json:"bottleneck"`
	SystemQPS        *float64    `json:"system_qps"`
	SystemRange      *[2]float64 `json:"system_range,omitempty"`
	CostPerMTok      *float64    `json:"cost_per_mtok"`
	CostPerMonth     *float64    `json:"cost_per_month"`
	PrefillDevice    *string     `json:"prefill_device"`
	DecodeDevice     *string     `json:"decode_device"`
	TransferMS       *float64    `json:"kv_transfer_ms"`
	TransferBytes    *float64    `json:"kv_bytes_per_request"`
	TransferExposed  *float64    `json:"kv_transfer_exposed_ms"` // what of it TTFT waits for
	TransferPath     *string     `json:"kv_path"`                // link, rdma, host
	TransferLink     *string     `json:"kv_link,omitempty"`      // what it is called
	TransferGBs      *float64    `json:"kv_gbs,omitempty"`       // of one device, what is reached of it, 1e9 bytes/s
	TransferOverlap  *string     `json:"kv_overlap,omitempty"`   // of its sending with the prefill: layer, none
	Power            *powerJSON  `json:"power,omitempty"`
	TTFT             *float64    `json:"ttft_ms"` // with the wait for the cache where that counts
	Left             *leftJSON   `json:"left,omitempty"`

	Traffic  *trafficJSON `json:"traffic,omitempty"`
	InFlight *int         `json:"held_concurrency,omitempty"` // under which the limits hold
	heldJSON
}

// leftJSON are the devices that a searched split leaves over; instance_devices, with label and qps, is one instance
// more that they make up.
type leftJSON struct {
	Devices  int      `json:"devices"`
	Phase    *string  `json:"phase"`
	Instance *int     `json:"instance_devices"`
	Label    *string  `json:"label"`
	QPS      *float64 `json:"system_qps"`
	Needs    *int     `json:"smallest_instance"`
	Short    *string  `json:"short_phase,omitempty"` // whose stock cannot hold what would help
	Room     *int     `json:"short_stock,omitempty"` // what that stock has left
}

type capacityJSON struct {
	QPS         *float64   `json:"target_qps"`
	Concurrency *int       `json:"target_concurrency"`
	Plan        *fleetJSON `json:"plan"`
	Cheaper     *fleetJSON `json:"next_cheaper"`
	Breaks      string     `json:"breaks"`
}

type fleetJSON struct {
	Replicas     *int       `json:"replicas"`
	Prefills     *int       `json:"prefill_instances"`
	Decodes      *int       `json:"decode_instances"`
	Devices      int        `json:"devices"`
	QPS          float64    `json:"qps"`
	Concurrency  int        `json:"concurrency"`
	CostPerMonth *float64   `json:"cost_per_month"`
	Row          *rowJSON   `json:"row"`
	Ratio        *ratioJSON `json:"ratio"`
}

// versusJSON is an aggregated fleet beside a split. Figures are those of its own devices; the lead of the split over it
// with those beside it is a share of what they serve.
type versusJSON struct {
	*fleetJSON
	Device    string      `json:"device"`
	Range     *[2]float64 `json:"range"`                // of qps
	Beside    *versusJSON `json:"beside,omitempty"`     // on the other kind of hardware
	Lead      *float64    `json:"split_lead,omitempty"` // absent where there is no split
	LeadRange *[2]float64 `json:"split_lead_range,omitempty"`
}

func versus(v *Versus) *versusJSON {
	if v == nil {
		return nil
	}
	own := *v
	own.Beside = nil
	return &versusJSON{fleetJSON: fleet(&Fleet{Row: &v.Row, Replicas: v.Replicas, Devices: v.Devices, QPS: v.QPS,
		Concurrency: v.Replicas * v.Row.Concurrency}), Device: hw.Clean(v.Device), Range: ends(own.Range(), 1),
		Beside: versus(v.Beside)}
}

func row(r *Row) rowJSON {
	s := r.Strategy
	out := rowJSON{Phase: r.Phase.String(), Label: hw.Clean(r.Label), MTP: r.MTP, Draft: r.Draft,
		Length: unlessZero(Six(r.Length)),
		Strategy: strategyJSON{TP: unlessZero(s.TP), PP: max(1, s.PP), DP: unlessZero(s.DP), EP: unlessZero(s.EP),
			MoETP: unlessZero(s.MoETP),
			MoEDP: unlessZero(s.MoEDP), DCP: max(1, s.DCP), Redundant: s.RedundantExperts, TwoBatch: s.TwoBatch},
		MaxBatched: unlessZero(r.MaxBatched), Batch: unlessZero(r.Batch), Concurrency: unlessZero(r.Concurrency),
		Throughput: unlessZero(Six(r.Throughput)), PerDevice: unlessZero(Six(r.PerDevice)), TTFT: Maybe(r.TTFT),
		TPOT: Maybe(r.TPOT), QPS: Maybe(r.QPS),
		Status: r.Status, Reason: hw.Clean(r.Reason.String()), Listed: r.Listed, Pareto: r.Pareto,
		CostPerMTok: Maybe(r.CostPerMTok), CostPerMonth: Maybe(r.CostPerMonth), Power: powerOf(r.Power),
		Breakdown: breakdownJSON{sharesOf(r.Prefill), sharesOf(r.Decode)}}
	if r.Phase != plan.PhaseDecode {
		out.Chunks = unlessZero(r.Chunks)
	}
	if r.Status == Invalid {
		out.Strategy.DP = nil // a tuple that makes no layout has no replicas
		return out
	}
	if !r.NoMemory {
		out.WeightGB, out.KVGB, out.ActivationGB, out.AvailableGB = ptr(Six(r.WeightGB)), ptr(Six(r.KVGB)),
			ptr(Six(r.ActivationGB)), ptr(Six(r.AvailableGB))
	}
	out.Interval, out.Reach, out.Traffic = bars(r), reached(r.Reach), trafficOf(r.Traffic)
	out.heldJSON = heldOf(r.Held)
	for _, x := range r.Samples {
		out.Samples = append(out.Samples, sampleJSON{x.Tokens, Six(x.Ratio), x.Requests})
	}
	return out
}

func sharesOf(s *Shares) *sharesJSON {
	if s == nil {
		return nil
	}
	return &sharesJSON{Six(s.Mem), Six(s.Comm), Six(s.Cube), Six(s.Vec), Six(s.Static)}
}

func ratio(r *Ratio) ratioJSON {
	out := ratioJSON{Prefill: row(&r.Prefill), Decode: row(&r.Decode), PrefillQPS: Six(r.PrefillQPS),
		DecodeQPS: Six(r.DecodeQPS),
		Balanced:  Six(r.Balanced), BalancedRange: ends(r.Range(), 1), SystemRange: ends(r.SystemRange(),
			1), PDRatio: Six(r.PDRatio),
		PrefillInstances: r.PrefillInstances, DecodeInstances: r.DecodeInstances,
		TotalDevices: r.TotalDevices, Bottleneck: r.Bottleneck, SystemQPS: Maybe(r.SystemQPS),
		CostPerMTok: Maybe(r.CostPerMTok), CostPerMonth: Maybe(r.CostPerMonth), Traffic: trafficOf(r.Traffic),
		Power: powerOf(r.Power)}
	named := func(s string) *string {
		if s == "" {
			return nil
		}
		return ptr(hw.Clean(s))
	}
	if out.heldJSON = heldOf(r.Held); r.Held != nil {
		out.InFlight = ptr(r.Held.Concurrency)
	}
	out.PrefillDevice, out.DecodeDevice = named(r.PrefillDevice), named(r.DecodeDevice)
	out.TTFT = Maybe(r.TTFT())
	if l := r.Left; l != nil {
		out.Left = &leftJSON{Devices: l.Devices, Needs: unlessZero(l.Needs)}
		if l.Instance > 0 {
			out.Left.Phase, out.Left.Instance = ptr(l.Phase.String()), ptr(l.Instance)
			out.Left.Label, out.Left.QPS = named(l.Label), ptr(Six(l.QPS))
		}
		if l.Short {
			out.Left.Short, out.Left.Room = ptr(l.Phase.String()), ptr(l.Room)
		}
	}
	if t := r.Transfer; t != nil {
		out.TransferOverlap = ptr("none")
		if t.ByLayer {
			out.TransferOverlap = ptr("layer")
		}
		out.TransferMS, out.TransferBytes, out.TransferExposed = ptr(Six(t.MS)), ptr(Six(t.Bytes)), ptr(Six(t.Exposed))
		out.TransferPath, out.TransferLink, out.TransferGBs = named(t.Path), named(t.Link), ptr(Six(t.GBs))
	}
	return out
}

func capacity(c *Capacity) *capacityJSON {
	if c == nil {
		return nil
	}
	return &capacityJSON{QPS: unlessZero(Six(c.QPS)), Concurrency: unlessZero(c.Concurrency), Plan: fleet(c.Plan),
		Cheaper: fleet(c.Cheaper), Breaks: hw.Clean(c.Breaks.String())}
}

func fleet(f *Fleet) *fleetJSON {
	if f == nil {
		return nil
	}
	out := &fleetJSON{Replicas: unlessZero(f.Replicas), Prefills: unlessZero(f.Prefills), Decodes: unlessZero(f.Decodes),
		Devices: f.Devices,
		QPS:     Six(f.QPS), Concurrency: f.Concurrency, CostPerMonth: Maybe(f.CostPerMonth)}
	if f.Row != nil {
		out.Row = ptr(row(f.Row))
	}
	if f.Ratio != nil {
		out.Ratio = ptr(ratio(f.Ratio))
	}
	return out
}

func bars(r *Row) *barsJSON {
	if r.ThroughputRange == nil && r.TTFTRange == nil && r.TPOTRange == nil {
		return nil
	}
	return &barsJSON{ends(r.ThroughputRange, 1), ends(r.TTFTRange, 1), ends(r.TPOTRange, 1)}
}

// ends of an interval in another unit, scale times as large; null for one that is not known.
func ends(b *Interval, scale float64) *[2]float64 {
	if b == nil {
		return nil
	}
	return &[2]float64{Six(scale * b.Low), Six(scale * b.High)}
}

func statOf(s Stat) statJSON {
	return statJSON{Mean: Six(s.Mean), P50: Six(s.P50), P90: Six(s.P90), P99: Six(s.P99)}
}

func trafficOf(t *Traffic) *trafficJSON {
	if t == nil {
		return nil
	}
	stat := func(s Stat, limit float64) statJSON {
		out := statOf(s)
		for _, x := range []struct {
			name string
			v    float64
		}{{"mean", s.Mean}, {"p50", s.P50}, {"p90", s.P90}, {"p99", s.P99}} {
			if t.Beyond(x.v, limit) != "" {
				out.Beyond = append(out.Beyond, x.name)
			}
		}
		return out
	}
	return &trafficJSON{Kind: t.Kind.String(), Rate: unlessZero(Six(t.Rate)), TTFT: stat(t.TTFT, t.TTFTLimit),
		TPOT:      stat(t.TPOT, t.TPOTLimit),
		FirstWave: Six(t.FirstWave),
		Steady:    Six(t.Steady), Throughput: Six(t.Throughput), QPS: Six(t.QPS), Output: t.output(),
		Drawn: t.drawn(), KVPeak: Six(t.KVPeak),
		Preemptions: t.Preemptions, Bind: t.Bind,
		Saturation: Maybe(t.Capacity)}
}

// drawn says which lengths the requests of a benchmark have.
func (t *Traffic) drawn() string {
	lengths := "80 to 100% of the lengths asked for"
	if len(t.Classes) > 0 {
		lengths = "the lengths of their classes"
	}
	return "requests have " + lengths + "; qps here counts those that ended per second, qps of the row is tokens per " +
		"second over the output length"
}

// output is how many tokens a request of a benchmark has on average.
func (t *Traffic) output() *float64 {
	if t.QPS <= 0 {
		return nil
	}
	return ptr(Six(t.Throughput / t.QPS))
}
