package score

import (
	"fmt"
	"strings"

	"fathom/hw/message"
	"fathom/sim/harness"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// Bounds of what one row may ask for, so that a typing error does not cost hours.
const (
	maxTokens   = 1 << 22
	maxInFlight = 100_000
	maxRanks    = 4096
)

// row reads one record. Whatever is wrong with it becomes its fault.
func (h header) row(record []string, line int) Row {
	c := &cells{head: h, record: record}
	if len(record) != h.width {
		c.fault = message.New("runs.fields", len(record), h.width)
	}
	r := Row{
		Line: line, ID: c.text("id"), Model: c.text("model"), Path: c.text("model_path"), Device: c.text("gpu"),
		EngineText: c.text("backend"), Precision: strings.ToLower(c.text("precision")),
		GEMM: strings.ToLower(c.text("gemm_quant_mode")), MoE: strings.ToLower(c.text("moe_quant_mode")),
		KV:      strings.ToLower(c.text("kv")),
		Suspect: c.text("suspect"), Vendor: strings.HasPrefix(c.text("dump"), "gap-analysis/"), Spread: c.share("spread"),
		Input: c.whole("isl", maxTokens), Output: c.whole("osl", maxTokens),
		Concurrency: c.whole("concurrency", maxInFlight),
		Devices:     c.whole("devices", 1<<20), Rate: c.number("rate", 1e6),
		BatchedTokens: c.whole("batched_tokens", maxTokens), Sequences: c.whole("sequences", maxInFlight),
	}
	r.Image, r.Date, r.Version, r.Dump = c.text("image"), c.text("measured"), c.text("backend_version"), c.text("dump")
	r.CI = !r.Vendor && c.text("dump") != ""
	if r.ID == "" {
		r.ID = fmt.Sprintf("line %d", line)
	}
	r.Engine = plan.ParseServing(r.EngineText)
	if r.Rate > 0 {
		r.Arrival = traffic.Poisson
	}
	r.Disaggregated = mode(c)
	r.Side, r.Prefill, r.Decode = side(c, "", "batch_size"), side(c, "prefill_", "prefill_batch_size"),
		side(c, "decode_", "decode_batch_size")
	r.Measured = Figures{TTFT: c.milliseconds("ttft_ms"), TPOT: c.milliseconds("tpot_ms"),
		Throughput: c.number("out_tok_s", 1e9)}
	if p50 := (Figures{TTFT: c.milliseconds("ttft_p50_ms"), TPOT: c.milliseconds("tpot_p50_ms")}); r.Measured.TTFT == 0 &&
		r.Measured.TPOT == 0 && p50 != (Figures{}) {
		r.Measured.TTFT, r.Measured.TPOT, r.Medians = p50.TTFT, p50.TPOT, true
	}
	r.Study = c.text("source")
	r.studied()
	c.rate = "out_tok_s"
	if total := c.number("total_tok_s", 1e10); r.Measured.Throughput == 0 && total > 0 && r.Output > 0 {
		r.Measured.Throughput, c.rate = total*float64(r.Output)/float64(r.Input+r.Output), "total_tok_s"
	}
	if p := (Figures{TTFT: c.milliseconds("aic_silicon_ttft_ms"),
		TPOT: c.milliseconds("aic_silicon_tpot_ms")}); p.TTFT > 0 && p.TPOT > 0 {
		r.Peer = &p
	}
	if h.published() {
		r.published(c)
	}
	r.drafts(c)
	r.complete(c)
	return r
}

// published tells the set of published measurements from the others: its runs are described in words.
func (h header) published() bool {
	_, config := h.at["config"]
	_, load := h.at["load"]
	return config && load
}

func mode(c *cells) (disaggregated bool) {
	switch m := strings.ToLower(c.text("mode")); m {
	case "", "agg", "aggregated", "aggregation":
		return false
	case "disagg", "disaggregated", "disaggregation":
		return true
	default:
		c.fail("mode", m, "agg or disagg")
		return false
	}
}

// side reads the parallel sizes with a prefix. A size of 0 is one that the file does not state.
func side(c *cells, prefix, batch string) Side {
	return Side{
		Workers: c.whole(prefix+"num_workers", maxRanks), TP: c.whole(prefix+"tp_size", maxRanks),
		PP: c.whole(prefix+"pp_size", 256),
		DP: c.whole(prefix+"attention_dp_size", maxRanks), MoETP: c.whole(prefix+"moe_tp_size", maxRanks),
		EP:    c.whole(prefix+"moe_ep_size", maxRanks),
		Batch: c.whole(batch, maxInFlight),
	}
}

// complete fills what follows from the rest and checks that the row says enough.
func (r *Row) complete(c *cells) {
	sized := r.Devices > 0 || r.Side.TP > 0 || r.Prefill.TP > 0 && r.Decode.TP > 0
	if r.Disaggregated {
		r.Prefill.fill(0)
		r.Decode.fill(0)
		if t, err := names(); err == nil {
			t.laid(r)
		}
		if r.Concurrency == 0 {
			r.Concurrency, r.unloaded = r.Decode.Workers*r.Decode.Batch*r.Decode.DP, true
		}
	} else {
		r.Side.divide(r.Concurrency)
		r.Side.fill(r.Devices)
		if r.Concurrency == 0 {
			r.Concurrency = r.Side.Batch * r.Side.DP
		}
	}
	if c.head.means[c.rate].perDevice {
		r.Measured.Throughput *= float64(r.onDevices())
	}
	switch {
	case !sized && c.head.means[c.rate].perDevice && r.Measured.Throughput > 0:
		c.fail("devices", "", "the number of devices, which the throughput of one is multiplied by")
	case r.Model == "" && r.Path == "":
		c.fail("model", "", "a model name")
	case r.Device == "":
		c.fail("gpu", "", "a device name")
	case r.Input == 0:
		c.fail("isl", c.text("isl"), "the input length in tokens")
	case r.Output == 0:
		c.fail("osl", c.text("osl"), "the output length in tokens")
	case r.Concurrency == 0 && r.Rate == 0 && !r.Burst:
		c.fail("concurrency", c.text("concurrency"), "the requests in flight")
	case r.Measured == Figures{}:
		c.fail("ttft_ms", "", "at least one measured value")
	}
	if r.Fault.IsZero() {
		r.Fault = c.fault
	}
	if r.Fault.IsZero() && r.Suspect == "" {
		r.Fault = harness.TooSoon(r.Measured.TTFT, r.Measured.TPOT)
	}
	if f := &r.Measured; r.Fault.IsZero() && r.Suspect == "" && !r.Medians && r.Rate == 0 {
		r.Fault = harness.AtOdds(float64(r.Output), f.TTFT, f.TPOT, f.Throughput, r.Concurrency, r.onDevices())
	}
	if r.Arrival == traffic.Closed && !r.Burst && !r.Medians {
		r.Derived = r.Measured.derive(r.Concurrency, r.Output)
	}
	if r.Peer != nil {
		r.Peer.derive(r.Concurrency, r.Output)
	}
}

// onDevices is how many devices a run is on: as stated, else of its instances.
func (r *Row) onDevices() int {
	switch {
	case r.Devices > 0:
		return r.Devices
	case r.Disaggregated:
		return r.Prefill.devices() + r.Decode.devices()
	}
	return r.Side.devices()
}

// divide takes from the batch of an attention rank, where it is a whole fraction of the requests in flight, what the
// sizes do not say: ranks with experts that share no attention (each has its own requests), or else replicas. A file
// that does not state attention data parallelism at all has made its batches of something else.
func (s *Side) divide(concurrency int) {
	if s.Workers > 0 || s.Batch == 0 || s.DP == 0 {
		return
	}
	one := s.Batch * s.DP
	n := concurrency / one
	switch {
	case n < 2 || n*one != concurrency:
	case s.EP > 1 && s.TP > 0 && s.TP%n == 0:
		s.TP, s.DP = s.TP/n, s.DP*n
	default:
		s.Workers = n
	}
}

// fill makes stated sizes complete. Where no tensor parallel size is stated, all devices that there are hold one
// replica.
func (s *Side) fill(devices int) {
	s.PP, s.DP = max(1, s.PP), max(1, s.DP)
	if s.TP == 0 {
		s.TP = max(1, devices/(s.DP*s.PP))
	}
	n := s.TP * s.DP
	switch {
	case s.EP == 0 && s.MoETP == 0:
		s.EP, s.MoETP = 1, n
	case s.EP == 0:
		s.EP = max(1, n/s.MoETP)
	case s.MoETP == 0:
		s.MoETP = max(1, n/s.EP)
	}
	s.Workers = max(1, s.Workers)
}
