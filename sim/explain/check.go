package explain

import (
	"math"
	"strconv"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Check is one single-pass run that validates a phase of a row: the argument vector after `python -m
// cli.inference.text_generate` (and after `fathom pass`, which takes the same flags).
type Check struct {
	Phase plan.Phase
	What  message.Message
	Args  []string
}

// Checks maps a row to its single passes (search-and-serving 9.2). Unlike the reference's own helper it counts the wave
// over all DP replicas with the row's own token budget, knows chunked rows, and carries MTP, DCP and the reserve.
// device is a profile or a pairing of the request.
func Checks(row report.Row, req *plan.Request, device string) []Check {
	var out []Check
	if on := req.On(device, row.Phase); on != nil { // of a pairing the side of the row
		device = on.Name
	}
	effective := req.InputLength - int(math.Floor(float64(req.InputLength)*req.PrefixCacheHitRate))
	if row.Phase != plan.PhaseDecode && effective > 0 {
		out = append(out, prefillChecks(row, req, device, effective)...)
	}
	if row.Phase != plan.PhasePrefill {
		args := base(row, req, device)
		args = append(args, "--decode", "--num-queries", strconv.Itoa(row.Concurrency), "--query-length",
			strconv.Itoa(row.MTP+1),
			"--context-length", strconv.Itoa(req.InputLength+req.OutputLength/2))
		if row.Strategy.DCP > 1 {
			args = append(args, "--dcp-size", strconv.Itoa(row.Strategy.DCP))
		}
		out = append(out, Check{plan.PhaseDecode,
			message.New("explain.check.decode", row.Concurrency), args})
	}
	return out
}

func prefillChecks(row report.Row, req *plan.Request, device string, effective int) []Check {
	budget := row.MaxBatched
	if budget <= 0 {
		budget = effective * max(1, row.Batch)
	}
	pooled := budget * max(1, row.Strategy.DP)
	at := func(query, context int, what string) Check {
		wave := max(1, min(pooled/query, row.Concurrency))
		args := append(base(row, req, device), "--num-queries", strconv.Itoa(wave), "--query-length", strconv.Itoa(query))
		if context > 0 {
			args = append(args, "--context-length", strconv.Itoa(context))
		} else if req.ImageHeight > 0 {
			images := req.ImageBatch
			if images == 0 { // without a number the reference tool takes one image for each request of the batch
				images = row.Batch
			}
			args = append(args, "--image-batch-size", strconv.Itoa(images), "--image-height", strconv.Itoa(req.ImageHeight),
				"--image-width", strconv.Itoa(req.ImageWidth))
		}
		return Check{plan.PhasePrefill, message.New(what, wave), args}
	}
	if effective <= budget {
		return []Check{at(effective, 0, "explain.check.prefill")}
	}
	rest := effective - (effective-1)/budget*budget
	return []Check{
		at(budget, 0, "explain.check.firstchunk"),
		at(rest, effective-rest, "explain.check.lastchunk"),
	}
}

// base are the flags that both phases share.
func base(row report.Row, req *plan.Request, device string) []string {
	s := row.Strategy
	args := []string{req.Model.Name, "--device", device, "--num-devices", strconv.Itoa(s.World()), "--tp-size",
		strconv.Itoa(s.TP)}
	if s.PP > 1 {
		args = append(args, "--pp-size", strconv.Itoa(s.PP))
	}
	if s.EP > 1 {
		args = append(args, "--ep-size", strconv.Itoa(s.EP))
	}
	if s.MoEDP > 1 && s.EP > 0 {
		args = append(args, "--moe-dp-size", strconv.Itoa(s.MoEDP))
	}
	args = append(args, "--quantize-linear-action", req.Quant.Linear.String())
	if req.Quant.NonExpert != plan.LinearDisabled {
		args = append(args, "--quantize-non-expert-linear-action", req.Quant.NonExpert.String())
	}
	if req.Quant.Grouped() && req.Quant.MXFP4Group > 0 {
		args = append(args, "--mxfp4-group-size", strconv.Itoa(req.Quant.MXFP4Group))
	}
	args = append(args, "--quantize-attention-action", req.Quant.Attention.String())
	if req.Options.Compile {
		args = append(args, "--compile")
	}
	args = append(args, options(row.Strategy, req)...)
	if row.MTP > 0 {
		args = append(args, "--num-mtp-tokens", strconv.Itoa(row.MTP))
	}
	if req.ReservedGB != 0 {
		args = append(args, "--reserved-memory-gb", strconv.FormatFloat(req.ReservedGB, 'f', -1, 64))
	}
	return args
}

// options are the settings that change what a pass does: without them it would check another network.
func options(s plan.Strategy, req *plan.Request) (args []string) {
	features := []struct {
		on   bool
		name string
	}{{req.Options.Multistream, "enable_multistream"}, {req.Options.SequenceParallel, "enable_sequence_parallel"},
		{req.Options.MatmulAllReduce, "enable_matmul_allreduce"}, {req.Options.DispatchFFNCombine,
			"enable_dispatch_ffn_combine"}}
	for _, f := range features {
		if f.on && len(args) == 0 {
			args = append(args, "--compilation-config")
		}
		if f.on {
			args = append(args, f.name)
		}
	}
	switch s.WordEmbeddingTP {
	case plan.EmbeddingCol:
		args = append(args, "--word-embedding-tp", "col")
	case plan.EmbeddingRow:
		args = append(args, "--word-embedding-tp", "row")
	}
	if s.SharedExpertTP {
		args = append(args, "--enable-shared-expert-tp")
	}
	return args
}
