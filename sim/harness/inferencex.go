package harness

import (
	"strings"

	"fathom/hw/message"
)

// InferenceX (InferenceMAX) keeps one object a run, in seconds and per GPU (utils/process_result.py).
func isInferenceX(o object) bool {
	return o.has("hw", "conc") && (o.has("infmax_model_prefix") || o.has("tput_per_gpu"))
}

func readInferenceX(o object) []Run {
	r := Run{
		Device: o.text("hw"), Model: o.text("model", "infmax_model_prefix"), Engine: engineOf(o.text("framework", "image")),
		Version: o.text("image"), Precision: o.text("precision"),
		Input: o.number("isl"), Output: o.number("osl"), Concurrency: o.count("conc"),
		TTFT: o.flat("ttft", "", 1), TPOT: o.flat("tpot", "", 1), ITL: o.flat("itl", "", 1), Latency: o.flat("e2el", "", 1),
		Disaggregated: o.yes("disagg"),
	}
	// "h200-trt" names the runner: its first part is the GPU
	r.Device, _, _ = strings.Cut(r.Device, "-")
	if s := strings.ToLower(o.text("spec_decoding")); s != "" && s != "none" {
		r.Speculative = true
	}
	// its harness draws lengths from 80 to 100% of the nominal one
	s := 0.2
	r.Spread = &s
	r.Strategy = rankSizes(o, "")
	r.Devices = r.Strategy.TP * max(1, r.Strategy.DP) * max(1, r.Strategy.PP)
	if r.Disaggregated || o.yes("is_multinode") {
		r.Prefill, r.Decode = rankSizes(o, "prefill_"), rankSizes(o, "decode_")
		r.Devices = o.count("num_prefill_gpu") + o.count("num_decode_gpu")
		if r.Disaggregated && (r.Prefill.TP == 0 || r.Decode.TP == 0) {
			r.Fault = message.New("runs.no-sizes")
		}
	}
	// over several nodes output tokens are counted per GPU of the decode instances, where there are such
	writers := r.Devices
	if n := o.count("num_decode_gpu"); n > 0 {
		writers = n
	}
	r.Throughput = o.number("output_tput_per_gpu") * float64(writers)
	if total := o.number("tput_per_gpu"); r.Throughput == 0 && r.Input+r.Output > 0 {
		r.Throughput = total * float64(r.Devices) * r.Output / (r.Input + r.Output)
	}
	return []Run{r}
}

// rankSizes reads the sizes of one kind of instance. With attention data parallelism every rank is a replica of its own
// for attention.
func rankSizes(o object, prefix string) Sizes {
	s := Sizes{Workers: o.count(prefix + "num_workers"), TP: o.count(prefix + "tp"), PP: o.count(prefix + "pp"),
		EP: o.count(prefix + "ep")}
	if o.yes(prefix+"dp_attention", prefix+"dp_attn") {
		s.TP, s.DP = 1, s.TP
	}
	return s
}
