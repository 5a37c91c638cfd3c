package score

import (
	"math"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/harness"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// Known is what somebody says of runs whose files do not: empty and zero fields say nothing.
type Known struct {
	Model, Device, Precision string
	Checkpoint               *model.Model // of a directory that Model names; it is meant whatever a file calls its model
	Engine                   plan.Serving
	TP, DP, PP, EP           int
	Draft                    string  // method of speculation, "" unknown, "none"
	Acceptance               float64 // mean tokens of a speculative step
}

// FromRun puts a run of a load generator into the terms of a prediction. What neither the file nor known says, and a
// prediction cannot do without, becomes the row's fault, with the flag that says it. name is the file's, for messages.
func FromRun(run *harness.Run, known Known, name string) Row {
	r := Row{
		ID: strings.TrimSpace(name + " " + run.At), Source: name, Tool: run.Tool,
		Model: or(run.Model, known.Model), Device: or(run.Device, known.Device),
		Engine: plan.ParseServing(run.Engine), EngineText: run.Engine,
		Precision: strings.ToLower(or(run.Precision, known.Precision)), KV: strings.ToLower(run.KV), Version: run.Version,
		Input: int(math.Round(run.Input)), Output: int(math.Round(run.Output)), MeanLengths: true, Spread: run.Spread,
		Concurrency: run.Concurrency, Rate: run.Rate, Requests: run.Requests,
		Disaggregated: run.Disaggregated, Devices: run.Devices,
		Speculative: run.Speculative || known.Acceptance > 1,
		Measured:    Figures{TTFT: run.TTFT.Mean, TPOT: run.TPOT.Mean, Throughput: run.Throughput},
		Percentiles: percentilesOf(run),
		Fault:       run.Fault,
	}
	r.Path = r.Model
	if known.Checkpoint != nil {
		r.Checkpoint, r.Model, r.Path = known.Checkpoint, known.Model, known.Model
	}
	if known.Model != "" && run.Model != "" && !inCatalog(&r) { // a path of the server's own, or a name that it was given
		r.Model, r.Path = known.Model, known.Model
	}
	if r.Engine == plan.AnyServing {
		r.Engine = known.Engine
	}
	if r.Spread == nil {
		same := 0.0
		r.Spread = &same
		r.Notes = append(r.Notes, message.New("runs.spread"))
	}
	if r.Measured.TTFT == 0 { // a tool that keeps medians only
		r.median(run)
	}
	if itl := run.ITL.Mean; r.Measured.TPOT == 0 && itl > 0 && !run.Speculative { // newer SGLang prints no TPOT
		r.Measured.TPOT = itl
		r.Notes = append(r.Notes, message.New("runs.itl"))
	}
	s := run.Strategy
	r.Side = Side{Workers: s.Workers, TP: pick(s.TP, known.TP), PP: pick(s.PP, known.PP), DP: pick(s.DP, known.DP),
		EP: pick(s.EP, known.EP)}
	r.contradicts(run, &known)
	r.Prefill, r.Decode = instance(run.Prefill), instance(run.Decode)
	r.lacks()
	if r.Disaggregated {
		r.Prefill.fill(0)
		r.Decode.fill(0)
	} else {
		r.Side.fill(r.Devices)
	}
	if r.Rate > 0 {
		r.Arrival = traffic.Poisson
		if run.Even {
			r.Arrival = traffic.Even
		}
	} else {
		r.Burst = r.Requests > 0 && r.Concurrency >= r.Requests
		r.Derived = r.Measured.derive(r.Concurrency, r.Output)
	}
	if run.Failed > 0 {
		r.Notes = append(r.Notes, message.New("runs.failed", run.Failed))
	}
	return r
}

// contradicts notes where a file and a flag differ: the file was there when the run was made.
func (r *Row) contradicts(run *harness.Run, known *Known) {
	for _, v := range []struct {
		what       string
		file, flag int
	}{{"TP", run.Strategy.TP, known.TP}, {"DP", run.Strategy.DP, known.DP}, {"PP", run.Strategy.PP, known.PP},
		{"EP", run.Strategy.EP, known.EP}} {
		if v.file > 0 && v.flag > 0 && v.file != v.flag {
			r.Notes = append(r.Notes, message.New("runs.contradicts", v.what, v.file, v.flag))
		}
	}
	for _, v := range []struct {
		what       message.Message
		file, flag string
	}{{message.New("runs.precision"), run.Precision, known.Precision},
		{message.New("runs.device"), run.Device, known.Device}} {
		if v.file != "" && v.flag != "" && !strings.EqualFold(v.file, v.flag) {
			r.Notes = append(r.Notes, message.New("runs.contradicts", v.what, hw.Clean(v.file), v.flag))
		}
	}
}

// inCatalog reports whether a row's model is found by its usual spellings.
func inCatalog(r *Row) bool {
	t, err := names()
	if err != nil {
		return false
	}
	_, err = shared.modelOf(t, r)
	return err == nil
}

// median takes the medians where a file has no means, and says so.
func (r *Row) median(run *harness.Run) {
	for _, v := range []struct {
		to   *float64
		from harness.Latency
	}{{&r.Measured.TTFT, run.TTFT}, {&r.Measured.TPOT, run.TPOT}} {
		for _, p := range v.from.Percentiles {
			if p.At == 50 && *v.to == 0 {
				*v.to = p.Seconds
				r.Notes = append(r.Notes, message.New("runs.medians"))
			}
		}
	}
}

// lacks names what is missing, all of it at once.
func (r *Row) lacks() {
	if !r.Fault.IsZero() {
		return
	}
	var missing []message.Message
	var flags []string
	need := func(absent bool, what, flag string) {
		if absent {
			missing, flags = append(missing, message.New(what)), append(flags, flag)
		}
	}
	need(r.Model == "", "runs.the-model", "--model NAME")
	need(r.Device == "", "runs.the-device", "--device NAME")
	need(r.Engine == plan.AnyServing, "runs.the-engine", "--serving-engine NAME")
	need(r.Precision == "", "runs.the-precision", "--precision bf16|fp8|…")
	need(!r.Disaggregated && r.Side.TP == 0, "runs.the-tp", "--tp N")
	if len(missing) > 0 {
		r.Fault = message.New("runs.lacks", list(missing), strings.Join(flags, " "))
	}
	for _, v := range []struct {
		name string
		n    int
		most int
	}{{"runs.input", r.Input, maxTokens}, {"runs.output", r.Output, maxTokens},
		{"runs.concurrency", r.Concurrency, maxInFlight}, {"runs.tp", r.Side.TP, maxRanks}, {"runs.dp", r.Side.DP, maxRanks},
		{"runs.pp", r.Side.PP, 256}, {"runs.ep", r.Side.EP, maxRanks}} {
		if r.Fault.IsZero() && (v.n < 0 || v.n > v.most) {
			r.Fault = message.New("runs.most", message.New(v.name), v.n, v.most)
		}
	}
	r.Model, r.Path, r.Device = hw.Clean(r.Model), hw.Clean(r.Path), hw.Clean(r.Device)
}

// percentilesOf are those that predictions have too.
func percentilesOf(run *harness.Run) (out Percentiles) {
	for _, v := range []struct {
		to   *traffic.Stat
		from harness.Latency
	}{{&out.TTFT, run.TTFT}, {&out.TPOT, run.TPOT}} {
		for _, p := range v.from.Percentiles {
			if to := v.to.At(p.At); to != nil {
				*to = p.Seconds
			}
		}
	}
	return out
}

// list joins what is missing, of which there is something, as a sentence does.
func list(words []message.Message) message.Message {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return message.New("runs.and", words[:last], words[last])
}

func instance(s harness.Sizes) Side {
	return Side{Workers: s.Workers, TP: s.TP, PP: s.PP, DP: s.DP, EP: s.EP}
}

func or(first, second string) string {
	if first != "" {
		return first
	}
	return second
}

func pick(first, second int) int {
	if first > 0 {
		return first
	}
	return second
}
