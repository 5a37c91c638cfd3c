package field

// machineryFields steer the reference tool's own machinery or need it: they are kept for its command. Jobs and logs
// change nothing in the embedded engine and are ignored with a note; draft models and measured databases need the
// msmodeling engine.
func machineryFields() []Field {
	levels := choices("debug", "info", "warning", "error", "critical")
	models, methods, heads := choices("analytic", "profiling"), choices("dflash", "dspark"),
		choices("vanilla", "gated", "rnn")
	path := func(text string) (Value, *Problem) {
		if none(text) {
			return Value{}, nil
		}
		return word("out.json")(text)
	}
	one := func(id ID, name, label, flag, metavar, example, def string, parse parser) Field {
		return Field{ID: id, Name: name, Label: label, Flag: flag, Arity: One, Metavar: metavar, Example: example,
			Parse:   parse,
			Default: byDefault(def)}
	}
	sw := func(id ID, name, label, flag string) Field {
		return Field{ID: id, Name: name, Label: label, Flag: flag, Arity: None, Example: "off", Choices: choices("off", "on"),
			Parse:   onOff,
			Default: byDefault("off"), Ignored: true}
	}
	ignored := func(f Field) Field { f.Ignored = true; return f }
	with := func(f Field, cs []Choice) Field { f.Choices = cs; return f }
	short := func(f Field, letter string) Field { f.Short = letter; return f }
	also := func(f Field, alias string) Field { f.Aliases = []string{alias}; return f }
	fs := []Field{
		short(ignored(one(Jobs, "jobs", "jobs", "jobs", "N", "8", "8", integer(1, most, "8"))), "j"),
		ignored(with(one(LogLevel, "log_level", "log level", "log-level", "LEVEL", "error", "error", oneOf(levels)), levels)),
		short(sw(Verbose, "verbose", "verbose", "verbose"), "v"),
		short(sw(Quiet, "quiet", "quiet", "quiet"), "q"),
		sw(DumpOriginal, "dump_original_results", "raw results", "dump-original-results"),
		ignored(one(GraphLogPath, "graph_log_path", "graph log", "graph-log-path", "DIR", "graphs", "none", path)),
		also(ignored(one(ChromeTrace, "chrome_trace_file", "chrome trace", "chrome-trace-file", "FILE", "trace.json", "none",
			path)), "chrome-trace"),
		with(one(PerformanceModel, "performance_model", "performance model", "performance-model", "NAME", "analytic",
			"analytic",
			oneOf(models)), models),
		also(one(ProfilingDB, "profiling_database_path", "profiling database", "profiling-database-path", "DIR", "database",
			"none", path),
			"profiling-database"),
		with(one(SpecMethod, "speculative_method", "speculative method", "speculative-method", "NAME", "dflash", "none",
			optionalOneOf(methods)), methods),
		one(SpecTokens, "num_speculative_tokens", "speculative tokens", "num-speculative-tokens", "N", "7", "0",
			integer(0, most, "7")),
		one(AcceptanceLength, "acceptance_length", "acceptance length", "acceptance-length", "X", "5", "5",
			number(counted, nonNegative, "at-least-zero", "5")),
		one(DraftLayers, "num_draft_layers", "draft layers", "num-draft-layers", "N", "6", "0", integer(0, most, "6")),
		one(DraftConfig, "draft_model_config_path", "draft model config", "draft-model-config-path", "PATH",
			"draft/config.json", "none", path),
		one(MarkovRank, "dspark_markov_rank", "markov rank", "dspark-markov-rank", "N", "256", "256",
			integer(0, most, "256")),
		with(one(MarkovHead, "dspark_markov_head", "markov head", "dspark-markov-head", "NAME", "vanilla", "vanilla",
			oneOf(heads)), heads),
	}
	for i := range fs {
		fs[i].Group, fs[i].Advanced = GroupReference, true
	}
	return fs
}
