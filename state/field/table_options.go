package field

import "math"

func nonNegative(x float64) bool { return x >= 0 && x <= math.MaxInt32 }

func optionFields() []Field {
	features := choices("enable_multistream", "enable_sequence_parallel", "enable_matmul_allreduce",
		"enable_dispatch_ffn_combine")
	for i, w := range []string{"multistream", "sequence-parallel", "matmul-allreduce", "dispatch-ffn-combine"} {
		features[i].Words = []string{w}
	}
	embedding := choices("col", "row")
	strategies := choices("exponential", "linear_exponential")
	hasHeads := func(r *Reading) bool { return r.Model == nil || r.Model.MTPHeads > 0 }
	return []Field{
		{ID: PrefixCache, Name: "prefix_cache", Label: "prefix cache", Arity: One, Example: "off",
			Choices: choices("off", "on"), Parse: onOff,
			Default: byDefault("off"), Group: GroupCache},
		{ID: HitRate, Name: "prefix_cache_hit_rate", Label: "hit rate", Flag: "prefix-cache-hit-rate", Arity: One,
			Metavar: "RATE", Example: "0.3",
			Parse:   number(shared, func(x float64) bool { return x >= 0 && x < 1 }, "half-open", "0.3"),
			Default: byDefault("0"), Group: GroupCache, Asked: (*Reading).PrefixCache},
		{ID: MTP, Name: "mtp", Label: "MTP", Arity: One, Example: "off", Choices: choices("off", "on"), Parse: onOff,
			Default: byDefault("off"),
			Group:   GroupMTP, Asked: hasHeads},
		{ID: MTPTokens, Name: "num_mtp_tokens", Label: "MTP tokens", Flag: "num-mtp-tokens", Arity: Many, Metavar: "N",
			Example: "1",
			Parse:   integers(0, 9, "1"), Default: byDefault("0"), Group: GroupMTP, Asked: (*Reading).MTP},
		{ID: Acceptance, Name: "mtp_acceptance_rates", Label: "acceptance rates", Flag: "mtp-acceptance-rates",
			Aliases: []string{"mtp-acceptance-rate"}, Arity: Many, Metavar: "RATE", Example: "0.9 0.6 0.4 0.2",
			Parse:   rates("0.9 0.6 0.4 0.2"),
			Default: byDefault("0.9 0.6 0.4 0.2"), Group: GroupMTP, Asked: (*Reading).MTP},
		{ID: ImageBatch, Name: "image_batch_size", Label: "images per request", Flag: "image-batch-size", Arity: One,
			Metavar: "N",
			Example: "1", Parse: optionalInteger(1, mostPixels, "1"), Default: byDefault("none"), Group: GroupImages,
			Asked: (*Reading).Vision},
		{ID: ImageHeight, Name: "image_height", Label: "image height", Flag: "image-height", Arity: One, Metavar: "N",
			Unit:    "pixels",
			Example: "1024", Parse: optionalInteger(1, mostPixels, "1024"), Default: byDefault("none"), Group: GroupImages,
			Asked: (*Reading).Images},
		{ID: ImageWidth, Name: "image_width", Label: "image width", Flag: "image-width", Arity: One, Metavar: "N",
			Unit:    "pixels",
			Example: "1024", Parse: optionalInteger(1, mostPixels, "1024"), Default: byDefault("none"), Group: GroupImages,
			Asked: (*Reading).Images},
		{ID: Compile, Name: "compile", Label: "compile", Flag: "compile", Arity: None, Example: "on",
			Choices: choices("on", "off"), Parse: onOff,
			Default: byDefault("off"), Group: GroupCompile},
		{ID: CompileConfig, Name: "compilation_config", Label: "compilation config", Flag: "compilation-config", Arity: Any,
			Metavar: "FEATURE",
			Example: "enable_multistream", Choices: features, Parse: someOf(features), Default: byDefault("none"),
			Group:    GroupCompile,
			Advanced: true, Asked: func(r *Reading) bool { return r.On(Compile) }},
		{ID: GraphBreak, Name: "compile_allow_graph_break", Label: "graph break", Flag: "compile-allow-graph-break",
			Arity: None, Example: "off",
			Choices: choices("off", "on"), Parse: onOff, Default: byDefault("off"), Group: GroupCompile, Advanced: true,
			Ignored: true,
			Asked:   func(r *Reading) bool { return r.On(Compile) }},
		{ID: BatchRange, Name: "batch_range", Label: "batch range", Flag: "batch-range", Arity: Many, Max: 2, Metavar: "N",
			Example: "1 64",
			Parse:   batchRange, Default: byDefault("none"), Group: GroupAdvanced, Advanced: true},
		{ID: MaxBatched, Name: "max_batched_tokens", Label: "max batched tokens", Flag: "max-batched-tokens",
			Aliases: []string{"max-prefill-tokens"}, Arity: One, Metavar: "N", Unit: "tokens", Example: "8192",
			Parse: optionalInteger(1, most, "8192"), Default: byDefault("none"), Group: GroupAdvanced, Advanced: true},
		{ID: Reserved, Name: "reserved_memory_gb", Label: "reserved memory", Flag: "reserved-memory-gb", Arity: One,
			Metavar: "GIB", Unit: "GiB",
			Example: "10", Parse: number(sized, nonNegative, "at-least-zero", "10"), Default: byDefault("10"),
			Group:    GroupAdvanced,
			Advanced: true},
		{ID: WordEmbedding, Name: "word_embedding_tp", Label: "word-embedding TP", Flag: "word-embedding-tp", Arity: One,
			Metavar: "MODE",
			Example: "col", Choices: embedding, Parse: optionalOneOf(embedding), Default: byDefault("none"),
			Group: GroupAdvanced, Advanced: true},
		{ID: SharedExpertTP, Name: "enable_shared_expert_tp", Label: "shared-expert TP", Flag: "enable-shared-expert-tp",
			Arity:   None,
			Example: "off", Choices: choices("off", "on"), Parse: onOff, Default: byDefault("off"), Group: GroupAdvanced,
			Advanced: true,
			Asked:    (*Reading).MoE},
		{ID: ServingCost, Name: "serving_cost", Label: "serving cost", Flag: "serving-cost", Arity: One, Metavar: "MS",
			Unit: "ms", Example: "2.5",
			Parse: number(timed, nonNegative, "at-least-zero", "2.5"), Default: byDefault("0"), Group: GroupAdvanced,
			Advanced: true},
		{ID: Strategy, Name: "concurrency_search_strategy", Label: "concurrency search", Flag: "concurrency-search-strategy",
			Arity:   One,
			Metavar: "NAME", Example: "exponential", Choices: strategies, Parse: oneOf(strategies),
			Default: byDefault("exponential"),
			Group:   GroupAdvanced, Advanced: true},
		{ID: MaxCombinations, Name: "max_search_combinations", Label: "combination threshold",
			Flag: "max-search-combinations", Arity: One,
			Metavar: "N", Example: "100", Parse: integer(0, most, "100"), Default: byDefault("100"), Group: GroupAdvanced,
			Advanced: true},
	}
}

const mostPixels = 100_000
