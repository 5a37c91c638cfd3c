package field

import (
	"strconv"
	"strings"

	"fathom/sim/software"
)

// answerFields are about the kind of answer wanted; none of them is a flag of the reference tool.
func answerFields() []Field {
	fidelities, searches := choices("reference", "corrected", "calibrated"), choices("reference", "exhaustive")
	traffics, servings := choices("closed", "poisson"), choices(software.Names()...)
	drafts := choices("none", "mtp", "eagle", "model", "ngram")
	positive := func(x float64) bool { return x > 0 }
	optional := func(in scale, example string) parser { return optionalNumber(in, positive, "above-zero", example) }
	fs := []Field{
		{ID: Fidelity, Name: "fidelity", Label: "fidelity", Flag: "fidelity", Arity: One, Metavar: "NAME",
			Example: "reference",
			Choices: fidelities, Parse: optionalOneOf(fidelities), Default: byDefault("none")},
		{ID: Search, Name: "search", Label: "search", Flag: "search", Arity: One, Metavar: "NAME", Example: "exhaustive",
			Choices: searches,
			Parse:   optionalOneOf(searches), Default: byDefault("none")},
		{ID: AllPoints, Name: "all_points", Label: "all points", Flag: "all-points", Arity: None, Example: "off",
			Choices: choices("off", "on"),
			Parse:   onOff, Default: byDefault("off")},
		{ID: AllowRefused, Name: "allow_refused", Label: "refused by the engine", Flag: "allow-refused", Arity: None,
			Example: "off", Choices: choices("off", "on"), Parse: onOff, Default: byDefault("off")},
		{ID: Architecture, Name: "architecture", Label: "architecture", Flag: "architecture", Arity: One, Metavar: "NAME",
			Example: "qwen3",
			Parse: func(text string) (Value, *Problem) {
				if none(text) {
					return Value{}, nil
				}
				return word("qwen3")(text)
			}, Default: byDefault("none")},
		{ID: DeviceCost, Name: "device_cost", Label: "device cost", Flag: "device-cost", Arity: Many, Metavar: "NAME=PRICE",
			Example: "ATLAS_800_A3_752T_128G_DIE=1.8", Parse: prices, Repeats: true, Default: byDefault("none")},
		{ID: Draft, Name: "draft", Label: "draft", Flag: "draft", Arity: One, Metavar: "KIND", Example: "eagle",
			Choices: drafts, Parse: optionalOneOf(drafts), Default: byDefault("none")},
		{ID: DraftShare, Name: "draft_share", Label: "draft share", Flag: "draft-share", Arity: One, Metavar: "X",
			Example: "0.1", Default: byDefault("none"), Parse: optionalNumber(shared, nonNegative, "at-least-zero", "0.1")},
		{ID: DraftModel, Name: "draft_model", Label: "draft model", Flag: "draft-model", Arity: One, Metavar: "MODEL",
			Example: "Qwen/Qwen3-0.6B", Default: byDefault("none"), Parse: optionalWord("Qwen/Qwen3-0.6B")},
		{ID: PowerCap, Name: "power_cap", Label: "power cap", Flag: "power-cap", Arity: One, Metavar: "W", Unit: "W",
			Example: "500", Parse: optional(watts, "500"), Default: byDefault("none")},
		{ID: PowerLimit, Name: "power_limit", Label: "power limit", Flag: "power-limit", Arity: One, Metavar: "W", Unit: "W",
			Example: "4000", Parse: optional(watts, "4000"), Default: byDefault("none")},
		{ID: PerWatt, Name: "tokens_per_watt", Label: "tokens per watt", Flag: "tokens-per-watt", Arity: One, Metavar: "X",
			Unit: "tok/s/W", Example: "1.5", Parse: optional(counted, "1.5"), Default: byDefault("none")},
		{ID: TargetQPS, Name: "target_qps", Label: "target QPS", Flag: "target-qps", Arity: One, Metavar: "N", Unit: "req/s",
			Example: "20",
			Parse:   optional(rated, "20"), Default: byDefault("none")},
		{ID: TargetConcurrency, Name: "target_concurrency", Label: "target concurrency", Flag: "target-concurrency",
			Arity: One, Metavar: "N",
			Example: "200", Parse: optionalInteger(1, most, "200"), Default: byDefault("none")},
		{ID: Concurrency, Name: "concurrency", Label: "concurrency", Flag: "concurrency", Arity: One, Metavar: "N",
			Example: "64", Parse: optionalInteger(1, most, "64"), Default: byDefault("none")},
		{ID: Traffic, Name: "traffic", Label: "traffic", Flag: "traffic", Arity: One, Metavar: "KIND", Example: "closed",
			Choices: traffics,
			Parse:   optionalOneOf(traffics), Default: byDefault("none")},
		{ID: QPS, Name: "qps", Label: "arrival rate", Flag: "qps", Arity: One, Metavar: "N", Unit: "req/s", Example: "4",
			Parse:   optional(rated, "4"),
			Default: byDefault("none")},
		{ID: ServingEngine, Name: "serving_engine", Label: "serving engine", Flag: "serving-engine", Arity: One,
			Metavar: "NAME", Example: "vllm",
			Choices: servings, Parse: optionalOneOf(servings), Default: byDefault("none")},
	}
	for i := range fs {
		fs[i].Group, fs[i].Ours, fs[i].Advanced = GroupAnswers, true, true
	}
	return fs
}

// prices reads NAME=PRICE pairs: the names in Words, the prices in Floats.
func prices(text string) (Value, *Problem) {
	return assigned(text, func(v *Value, name, price string, ok bool) *Problem {
		x, err := strconv.ParseFloat(price, 64)
		if !ok || name == "" || err != nil || !nonNegative(x) {
			return problem("price", "ATLAS_800_A3_752T_128G_DIE=1.8")
		}
		v.Words, v.Floats = append(v.Words, name), append(v.Floats, x)
		return nil
	})
}

// assigned reads NAME=TEXT words; add takes one apart, and says whether it has the sign.
func assigned(text string, add func(v *Value, name, text string, ok bool) *Problem) (v Value, p *Problem) {
	ws, p := listed(text)
	if p != nil {
		return Value{}, p
	}
	for _, w := range ws {
		name, rest, ok := strings.Cut(w, "=")
		if p := add(&v, name, rest, ok); p != nil {
			return Value{}, p
		}
	}
	return v, nil
}

func engineFields() []Field {
	engines := choices(engineEmbedded, engineMsmodeling, engineBoth)
	path := func(example string) parser {
		return func(text string) (Value, *Problem) {
			if none(text) {
				return Value{}, nil
			}
			return word(example)(text)
		}
	}
	usesRoot := func(r *Reading) bool { return r.Word(Engine) != engineEmbedded }
	fs := []Field{
		{ID: Engine, Name: "engine", Label: "engine", Flag: "engine", Arity: One, Metavar: "NAME", Example: engineEmbedded,
			Choices: engines,
			Parse:   oneOf(engines), Default: byDefault(engineEmbedded)},
		{ID: Root, Name: "msmodeling_root", Label: "msmodeling root", Flag: "msmodeling-root", Arity: One, Metavar: "DIR",
			Example: "~/msmodeling", Parse: path("~/msmodeling"), Default: byDefault("none"), Asked: usesRoot},
		{ID: Python, Name: "python", Label: "python", Flag: "python", Arity: One, Metavar: "PATH", Example: "python3",
			Parse:   word("python3"),
			Default: byDefault("python3"), Asked: usesRoot},
		{ID: DeviceFile, Name: "device_file", Label: "device file", Flag: "device-file", Arity: Many, Metavar: "FILE.toml",
			Example: "my-device.toml", Repeats: true, Default: byDefault("none"), Parse: func(text string) (Value, *Problem) {
				if none(text) {
					return Value{}, nil
				}
				return wordList("my-device.toml")(text)
			}},
	}
	for i := range fs {
		fs[i].Group, fs[i].Ours, fs[i].Advanced = GroupEngine, true, true
	}
	return fs
}

func screenFields() []Field {
	formats, langs := choices("table", "json", "csv", "md", "html", "svg"), []Choice{{"en", []string{"english"}},
		{"zh", []string{"zh-CN", "chinese", "中文"}}}
	copies := choices("reference", "fathom", "serve", "bench-vllm", "bench-sglang", "bench-guidellm", "bench-aiperf",
		"bench-inference-perf")
	formats[3].Words = []string{"markdown"}
	manifests := choices("lws", "llm-d", "dynamo", "mindie", "compose")
	fs := []Field{
		{ID: Format, Name: "format", Label: "format", Flag: "format", Arity: One, Metavar: "NAME", Example: "json",
			Choices: formats,
			Parse:   oneOf(formats), Default: byDefault("table"), Group: GroupOutput},
		{ID: Output, Name: "output", Label: "output file", Flag: "output", Short: "o", Arity: One, Metavar: "FILE",
			Example: "plan.json",
			Parse:   word("plan.json"), Default: byDefault("-"), Group: GroupOutput},
		{ID: CopyText, Name: "copy", Label: "copied text", Flag: "copy", Arity: One, Metavar: "KIND", Example: "serve",
			Choices: copies, Parse: optionalOneOf(copies), Default: byDefault("none"), Group: GroupOutput},
		{ID: Manifest, Name: "manifest", Label: "manifest", Flag: "manifest", Arity: One, Metavar: "KIND", Example: "lws",
			Choices: manifests, Parse: optionalOneOf(manifests), Default: byDefault("none"), Group: GroupOutput},
		{ID: Overwrite, Name: "overwrite", Label: "overwrite", Flag: "overwrite", Arity: None, Example: "off",
			Choices: choices("off", "on"), Parse: onOff, Default: byDefault("off"), Group: GroupOutput},
		{ID: Sweep, Name: "sweep", Label: "sweep", Flag: "sweep", Arity: Many, Metavar: "KNOB=VALUES",
			Example: "input-length=512..32k:log:25", Repeats: true, Default: byDefault("none"), Group: GroupOutput,
			Parse: func(text string) (Value, *Problem) {
				if none(text) {
					return Value{}, nil
				}
				return wordList("input-length=512..32k:log:25")(text)
			}},
		{ID: Sensitivity, Name: "sensitivity", Label: "sensitivity", Flag: "sensitivity", Arity: Any,
			Metavar: "KNOB=FROM..TO",
			Example: "prefix-cache-hit-rate=0..0.9", Repeats: true, Default: byDefault("none"), Group: GroupOutput,
			Parse: func(text string) (Value, *Problem) {
				switch {
				case none(text):
					return Value{}, nil
				case text == "on" || text == "auto": // the flag alone
					return Value{On: true}, nil
				}
				return wordList("prefix-cache-hit-rate=0..0.9")(text)
			}},
		{ID: Frontier, Name: "frontier", Label: "frontier", Flag: "frontier", Arity: None, Example: "off",
			Choices: choices("off", "on"), Parse: onOff, Default: byDefault("off"), Group: GroupOutput},
		{ID: Overlaid, Name: "overlay", Label: "overlay", Flag: "overlay", Arity: Many, Metavar: "PLAN|RUNS",
			Example: "other.toml", Repeats: true, Default: byDefault("none"), Group: GroupOutput,
			Parse: func(text string) (Value, *Problem) {
				if t := strings.TrimSpace(text); t == "" || t == "none" { // whatever else it is, it is meant for a file
					return Value{}, nil
				}
				return wordList("other.toml")(text)
			}},
		{ID: Lang, Name: "lang", Label: "language", Flag: "lang", Arity: One, Metavar: "en|zh", Example: "en", Choices: langs,
			Parse: optionalOneOf(langs), Default: byDefault("none"), Group: GroupScreen},
	}
	for _, s := range []struct {
		id         ID
		name, flag string
	}{{ASCII, "ascii", "ascii"}, {Accessible, "accessible", "accessible"}, {NoColor, "no_color", "no-color"}} {
		fs = append(fs, Field{ID: s.id, Name: s.name, Label: s.flag, Flag: s.flag, Arity: None, Example: "off",
			Choices: choices("off", "on"),
			Parse:   onOff, Default: byDefault("off"), Group: GroupScreen})
	}
	fs = append(fs, Field{ID: Config, Name: "config", Label: "settings file", Flag: "config", Arity: One, Metavar: "FILE",
		Example: "settings.toml", Parse: optionalWord("settings.toml"), Default: byDefault("none"), Group: GroupScreen})
	for i := range fs {
		fs[i].Ours, fs[i].Advanced = true, true
	}
	return fs
}
