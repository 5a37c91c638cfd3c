package cli

import (
	"maps"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/software"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// passFlags are the flags of one forward pass, as msmodeling's text_generate has them (its part for language models).
type passFlags struct {
	model, device                                          string
	devices, queries, query, context, layers               int
	decode                                                 bool
	tp, pp, dp, ep, moeTP, moeDP, dcp                      int
	oProjTP, mlpTP, lmHeadTP, visionTP                     int
	oProjDP, mlpDP, lmHeadDP                               int
	linear, nonExpert, attention, embedding                string
	group, mtp                                             int
	hitRate, reserved                                      float64
	images, height, width                                  int
	compile, shared, redundant, external, host, flat, head bool
	features, models                                       []string
	switches                                               [4]bool // the features as flags of their own
	fidelity, serving, kernels, method, architecture       string
	files                                                  []string
	trace                                                  string
	notes                                                  []message.Message
	out                                                    *format
}

const (
	mostRanks  = 1_000_000
	mostTokens = 100_000_000
)

var featureNames = []string{"enable_multistream", "enable_sequence_parallel", "enable_matmul_allreduce",
	"enable_dispatch_ffn_combine"}

// machinery are flags of text_generate that change nothing here; the value tells whether one takes a word.
var machinery = map[string]bool{"compile-allow-graph-break": false, "dump-input-shapes": false,
	"dump-op-bound-results": false,
	"graph-log-path":        true, "log-level": true, "remote-source": true, "jobs": true, "verbose": false,
	"quiet": false}

// foreign are flags of text_generate that ask for what only the reference tool has; the value tells whether one takes a
// word.
var foreign = map[string]bool{"profiling-database-path": true, "disable-profiling-interpolation": false,
	"export-empirical-metrics-file": true,
	"fusion-plugin":                 true, "num-speculative-tokens": true, "acceptance-length": true,
	"num-draft-layers":        true,
	"draft-model-config-path": true,
	"dspark-markov-rank":      true, "dspark-markov-head": true}

// deprecated are older spellings of text_generate's flags.
var deprecated = map[string]string{"graph-log-url": "graph-log-path", "graph-log-file": "graph-log-path",
	"profiling-database":       "profiling-database-path",
	"export-empirical-metrics": "export-empirical-metrics-file", "disable-repetition": "no-repetition"}

func (f *passFlags) add(s *pflag.FlagSet) {
	size := func(to *int, name, usage string) { s.Var(whole{name, to, 1, mostRanks}, name, usage) }
	s.StringVar(&f.model, "model-id", "", "the model, in place of the argument")
	s.StringVar(&f.device, "device", "TEST_DEVICE", "hardware profile")
	size(&f.devices, "num-devices", "devices (world size); default 1")
	s.Var(whole{"num-queries", &f.queries, 1, mostTokens}, "num-queries", "requests over all devices")
	s.Var(whole{"query-length", &f.query, 1, mostTokens}, "query-length", "new tokens of each request")
	s.Var(whole{"context-length", &f.context, 0, mostTokens}, "context-length",
		"tokens of each request that are in the KV cache already")
	s.BoolVar(&f.decode, "decode", false, "a decode step; otherwise prefill")
	size(&f.tp, "tp-size", "tensor parallel size; default 1")
	size(&f.pp, "pp-size", "pipeline stages; default 1")
	size(&f.oProjDP, "o-proj-dp-size", "what is left of the devices for the attention output; given, it must be that")
	size(&f.mlpDP, "mlp-dp-size", "likewise for dense feed-forward layers")
	size(&f.lmHeadDP, "lmhead-dp-size", "likewise for the LM head")
	s.Var(whole{"num-hidden-layers-override", &f.layers, 0, mostTokens}, "num-hidden-layers-override",
		"price only the first N layers; default 0, all of them")
	size(&f.dp, "dp-size", "data parallel size; default devices / (TP x PP)")
	size(&f.ep, "ep-size", "expert parallel size; default 1")
	size(&f.moeTP, "moe-tp-size", "tensor parallel size of the experts; default what is left")
	size(&f.moeDP, "moe-dp-size", "data parallel size of the experts; default 1")
	size(&f.dcp, "dcp-size", "decode context parallel size; default 1")
	size(&f.oProjTP, "o-proj-tp-size", "tensor parallel size of the attention output; default as TP")
	size(&f.mlpTP, "mlp-tp-size", "tensor parallel size of dense feed-forward layers; default as TP")
	size(&f.lmHeadTP, "lmhead-tp-size", "tensor parallel size of the LM head; default as TP")
	size(&f.visionTP, "vision-tp-size", "tensor parallel size of the vision tower; default 1")
	actions := plan.Names(plan.NumLinearActions)
	f.linear, f.nonExpert, f.attention = "W8A8_DYNAMIC", "DISABLED", "DISABLED"
	s.Var(choice{"quantize-linear-action", &f.linear, actions}, "quantize-linear-action", "quantisation of linear layers")
	s.Var(choice{"quantize-non-expert-linear-action", &f.nonExpert, actions}, "quantize-non-expert-linear-action",
		"where it differs for everything but routed experts")
	cached := plan.Names(plan.NumAttentionActions)
	s.Var(choice{"quantize-attention-action", &f.attention, cached}, "quantize-attention-action",
		"quantisation of the KV cache")
	size(&f.group, "mxfp4-group-size", "elements that share a scale; default 32")
	s.Var(whole{"num-mtp-tokens", &f.mtp, 0, 9}, "num-mtp-tokens", "MTP layers that run")
	s.Var(real{"prefix-cache-hit-rate", &f.hitRate, 0, 1, "RATE"}, "prefix-cache-hit-rate",
		"share of a prefill's query that is cached")
	s.Var(real{"reserved-memory-gb", &f.reserved, 0, 1 << 20, "GIB"}, "reserved-memory-gb", "GiB kept free; default 0")
	s.Var(whole{"image-batch-size", &f.images, 1, 100_000}, "image-batch-size", "images of each request")
	s.Var(whole{"image-height", &f.height, 1, 100_000}, "image-height", "pixels")
	s.Var(whole{"image-width", &f.width, 1, 100_000}, "image-width", "pixels")
	s.BoolVar(&f.compile, "compile", false, "price the graph-rewritten model")
	s.Var(several{"compilation-config", &f.features, featureNames}, "compilation-config",
		"graph features: "+strings.Join(featureNames, ", "))
	for i, name := range featureNames {
		s.BoolVar(&f.switches[i], strings.ReplaceAll(name, "_", "-"), false, "the same as --compilation-config "+name)
	}
	s.Var(choice{"word-embedding-tp", &f.embedding, []string{"col", "row"}}, "word-embedding-tp",
		"split of the embedding table: col or row")
	s.BoolVar(&f.shared, "enable-shared-expert-tp", false, "shared experts follow TP")
	s.BoolVar(&f.redundant, "enable-redundant-experts", false, "one more expert on every expert rank")
	s.BoolVar(&f.external, "enable-external-shared-experts", false, "some ranks hold only shared experts")
	s.BoolVar(&f.host, "host-external-shared-experts", false, "price a rank that holds only shared experts")
	s.BoolVar(&f.head, "quantize-lmhead", false, "no effect, as in the reference tool")
	s.BoolVar(&f.flat, "no-repetition", false, "price every layer by itself")
	s.Var(choice{"fidelity", &f.fidelity, []string{"reference", "corrected", "calibrated"}}, "fidelity",
		"reference, corrected or calibrated")
	s.Var(choice{"serving-engine", &f.serving, software.Names()}, "serving-engine", "price a calibrated step as this "+
		"engine runs it, its host included; default kernels back to back")
	s.StringVar(&f.kernels, "kernels", "",
		"add up the kernels that this engine brings to the device, e.g. vllm; default the device's own")
	s.Var(choice{"speculative-method", &f.method, []string{"dflash", "dspark"}}, "speculative-method",
		"needs the msmodeling engine")
	s.Var(several{"performance-model", &f.models, []string{"analytic", "profiling"}}, "performance-model",
		"analytic; profiling needs the msmodeling engine")
	s.StringVar(&f.architecture, "architecture", "", "known model type to use for a config.json whose own is unknown")
	s.StringArrayVar(&f.files, "device-file", nil, "TOML file with a further profile; may be repeated")
	s.StringVar(&f.trace, "chrome-trace", "", "write a trace for chrome://tracing to this file")
	s.StringVar(&f.trace, "chrome-trace-file", "", "the same as --chrome-trace")
	letters := map[string]string{"jobs": "j", "verbose": "v", "quiet": "q"}
	hidden := func(flags map[string]bool, usage string) {
		for _, name := range slices.Sorted(maps.Keys(flags)) {
			if flags[name] {
				s.StringP(name, letters[name], "", usage)
			} else {
				s.BoolP(name, letters[name], false, usage)
			}
			s.MarkHidden(name)
		}
	}
	hidden(machinery, "accepted; changes nothing here")
	hidden(foreign, "needs the msmodeling engine")
}

func kebab(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	return pflag.NormalizedName(strings.ReplaceAll(name, "_", "-"))
}

// parse reads the line as the reference tool's parser would: --compilation-config takes all words up to the next flag.
func (f *passFlags) parse(c *cobra.Command, args []string) error {
	var line []string
	for i := 0; i < len(args); i++ {
		a := f.modern(hw.Clean(args[i]))
		if name := strings.ReplaceAll(a, "_", "-"); name != "--compilation-config" {
			line = append(line, a)
			continue
		}
		for i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") {
			i++
			line = append(line, "--compilation-config="+hw.Clean(args[i]))
		}
	}
	if err := c.Flags().Parse(line); err != nil {
		return flagError(c, err)
	}
	var needs error
	c.Flags().Visit(func(g *pflag.Flag) {
		if _, ok := foreign[g.Name]; ok && needs == nil {
			needs = badInput("pass", "bad.pass-foreign", strings.TrimSpace(g.Name+" "+g.Value.String()))
		}
	})
	if slices.Contains(f.models, "profiling") {
		needs = badInput("pass", "bad.pass-foreign", "performance-model profiling")
	}
	rest := c.Flags().Args()
	if f.model != "" {
		rest = append(rest, f.model)
	}
	switch {
	case len(rest) == 0:
		return badInput("pass", "bad.pass-model")
	case len(rest) > 1:
		return badInput("pass", "bad.pass-models", rest[1], rest[0])
	case f.queries == 0:
		return badInput("pass", "bad.pass-queries")
	case f.query == 0:
		return badInput("pass", "bad.pass-query")
	case f.method != "":
		return badInput("pass", "bad.pass-foreign", "speculative-method "+f.method)
	case needs != nil:
		return needs
	}
	f.model = rest[0]
	return nil
}

// modern replaces a deprecated spelling and remembers to say so.
func (f *passFlags) modern(word string) string {
	flag, value, joined := strings.Cut(word, "=")
	name, dashed := strings.CutPrefix(flag, "--")
	if dashed && name == "devices" { // text_generate has both
		return strings.Replace(word, "devices", "device", 1)
	}
	newer, old := deprecated[strings.ReplaceAll(name, "_", "-")]
	if !dashed || !old {
		return word
	}
	f.notes = append(f.notes, message.New("said.deprecated", flag, newer))
	if joined {
		return "--" + newer + "=" + value
	}
	return "--" + newer
}
