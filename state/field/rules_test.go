package field

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// TestEachFaultNamesFieldValueAndFix: a change to the flagship command, and the one line that it must bring.
func TestEachFaultNamesFieldValueAndFix(t *testing.T) {
	c := world(t)
	gone := message.New("system.absent")
	c.Failed["gone.jsonl"], c.Failed["gone.csv"] = gone, gone
	c.Failed["odd.csv"] = message.New("trace.foreign", "a,b")
	c.Failed["broken.yaml"] = message.Literal("bins[1]: max_tokens 5 must be above min_tokens 9")
	for _, test := range []struct{ line, want string }{
		{"--sessions turns=0 --qps 5", `sessions: sessions turns=0: has "turns=0", want turns once, from 1 to 10000`},
		{"--sessions turns=6 groups=0 --qps 5", `sessions: sessions turns=6 groups=0: has "groups=0", want groups once`},
		{"--device ATLAS_800_A2_376T_64G --sessions turns=6 --qps 5 --kv-tiers host=100",
			"kv_tiers: KV tiers host=100: the profile of ATLAS_800_A2_376T_64G does not state the link to the host"},
		{"--sessions trns=6 --qps 5", `sessions: sessions trns=6: has "trns=6": did you mean turns?`},
		{"--sessions turns=6 system=999999 --qps 5", "sessions: sessions turns=6 system=999999: with a system prompt of 999999"},
		{"--prefix-cache-hit-rate 1.0", "prefix_cache_hit_rate: hit rate 1.0: must be at least 0 and below 1, e.g. 0.3"},
		{"--prefix-cache-hit-rate -0.1", "prefix_cache_hit_rate: hit rate -0.1: must be at least 0 and below 1, e.g. 0.3"},
		{"--ttft-limit nan", "ttft_limit: TTFT limit nan: must be a finite number; leave it out for no limit"},
		{"--tpot-limit inf", "tpot_limit: TPOT limit inf: must be a finite number; leave it out for no limit"},
		{"--tpot-limit 0", "tpot_limit: TPOT limit 0: must be above 0, e.g. 50"},
		{"--tpot-limit 5O", "tpot_limit: TPOT limit 5O: must be a number, e.g. 50"},
		{"--tpot-limit 1e999", "tpot_limit: TPOT limit 1e999: must be a finite number"},
		{"--num-devices 0", "num_devices: device count 0: must be a whole number from 1 to 1000000, e.g. 8"},
		{"--num-devices 99999999999999999999",
			"num_devices: device count 99999999999999999999: must be a whole number from 1 to 1000000"},
		{"--num-devices 9000",
			"num_devices: device count 9000: ATLAS_800_A3_752T_128G_DIE holds 768 devices; use at most 768 or another profile"},
		{"--device " + pcie + " --num-devices 16",
			"num_devices: device count 16: ATLAS_800_A2_280T_64G_PCIE holds 8 devices; use at most 8"},
		{"--device ATLAS_900", "device: hardware profile ATLAS_900: is no known profile; did you mean ATLAS_"},
		{"--input-length 0", "input_length: input length 0: must be a whole number from 1 to 100000000, e.g. 3500"},
		{"--input-length 3.5", "input_length: input length 3.5: must be a whole number, e.g. 3500"},
		{"--input-length nosuch.yaml",
			"input_length: input length nosuch.yaml: is neither a number of tokens nor a length-distribution file"},
		{"--input-length broken.yaml",
			"input_length: input length broken.yaml: bins[1]: max_tokens 5 must be above min_tokens 9"},
		{"--input-length lengths.yaml --disagg",
			"input_length: input length lengths.yaml: a length distribution works in aggregation and in prefill-only"},
		{"--output-length 200000000",
			"output_length: output length 200000000: must be a whole number from 1 to 100000000, e.g. 1500"},
		{"--tp-sizes 16", "tp_sizes: TP sizes 16: is above the 8 devices; use sizes up to 8"},
		{"--tp-sizes 0", "tp_sizes: TP sizes 0: must be a whole number from 1 to 100000000"},
		{"--tp-sizes 3 5", "tp_sizes: TP sizes 3 5: no combination of the sizes divides 8 devices; sizes that do: 1 2 4 8"},
		{"--tp-sizes 4 --dcp-sizes 8", "dcp_sizes: DCP sizes 8: divides none of the TP sizes 4; DCP sizes that do: 1 2 4"},
		{"--dcp-sizes 16", "dcp_sizes: DCP sizes 16: is above the 8 devices; use sizes up to 8"},
		{"--batch-range 9 3", "batch_range: batch range 9 3: min must not be above max; give them as [min max], e.g. 3 9"},
		{"--batch-range 0",
			"batch_range: batch range 0: must be [max] or [min max] with whole numbers above 0, e.g. 64 or 1 64"},
		{"--power-cap 300", // what only the search knows is said before it, too
			"power_cap: power cap 300: ATLAS_800_A3_752T_128G_DIE states no watts: neither a cap nor tokens per watt can be " +
				"told of it; leave it out, or write power_w"},
		{"--tokens-per-watt 2", "tokens_per_watt: tokens per watt 2: ATLAS_800_A3_752T_128G_DIE states no watts"},
		{"--power-limit 4kW", "power_limit: power limit 4kW: ATLAS_800_A3_752T_128G_DIE states no watts"},
		{"--batch-range 1 2 3", "batch_range: batch range 1 2 3: must be [max] or [min max]"},
		{"--quantize-attention-action INT8 --quantize-linear-action DISABLED",
			"quantize_attention_action: attention quantisation INT8: needs quantised linear layers with the latent attention " +
				"of this model"},
		{"--reserved-memory-gb -1", "reserved_memory_gb: reserved memory -1: must be at least 0, e.g. 10"},
		{"--reserved-memory-gb 64",
			"reserved_memory_gb: reserved memory 64: is not below the 64 GiB of ATLAS_800_A3_752T_128G_DIE; use e.g. 10"},
		{"--serving-cost -2", "serving_cost: serving cost -2: must be at least 0, e.g. 2.5"},
		{"--quantize-linear-action W4A4",
			"quantize_linear_action: linear quantisation W4A4: must be one of DISABLED, W8A16_STATIC"},
		{"--mxfp4-group-size 0", "mxfp4_group_size: MXFP4 group size 0: must be a whole number from 1 to 100000000, e.g. 32"},
		{"--num-mtp-tokens 10", "num_mtp_tokens: MTP tokens 10: must be a whole number from 0 to 9, e.g. 1"},
		{"--num-mtp-tokens 6",
			"num_mtp_tokens: MTP tokens 6: needs at least 5 acceptance rates; add rates or use at most 5 tokens"},
		{"--num-mtp-tokens 1 --fidelity corrected",
			"num_mtp_tokens: MTP tokens 1: the model has no MTP heads; leave it off, or use --fidelity reference"},
		{"--num-mtp-tokens 1 --mtp-acceptance-rates 1.5",
			"mtp_acceptance_rates: acceptance rates 1.5: must be from 0 to 1, e.g. 0.9 0.6 0.4 0.2"},
		{"--num-mtp-tokens 1 --speculative-method dflash", "speculative_method: speculative method dflash: draft-model " +
			"speculation and MTP exclude each other"},
		{"--speculative-method dflash", "speculative_method: speculative method dflash: needs the msmodeling engine"},
		{"--num-speculative-tokens 3",
			"num_speculative_tokens: speculative tokens 3: needs --speculative-method dflash or dspark"},
		{"--performance-model profiling", "performance_model: performance model profiling: needs the msmodeling engine"},
		{"--traffic poisson", "traffic: traffic poisson: needs --qps N beside it"},
		{"--qps 3", "qps: arrival rate 3: needs --traffic poisson beside it"},
		{"--traffic open", "traffic: traffic open: must be one of closed, poisson"},
		{"--disagg --traffic closed",
			"traffic: traffic closed: is played on aggregation or PD ratio, with prompts of one length"},
		{"--ttft-limit p98=2000", "ttft_limit: TTFT limit p98=2000: must be a number of ms, or one of mean, p50, p90, " +
			"p95, p99 with it, e.g. p99=2000"},
		{"--tpot-limits p95=", "tpot_limit: TPOT limit p95=: needs a value, e.g. 50"},
		{"--e2e-limit p99=-3", "e2e_limit: E2E limit p99=-3: must be above 0, e.g. 30000"},
		{"--goodput 1.2", "goodput: goodput 1.2: must be a share above 0 and up to 1, e.g. 0.95"},
		{"--disagg --ttft-limit p99=2000", "ttft_limit: TTFT limit p99=2000: single requests are played on aggregation"},
		{"--disagg --e2e-limit 2000", "e2e_limit: E2E limit 2000: single requests are played on aggregation"},
		{"--tpot-limit p95=50 --engine msmodeling --msmodeling-root x",
			"tpot_limit: TPOT limit p95=50: the reference tool knows means alone"},
		{"--workload nosuch", "workload: workload nosuch: is neither a preset (agent, assistant, chat"},
		{"--workload agent", "workload: workload agent: input and output together are 124096 tokens"},
		{"--disagg --workload chat", "workload: workload chat: single requests are played on aggregation"},
		{"--serving-engine tgi", "serving_engine: serving engine tgi: must be one of vllm, sglang"},
		{"--prefix-cache-hit-rate nan", "prefix_cache_hit_rate: hit rate nan: must be a finite number, e.g. 0.3"},
		{"--target-qps inf", "target_qps: target QPS inf: must be a finite number, e.g. 20"},
		{"--num-mtp-tokens 1 --mtp-acceptance-rates nan",
			"mtp_acceptance_rates: acceptance rates nan: must be a finite number, e.g. 0.9 0.6 0.4 0.2"},
		{"--engine both", "msmodeling_root: msmodeling root: the msmodeling engine needs --msmodeling-root DIR"},
		{"--engine torch", "engine: engine torch: must be one of embedded, msmodeling, both"},
		{"--engine msmodeling", "msmodeling_root: msmodeling root: the msmodeling engine needs --msmodeling-root DIR"},
		{"--compilation-config turbo", "compilation_config: compilation config turbo: must be one of enable_multistream"},
		{"--prefill-devices-per-instance 4",
			"prefill_devices_per_instance: prefill devices 4: belongs to PD ratio; add --enable-optimize"},
		{"--enable-optimize-prefill-decode-ratio --prefill-devices-per-instance 4 --engine msmodeling " +
			"--msmodeling-root x", "decode_devices_per_instance: decode devices: is not answered; give " +
			"--decode-devices-per-instance"},
		{"--prefill-device " + die, "prefill_device: prefill hardware " + die + ": belongs to PD ratio"},
		{"--enable-optimize-prefill-decode-ratio --decode-device X9", "decode_device: decode hardware X9: is no known"},
		{"--enable-optimize-prefill-decode-ratio --decode-device " + die + "=0", "decode_device: decode hardware " + die +
			"=0: must be a whole number from 1"},
		{"--enable-optimize-prefill-decode-ratio --prefill-devices-per-instance 4 --decode-devices-per-instance 9000 " +
			"--num-devices 20000",
			"decode_devices_per_instance: decode devices 9000: ATLAS_800_A3_752T_128G_DIE holds 768 devices"},
		{"--enable-optimize-prefill-decode-ratio --tp-sizes 16", "num_devices: device count 8: prefill finds no instance " +
			"size within 8 devices that the given sizes divide; the smallest is 16"},
		{"--enable-optimize-prefill-decode-ratio --num-devices 1", "num_devices: device count 1: a split needs two devices"},
		{"--trace odd.csv", `trace: trace odd.csv: cannot be used: "a,b" begins no trace that is known`},
		{"--trace gone.jsonl", "trace: trace gone.jsonl: cannot be used: there is no such file"},
		{"--enable-optimize-prefill-decode-ratio --prefill-devices-per-instance 4 --decode-devices-per-instance 4 " +
			"--fleet day --qps 5", "fleet: fleet day: the replicas of a day are those of aggregation"},
		{"--disagg --sessions turns=4 --qps 2", "sessions: sessions turns=4: is played on aggregation or PD ratio"},
		{"--fleet gone.csv", "fleet: fleet gone.csv: cannot be used: there is no such file"},
		{"--enable-optimize-prefill-decode-ratio --prefill-devices-per-instance 2 --decode-devices-per-instance 4 " +
			"--tp-sizes 8",
			"tp_sizes: TP sizes 8: is above the 4 devices of the larger instance; use sizes up to 4"},
		{"--enable-optimize-prefill-decode-ratio --prefill-devices-per-instance 3 --decode-devices-per-instance 4 " +
			"--tp-sizes 4",
			"tp_sizes: TP sizes 4: no combination of the sizes divides 3 devices of a prefill instance; sizes that do: 1 3"},
		{"--image-height 512", "image_height: image height 512: images need a height and a width"},
		{"--device ATLAS_350_425T_112G --fidelity calibrated",
			"fidelity: fidelity calibrated: ATLAS_350_425T_112G has no measured kernel figures"},
		{"--device H100_SXM --fidelity reference", "fidelity: fidelity reference: H100"},
		{"--device-cost 3",
			"device_cost: device cost 3: must be NAME=PRICE per device-hour, e.g. ATLAS_800_A3_752T_128G_DIE=1.8"},
		{"--device-cost X=3", "device_cost: device cost X: is no known profile"},
	} {
		base := flagship
		switch {
		case strings.HasPrefix(test.line, "--image"):
			base = strings.Replace(flagship, dense, vision, 1)
		case strings.HasPrefix(test.line, "--quantize-attention"):
			base = strings.Replace(flagship, dense, moe, 1)
		}
		a := parse(t, base+" "+test.line)
		q, issues := Request(a, c)
		if q != nil {
			t.Errorf("%s: is accepted", test.line)
		}
		var all []string
		for _, i := range issues {
			all = append(all, i.Field+": "+i.Message.String())
			if strings.Contains(i.Message.String(), "{") {
				t.Errorf("%s: an unfilled place in %s", test.line, i.Message.String())
			}
		}
		if !slices.ContainsFunc(all, func(s string) bool { return strings.HasPrefix(s, test.want) }) {
			t.Errorf("%s:\n  %s\nwant\n  %s", test.line, strings.Join(all, "\n  "), test.want)
		}
		if issues[0].Severity != report.Error {
			t.Errorf("%s: errors do not come first: %v", test.line, issues)
		}
	}
}

// TestWarningsDoNotBlock: what is said although the run may start.
func TestWarningsDoNotBlock(t *testing.T) {
	c := world(t)
	for _, test := range []struct{ model, line, want string }{
		{dense, "--num-mtp-tokens 1",
			"warning num_mtp_tokens: MTP tokens 1: the model has no MTP heads; the reference tool accepts"},
		{dense, "--ep-sizes 2 --tp-sizes 2",
			"warning ep_sizes: EP sizes 2: the model has no experts; the flag changes nothing"},
		{dense, "--moe-dp-sizes 2", "warning moe_dp_sizes: MoE-DP sizes 2: the model has no experts; the sizes change " +
			"nothing, but with them TP is not searched"},
		{dense, "--max-batched-tokens 2",
			"warning max_batched_tokens: max batched tokens 2: a prompt of 3500 tokens takes 1750 steps; use e.g. 8192"},
		{dense, "--tp-sizes 3 4",
			"warning tp_sizes: TP sizes 3: does not divide 8 devices and is skipped; sizes that do: 1 2 4 8"},
		{dense, "--serving-cost 3", "warning serving_cost: serving cost 3: is ignored in aggregation"},
		{dense, "--disagg",
			"note mode: deployment mode disaggregation: prefill and decode are optimised separately, each with its own limit"},
		{dense, "--jobs 4", "note jobs: jobs --jobs: steers the reference tool's own machinery and changes nothing here"},
		{dense, "--device " + die + " " + die, "note device: hardware profile " + die + ": is named twice"},
		{dense, "--compilation-config enable-multistream",
			"warning compilation_config: compilation config enable_multistream: is priced as off"},
		{dense, "--compilation-config enable-sequence-parallel",
			"warning compilation_config: compilation config enable_sequence_parallel: was compared"},
		{dense, "--compilation-config enable-matmul-allreduce enable-dispatch-ffn-combine", ""},
		{dense, "--engine msmodeling --msmodeling-root /x --fidelity corrected", "warning fidelity: fidelity corrected: " +
			"changes nothing with the msmodeling engine"},
		{dense, "--engine msmodeling --msmodeling-root /x --pp-sizes --search exhaustive",
			"warning pp_sizes: PP sizes auto: changes nothing with the msmodeling engine"},
		{dense, "--engine msmodeling --msmodeling-root /x --target-qps 3",
			"warning target_qps: target QPS 3: changes nothing with the msmodeling engine"},
		{dense, "--engine both --msmodeling-root /x --fidelity reference", ""},
		{dense, "--engine both --msmodeling-root /x --device H100_SXM",
			"warning device: hardware profile H100_SXM: the reference tool ships no such profile"},
		{dense, "--input-length 40000",
			"warning output_length: output length 1500: input and output together are 41500 tokens, and Qwen/Qwen3-32B " +
				"serves at " +
				"most 40960"},
		{moe, "--num-mtp-tokens 0 1 3 --ep-sizes 2 4", ""},
		{dense, "--ttft-limit 2", "warning ttft_limit: TTFT limit 2: is read as 2 ms, and one pass of this model takes more " +
			"than 36.31 ms on these devices; did you mean 2s?"},
		{dense, "--ttft-limit p99=2", "did you mean p99=2s?"},
		{dense, "--ttft-limit 2ms", "on these devices: nothing can keep to it"},
		{dense, "--ttft-limit 0.01", "on these devices: nothing can keep to it"}, // nor to 0.01 s
		{dense, "--tpot-limit 0.05", "warning tpot_limit: TPOT limit 0.05: is read as 0.05 ms, and one pass of this model " +
			"takes more than 1.1 ms on these devices; did you mean 0.05s?"},
		{dense, "--ttft-limit 2 --prefix-cache-hit-rate 0.999", ""}, // 4 tokens are left to work out
		{dense, "--ttft-limit 40", ""},
		{dense, "--trace odd.csv --trace-format azure", ""},
		{dense, "--fleet day --qps 5", ""},
		{dense, "--enable-optimize-prefill-decode-ratio --prefill-devices-per-instance 4 --decode-devices-per-instance 4 " +
			"--sessions turns=4 --qps 2", ""},
		{moe, "--tp-sizes --ep-sizes --moe-dp-sizes --num-mtp-tokens 0 1 3 --num-devices 64",
			"warning max_search_combinations: combination threshold 100: 1029 combinations are more than 100"},
		{dense, "--enable-optimize-prefill-decode-ratio --prefill-devices-per-instance 4 --decode-devices-per-instance 8 " +
			"--num-devices 2000",
			"warning num_devices: device count 2000: ATLAS_800_A3_752T_128G_DIE holds 768 devices; the reference tool refuses"},
		{dense, "--enable-optimize-prefill-decode-ratio --prefill-devices-per-instance 4 --decode-devices-per-instance 8 " +
			"--num-devices 9",
			"warning decode_devices_per_instance: decode devices 8: 4 + 8 devices of one prefill and one decode instance are " +
				"more than the 9 in all"},
		{dense, "--enable-optimize-prefill-decode-ratio --prefill-devices-per-instance 2 --decode-devices-per-instance 8 " +
			"--num-devices 16 --tp-sizes 1 8",
			"warning tp_sizes: TP sizes 8: is above the 2 devices of a prefill instance; only the other phase tries it"},
	} {
		q, issues := Request(parse(t, strings.Replace(flagship, dense, test.model, 1)+" "+test.line), c)
		if q == nil {
			t.Errorf("%s: refused: %v", test.line, issues)
			continue
		}
		var all []string
		for _, i := range issues {
			all = append(all, fmt.Sprintf("%s %s: %s", i.Severity, i.Field, i.Message.String()))
		}
		if test.want == "" && len(all) > 0 || !strings.Contains(strings.Join(all, "\n"), test.want) {
			t.Errorf("%s:\n  %s\nwant\n  %s", test.line, strings.Join(all, "\n  "), test.want)
		}
	}
}

func TestLimitsByMode(t *testing.T) {
	c := world(t)
	bare := strings.NewReplacer("--ttft-limit 2000", "", "--tpot-limit 50", "").Replace(flagship)
	pd := " --enable-optimize-prefill-decode-ratio --prefill-devices-per-instance 2 --decode-devices-per-instance 4"
	for _, test := range []struct {
		line, want string
		runs       bool
	}{
		{"", "no limit: the plan maximises throughput", true},
		{" --disagg",
			"disaggregation runs the phase whose limit is given; give --ttft-limit (prefill), --tpot-limit (decode) or both",
			false},
		{" --disagg --tpot-limit 30", "", true},
		{pd, "PD ratio sizes the prefill side by it; give --ttft-limit", false},
		{pd + " --ttft-limit 2000", "recommended: --tpot-limit 50", true},
		{pd + " --ttft-limit 2000 --tpot-limit 50", "", true},
	} {
		q, issues := Request(parse(t, bare+test.line), c)
		if (q != nil) != test.runs || !strings.Contains(fmt.Sprint(issues), test.want) {
			t.Errorf("%q: %v, want %s", test.line, issues, test.want)
		}
	}
	q, _ := Request(parse(t, bare+" --disagg --tpot-limit 30"), c)
	if q.Mode != plan.Disaggregation || q.TTFTLimit != 0 || q.TPOTLimit != 30 {
		t.Errorf("decode only: %+v", q)
	}
}

// An answer of one token has no decode step: a limit on it has no effect, and nothing can be decoded on instances of
// their own. The reference tool's own figures stay as they are.
func TestAnswersOfOneToken(t *testing.T) {
	w := world(t)
	with := func(device, text string) []report.Issue {
		parsed := FromArgs(strings.Fields(dense+" --device "+device+" --num-devices 8 --input-length 1000 "+
			"--output-length 1 "+text), FromFlag, "")
		r := Read(&parsed.Answers, &w)
		return append(checkTPOT(r), checkOutputLength(r)...)
	}
	if got := with("H200_SXM", "--tpot-limit 50"); len(got) != 1 || got[0].Key != "issue.one-token" ||
		got[0].Severity != report.Note {
		t.Errorf("aggregation: %v", got)
	}
	if got := with("H200_SXM", "--tpot-limit 50 --disagg"); len(got) != 1 || got[0].Key != "issue.one-token-decode" ||
		got[0].Severity != report.Error {
		t.Errorf("disaggregation: %v", got)
	}
	for _, text := range []string{"--tpot-limit 50", "--tpot-limit 50 --disagg"} {
		if got := with(die, text); len(got) > 0 {
			t.Errorf("reference, %s: %v", text, got)
		}
	}
	if got := with("H200_SXM", "--ttft-limit 500 --disagg"); len(got) > 0 {
		t.Errorf("prefill alone: %v", got)
	}
}

// A request beyond what the model serves is an error that names the limit, where figures are not the reference tool's;
// the longest prompt of a distribution counts.
func TestContextIsTheModels(t *testing.T) {
	w := world(t)
	w.Lengths["long.yaml"] = []plan.Bin{{Min: 100, Max: 200, Weight: 1}, {Min: 40000, Max: 40900, Weight: 1}}
	for _, c := range []struct {
		text string
		want report.Severity
	}{
		{"--device H200_SXM --input-length 40000 --output-length 960", ""},
		{"--device H200_SXM --input-length 40000 --output-length 961", report.Error},
		{"--device H200_SXM --input-length long.yaml --output-length 61", report.Error},
		{"--device H200_SXM " + die + " --input-length 40000 --output-length 961", report.Error},
		{"--device " + die + " --input-length 40000 --output-length 961", report.Warning},
		{"--device " + die + " --fidelity corrected --input-length 40000 --output-length 961", report.Error},
	} {
		parsed := FromArgs(strings.Fields(dense+" "+c.text), FromFlag, "")
		r := Read(&parsed.Answers, &w)
		issues := checkOutputLength(r)
		if c.want == "" && len(issues) > 0 || c.want != "" && (len(issues) != 1 || issues[0].Severity != c.want ||
			!strings.Contains(issues[0].Message.String(), dense+" serves at most 40960")) {
			t.Errorf("%s: %v, want %q", c.text, issues, c.want)
		}
	}
}

// A checkpoint on this machine answers the question of quantisation; the reference tool's command stands for the
// nearest action that it has, and the answers say so.
func TestQuantisationAsPublished(t *testing.T) {
	c := world(t)
	local := *c.Models[dense]
	local.Local, local.Quantization = true, &model.Quantization{Method: "awq", Source: "config.json"}
	local.Stored = model.Stored{Projection: hw.FormatINT4G128, Output: hw.FormatINT4G128, Dense: hw.FormatINT4G128}
	c.Models = map[string]*model.Model{dense: &local}
	var a Answers
	a = a.With(Model, Answer{Text: dense, Source: You})
	got, ok := Suggest(Quantization, a, c)
	if !ok || got.Text != quantPublished || got.Source != LocalFile {
		t.Errorf("suggestion %+v", got)
	}
	a, changed := Inspected(Read(&a, &c))
	if !changed || a[Quantization] != got {
		t.Errorf("the checkpoint answers %+v, %v", a[Quantization], changed)
	}
	other := world(t)
	if b, changed := Inspected(Read(&a, &other)); !changed || b[Quantization].Given() {
		t.Errorf("of another model the answer is %+v, %v", b[Quantization], changed)
	}
	a = a.With(Device, Answer{Text: "H200_SXM", Source: You})
	r := Read(&a, &c)
	if q := r.Quant(); q.Linear != plan.AsPublished {
		t.Errorf("the answers mean %v", q)
	}
	var said []string
	for _, i := range checkLinear(r) {
		said = append(said, i.Message.String())
	}
	for _, want := range []string{"stands for another quantisation, W4A8_DYNAMIC",
		"int4_g128 weights are multiplied in 16 bits on H200_SXM"} {
		if !strings.Contains(strings.Join(said, "; "), want) {
			t.Errorf("%q does not say %q", said, want)
		}
	}
	if line := Shell(FathomCommand(a, c)); !strings.Contains(line, "--quantize-linear-action AS_PUBLISHED") {
		t.Errorf("our command: %s", line)
	}
	a = a.With(Linear, Answer{Text: "AS_PUBLISHED", Source: You})
	a = a.With(Attention, Answer{Text: "DISABLED", Source: You})
	r = Read(&a, &c)
	if line := Shell(r.Args(false)); !strings.Contains(line, "--quantize-linear-action W4A8_DYNAMIC") {
		t.Errorf("the reference tool's command: %s", line)
	}
}

// Where no size divides the devices, sizes that are left out are no further news.
func TestSizesAreFaultedOnce(t *testing.T) {
	_, issues := Request(parse(t, flagship+" --tp-sizes 3"), world(t))
	n := 0
	for _, i := range issues {
		if i.Field == TP.String() {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%v", issues)
	}
}
