package sample

import (
	"fathom/hw/message"
	"fathom/state"
	"fathom/state/table"
)

// Measured is the answer to a drop of files: two runs of the row that the plan's best is, one of them at another
// concurrency, one run of other lengths, and one that nothing can be said of.
func Measured(e state.Measure) state.Measured {
	q, r := e.Source.Request, e.Source.Row
	out := state.Measured{Source: e.Source, Path: "/home/you/" + e.Source.Path,
		Lost: []state.LostFile{{Path: "/home/you/runs/cut.json", Why: message.New("runs.empty")}},
		Target: state.FitTarget{Device: e.Source.Device, Name: e.Source.Device + "_CALIBRATED",
			Path: "/home/you/.config/fathom/devices/" + e.Source.Device + "_CALIBRATED.toml"}}
	if q == nil || r == nil || r.TTFT == nil || r.TPOT == nil {
		return out
	}
	run := table.MeasuredRun{Path: out.Path, ID: "vllm_bench.json", Tool: "vLLM", Model: q.Model.Name,
		Device: e.Source.Device, Engine: "vLLM", Precision: "w8a8", TP: r.Strategy.TP, PP: max(1, r.Strategy.PP),
		DP: r.Strategy.DP, EP: r.Strategy.EP, Devices: q.Devices, Input: q.InputLength, Output: q.OutputLength,
		Concurrency: r.Concurrency, TTFT: 0.8 * *r.TTFT, TPOT: 1.3 * *r.TPOT, Throughput: 0.8 * r.Throughput,
		Notes: []message.Message{message.New("runs.medians")}}
	run.Lines = []table.MeasuredLine{
		{Name: "TTFT", Unit: "ms", Measured: run.TTFT, Predicted: *r.TTFT, Low: 0.7 * *r.TTFT, High: 1.4 * *r.TTFT},
		{Name: "TPOT", Unit: "ms", Measured: run.TPOT, Predicted: *r.TPOT, Low: 0.9 * *r.TPOT, High: 1.1 * *r.TPOT},
		{Name: "tok/s", Measured: run.Throughput, Predicted: r.Throughput},
		{Name: "TPOT p99", Unit: "ms", Measured: 1.5 * *r.TPOT, Predicted: 1.1 * *r.TPOT}}
	run.Causes = []table.Cause{
		{Says: message.New("cause.budget", 2048.0), Explains: 0.82, TTFT: 0.9 * *r.TTFT, TPOT: 1.2 * *r.TPOT,
			Throughput: 0.83 * r.Throughput},
		{Says: message.New("cause.room", 30.0), Explains: 0.34, TTFT: 1.5 * *r.TTFT,
			TPOT: 1.1 * *r.TPOT, Throughput: 0.9 * r.Throughput}}
	run.Test = message.New("cause.test", 1, "TTFT", 410.0, run.Causes[0].Says, 190.0, run.Causes[1].Says)
	half := run
	half.ID, half.Concurrency = "vllm_bench_half.json", max(1, r.Concurrency/2)
	half.TPOT, half.Throughput, half.Causes, half.Test = 1.1**r.TPOT, 0.55*r.Throughput, nil, message.Message{}
	other := half
	other.ID, other.Tool, other.Input, other.Output = "sglang.json", "SGLang", 1024, 1024
	lost := table.MeasuredRun{Path: out.Path, ID: "guidellm.json", Tool: "GuideLLM",
		Fault: message.New("runs.lacks", message.New("runs.the-tp"), "--tp N")}
	out.Runs = []table.MeasuredRun{run, half, other, lost}
	return out
}

// Fitted is a fit that went well: the profile itself under the fit's name.
func Fitted(e state.Fit) state.Fitted {
	out := state.Fitted{Run: e.Run, Used: 7, Runs: 8, Errors: []state.FitError{{Name: "ttft", Before: 0.2, After: 0.11},
		{Name: "tpot", Before: 0.3, After: 0.06}, {Name: "throughput", Before: 0.2, After: 0.07}}}
	p, err := e.Profiles.Find(e.Target.Device)
	if err != nil {
		out.Err = err
		return out
	}
	named := *p
	named.Name, named.File, named.Aliases = e.Target.Name, e.Target.Path, nil
	out.Profile = &named
	return out
}
