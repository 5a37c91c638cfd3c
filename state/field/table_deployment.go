package field

import (
	"slices"

	"fathom/sim/plan"
)

func disaggregated(r *Reading) bool { return r.Word(Mode) == modeDisaggregation }

func pdRatio(r *Reading) bool { return r.Mode == plan.PDRatio }

func deploymentFields() []Field {
	modes := []Choice{
		{modeAggregation, []string{"agg", "aggregated", "PD混部", "PD聚合", "聚合部署", "聚合", "混部"}},
		{modeDisaggregation, []string{"disagg", "disaggregated", "PD分离", "分离"}},
		{modePDRatio, []string{"PD ratio", "PD-ratio", "ratio", "P:D", "P/D", "P/D配比", "PD配比", "实例配比", "配比"}},
	}
	goals := []Choice{
		{goalPhases, []string{"phase", "capability", "阶段能力"}},
		{goalRatio, []string{"pd_ratio", "PD ratio", "P/D配比", "PD配比", "实例配比", "配比"}},
	}
	ways := choices("auto", "link", "rdma", "host")
	phases := []Choice{
		{phasePrefill, []string{"P", "prefill only"}},
		{phaseDecode, []string{"D", "decode only"}},
		{phaseBoth, []string{"PD", "P+D", "all"}},
	}
	return []Field{
		{ID: Mode, Name: "mode", Label: "deployment mode", Example: modeAggregation, Arity: One, Choices: modes,
			Parse:    oneOf(modes),
			Switches: []Switch{{flagDisagg, modeDisaggregation}, {flagPDRatio, modePDRatio}},
			Default:  byDefault(modeAggregation), Group: GroupDeployment},
		{ID: Goal, Name: "goal", Label: "goal", Example: goalPhases, Arity: One, Choices: goals, Parse: oneOf(goals),
			Group: GroupDeployment, Asked: disaggregated},
		{ID: Phase, Name: "phase", Label: "phases", Example: phaseBoth, Arity: One, Choices: phases, Parse: oneOf(phases),
			Group: GroupDeployment, Asked: func(r *Reading) bool { return disaggregated(r) && r.Word(Goal) == goalPhases }},
		{ID: Model, Name: "model", Label: "model", Flag: "model-id", Example: "Qwen/Qwen3-32B", Metavar: "MODEL", Arity: One,
			Parse: modelName, Group: GroupModel},
		{ID: Device, Name: "device", Label: "hardware profile", Flag: "device", Also: []string{"devices"}, Arity: Many,
			Metavar: "NAME",
			Example: "ATLAS_800_A3_752T_128G_DIE", Parse: wordList("ATLAS_800_A3_752T_128G_DIE"), Group: GroupHardware,
			Asked: func(r *Reading) bool { return !r.paired() }},
		{ID: PrefillPools, Name: "prefill_device", Label: "prefill hardware", Flag: "prefill-device", Arity: Many,
			Metavar: "NAME[=N]", Example: "ATLAS_800_A3_752T_128G_DIE", Parse: pools, Group: GroupHardware,
			Default: byDefault("none"), Ours: true, Advanced: true, Asked: pdRatio},
		{ID: DecodePools, Name: "decode_device", Label: "decode hardware", Flag: "decode-device", Arity: Many,
			Metavar: "NAME[=N]", Example: "ATLAS_800_A2_376T_64G=32", Parse: pools, Group: GroupHardware,
			Default: byDefault("none"), Ours: true, Advanced: true, Asked: pdRatio},
		{ID: DeviceCount, Name: "num_devices", Label: "device count", Flag: "num-devices", Arity: One, Metavar: "N",
			Unit:    "devices",
			Example: "8", Parse: integer(1, mostDevices, "8"), Group: GroupHardware},
		{ID: PrefillDevices, Name: "prefill_devices_per_instance", Label: "prefill devices",
			Flag:  "prefill-devices-per-instance",
			Arity: One, Metavar: "N", Unit: "devices", Example: "4", Parse: searchedInteger("4"), Group: GroupHardware,
			Asked: pdRatio},
		{ID: DecodeDevices, Name: "decode_devices_per_instance", Label: "decode devices", Flag: "decode-devices-per-instance",
			Arity: One, Metavar: "N", Unit: "devices", Example: "8", Parse: searchedInteger("8"), Group: GroupHardware,
			Asked: pdRatio},
		{ID: KVPath, Name: "kv_path", Label: "KV path", Flag: "kv-path", Arity: One, Metavar: "PATH", Example: "rdma",
			Choices: ways, Default: byDefault("auto"), Parse: oneOf(ways), Group: GroupHardware, Ours: true, Advanced: true,
			Asked: pdRatio},
		{ID: Workload, Name: "workload", Label: "workload", Flag: "workload", Arity: One, Metavar: "NAME|FILE",
			Example: "chat", Parse: optionalWord("chat"), Default: byDefault("none"), Group: GroupLengths, Ours: true,
			Advanced: true, Unsaid: true, Asked: func(r *Reading) bool { return r.Mode != plan.Disaggregation }},
		{ID: InputLength, Name: "input_length", Label: "input length", Flag: "input-length", Arity: One,
			Metavar: "N|FILE.yaml",
			Unit:    "tokens", Example: "3500", Parse: length, Group: GroupLengths, Asked: oneLength},
		{ID: OutputLength, Name: "output_length", Label: "output length", Flag: "output-length", Arity: One, Metavar: "N",
			Unit: "tokens", Example: "1500", Parse: integer(1, most, "1500"), Group: GroupLengths,
			Asked: oneLength},
		{ID: TTFT, Name: "ttft_limit", Label: "TTFT limit", Flag: "ttft-limit", Aliases: []string{"ttft-limits"}, Arity: One,
			Metavar: "MS",
			Unit:    "ms", Example: "2000", Parse: limit("2000"), Default: byDefault("none"), Group: GroupSLO,
			Asked: func(r *Reading) bool { return r.Prefill }},
		{ID: TPOT, Name: "tpot_limit", Label: "TPOT limit", Flag: "tpot-limit", Aliases: []string{"tpot-limits"}, Arity: One,
			Metavar: "MS",
			Unit:    "ms", Example: "50", Parse: limit("50"), Default: byDefault("none"), Group: GroupSLO,
			Asked: func(r *Reading) bool { return r.Decode }},
		{ID: E2E, Name: "e2e_limit", Label: "E2E limit", Flag: "e2e-limit", Arity: One, Metavar: "MS", Unit: "ms",
			Example: "30000", Parse: limit("30000"), Default: byDefault("none"), Group: GroupSLO, Ours: true,
			Advanced: true, Unsaid: true, Asked: func(r *Reading) bool { return r.Mode != plan.Disaggregation }},
		{ID: Goodput, Name: "goodput", Label: "goodput", Flag: "goodput", Arity: One, Metavar: "SHARE", Example: "0.95",
			Parse: goodput, Default: byDefault("none"), Group: GroupSLO, Ours: true, Advanced: true, Unsaid: true,
			Asked: func(r *Reading) bool { return r.Mode != plan.Disaggregation }},
	}
}

// mostDevices is beyond any cluster; it keeps sizes and products of sizes far from overflow.
const mostDevices = 1_000_000

func modelName(text string) (Value, *Problem) {
	v, p := word("Qwen/Qwen3-32B")(text)
	if p == nil && len(v.Words[0]) > 256 {
		return Value{}, problem("too-long", "256")
	}
	return v, p
}

// wordSearched answers a count that the search finds.
const wordSearched = "searched"

// searchedInteger takes the devices of an instance; nothing, or the word for it, leaves them to the search.
func searchedInteger(example string) parser {
	one := integer(1, mostDevices, example)
	return func(text string) (Value, *Problem) {
		if none(text) || auto(text) || slices.Contains([]string{wordSearched, "搜索", "自动搜索"}, fold(text)) {
			return Value{}, nil
		}
		return one(text)
	}
}

// pools reads NAME or NAME=N words: the names in Words, how many devices there are of each in Ints, 0 where it is not
// said.
func pools(text string) (Value, *Problem) {
	const example = "ATLAS_800_A2_376T_64G=32"
	return assigned(text, func(v *Value, name, count string, counted bool) *Problem {
		n := 0
		if counted {
			var p *Problem
			if n, p = whole(count, 1, mostDevices, example); p != nil {
				return p
			}
		}
		if name == "" {
			return problem("empty", example)
		}
		v.Words, v.Ints = append(v.Words, name), append(v.Ints, n)
		return nil
	})
}

// oneLength reports whether lengths are asked for: a mix of requests has its own.
func oneLength(r *Reading) bool { return r.Word(Workload) == "" }
