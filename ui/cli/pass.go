package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"

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
	fidelity, serving, method, architecture                string
	files                                                  []string
	trace                                                  string
	notes                                                  []string
	out                                                    *format
}

const (
	mostRanks  = 1_000_000
	mostTokens = 100_000_000
)

var featureNames = []string{"enable_multistream", "enable_sequence_parallel", "enable_matmul_allreduce", "enable_dispatch_ffn_combine"}

// machinery are flags of text_generate that change nothing here; the value tells whether one takes a word.
var machinery = map[string]bool{"compile-allow-graph-break": false, "dump-input-shapes": false, "dump-op-bound-results": false,
	"graph-log-path": true, "log-level": true, "remote-source": true, "jobs": true, "verbose": false, "quiet": false}

// foreign are flags of text_generate that ask for what only the reference tool has; the value tells whether one takes a word.
var foreign = map[string]bool{"profiling-database-path": true, "disable-profiling-interpolation": false, "export-empirical-metrics-file": true,
	"fusion-plugin": true, "num-speculative-tokens": true, "acceptance-length": true, "num-draft-layers": true, "draft-model-config-path": true,
	"dspark-markov-rank": true, "dspark-markov-head": true}

// deprecated are older spellings of text_generate's flags.
var deprecated = map[string]string{"graph-log-url": "graph-log-path", "graph-log-file": "graph-log-path", "profiling-database": "profiling-database-path",
	"export-empirical-metrics": "export-empirical-metrics-file", "disable-repetition": "no-repetition"}

func (p *Program) passCommand() *cobra.Command {
	f := &passFlags{}
	c := &cobra.Command{Use: "pass MODEL [flags]", Short: "Price one forward pass; flags as msmodeling's text_generate",
		ValidArgsFunction: p.completeModels, DisableFlagParsing: true}
	f.add(c.Flags())
	f.out = addFormat(c)
	c.Flags().SetNormalizeFunc(kebab)
	c.RegisterFlagCompletionFunc("device", p.completeDevices)
	c.RunE = func(c *cobra.Command, args []string) error {
		if wants(args, "-h", "--help") {
			return c.Help()
		}
		if err := f.parse(c, args); err != nil {
			return err
		}
		for _, n := range f.notes {
			p.say("note: " + n)
		}
		p.noteIgnored(c)
		setup, shape, err := p.setup(f)
		if err != nil {
			return err
		}
		return p.price(f, setup, shape)
	}
	return c
}

func (f *passFlags) add(s *pflag.FlagSet) {
	size := func(to *int, name, usage string) { s.Var(whole{name, to, 1, mostRanks}, name, usage) }
	s.StringVar(&f.model, "model-id", "", "the model, in place of the argument")
	s.StringVar(&f.device, "device", "TEST_DEVICE", "hardware profile")
	size(&f.devices, "num-devices", "devices (world size); default 1")
	s.Var(whole{"num-queries", &f.queries, 1, mostTokens}, "num-queries", "requests over all devices")
	s.Var(whole{"query-length", &f.query, 1, mostTokens}, "query-length", "new tokens of each request")
	s.Var(whole{"context-length", &f.context, 0, mostTokens}, "context-length", "tokens of each request that are in the KV cache already")
	s.BoolVar(&f.decode, "decode", false, "a decode step; otherwise prefill")
	size(&f.tp, "tp-size", "tensor parallel size; default 1")
	size(&f.pp, "pp-size", "pipeline stages; default 1")
	size(&f.oProjDP, "o-proj-dp-size", "what is left of the devices for the attention output; given, it must be that")
	size(&f.mlpDP, "mlp-dp-size", "likewise for dense feed-forward layers")
	size(&f.lmHeadDP, "lmhead-dp-size", "likewise for the LM head")
	s.Var(whole{"num-hidden-layers-override", &f.layers, 0, mostTokens}, "num-hidden-layers-override", "price only the first N layers; default 0, all of them")
	size(&f.dp, "dp-size", "data parallel size; default devices / (TP x PP)")
	size(&f.ep, "ep-size", "expert parallel size; default 1")
	size(&f.moeTP, "moe-tp-size", "tensor parallel size of the experts; default what is left")
	size(&f.moeDP, "moe-dp-size", "data parallel size of the experts; default 1")
	size(&f.dcp, "dcp-size", "decode context parallel size; default 1")
	size(&f.oProjTP, "o-proj-tp-size", "tensor parallel size of the attention output; default as TP")
	size(&f.mlpTP, "mlp-tp-size", "tensor parallel size of dense feed-forward layers; default as TP")
	size(&f.lmHeadTP, "lmhead-tp-size", "tensor parallel size of the LM head; default as TP")
	size(&f.visionTP, "vision-tp-size", "tensor parallel size of the vision tower; default 1")
	actions := names(plan.NumLinearActions)
	f.linear, f.nonExpert, f.attention = "W8A8_DYNAMIC", "DISABLED", "DISABLED"
	s.Var(choice{"quantize-linear-action", &f.linear, actions}, "quantize-linear-action", "quantization of linear layers")
	s.Var(choice{"quantize-non-expert-linear-action", &f.nonExpert, actions}, "quantize-non-expert-linear-action", "where it differs for everything but routed experts")
	s.Var(choice{"quantize-attention-action", &f.attention, names(plan.NumAttentionActions)}, "quantize-attention-action", "quantization of the KV cache")
	size(&f.group, "mxfp4-group-size", "elements that share a scale; default 32")
	s.Var(whole{"num-mtp-tokens", &f.mtp, 0, 9}, "num-mtp-tokens", "MTP layers that run")
	s.Var(real{"prefix-cache-hit-rate", &f.hitRate, 0, 1, "RATE"}, "prefix-cache-hit-rate", "share of a prefill's query that is cached")
	s.Var(real{"reserved-memory-gb", &f.reserved, 0, 1 << 20, "GIB"}, "reserved-memory-gb", "GiB kept free; default 0")
	s.Var(whole{"image-batch-size", &f.images, 1, 100_000}, "image-batch-size", "images of each request")
	s.Var(whole{"image-height", &f.height, 1, 100_000}, "image-height", "pixels")
	s.Var(whole{"image-width", &f.width, 1, 100_000}, "image-width", "pixels")
	s.BoolVar(&f.compile, "compile", false, "price the graph-rewritten model")
	s.Var(several{"compilation-config", &f.features, featureNames}, "compilation-config", "graph features: "+strings.Join(featureNames, ", "))
	for i, name := range featureNames {
		s.BoolVar(&f.switches[i], strings.ReplaceAll(name, "_", "-"), false, "the same as --compilation-config "+name)
	}
	s.Var(choice{"word-embedding-tp", &f.embedding, []string{"col", "row"}}, "word-embedding-tp", "split of the embedding table: col or row")
	s.BoolVar(&f.shared, "enable-shared-expert-tp", false, "shared experts follow TP")
	s.BoolVar(&f.redundant, "enable-redundant-experts", false, "one more expert on every expert rank")
	s.BoolVar(&f.external, "enable-external-shared-experts", false, "some ranks hold only shared experts")
	s.BoolVar(&f.host, "host-external-shared-experts", false, "price a rank that holds only shared experts")
	s.BoolVar(&f.head, "quantize-lmhead", false, "no effect, as in the reference tool")
	s.BoolVar(&f.flat, "no-repetition", false, "price every layer by itself")
	s.Var(choice{"fidelity", &f.fidelity, []string{"reference", "corrected", "calibrated"}}, "fidelity", "reference, corrected or calibrated")
	s.Var(choice{"serving-engine", &f.serving, servingNames()}, "serving-engine", "price a calibrated step as this engine runs it, its host included; default kernels back to back")
	s.Var(choice{"speculative-method", &f.method, []string{"dflash", "dspark"}}, "speculative-method", "needs the msmodeling engine")
	s.Var(several{"performance-model", &f.models, []string{"analytic", "profiling"}}, "performance-model", "analytic; profiling needs the msmodeling engine")
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

func names[T interface {
	~uint8
	String() string
}](n T) (out []string) {
	for a := range n {
		out = append(out, a.String())
	}
	return out
}

// servingNames are the serving engines that can be named.
func servingNames() []string { return names(plan.NumServing)[plan.VLLM:] }

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
			needs = badInput("pass", "--%s: needs the msmodeling engine; leave it out", strings.TrimSpace(g.Name+" "+g.Value.String()))
		}
	})
	if slices.Contains(f.models, "profiling") {
		needs = badInput("pass", "--performance-model profiling: needs the msmodeling engine; leave it out")
	}
	rest := c.Flags().Args()
	if f.model != "" {
		rest = append(rest, f.model)
	}
	switch {
	case len(rest) == 0:
		return badInput("pass", "model: is not given; name a model, e.g. Qwen/Qwen3-32B")
	case len(rest) > 1:
		return badInput("pass", "model %s: the model is given twice (%s); keep one", rest[1], rest[0])
	case f.queries == 0:
		return badInput("pass", "--num-queries: is not given; say how many requests, e.g. --num-queries 16")
	case f.query == 0:
		return badInput("pass", "--query-length: is not given; say how many new tokens, e.g. --query-length 1 --decode")
	case f.method != "":
		return badInput("pass", "--speculative-method %s: needs the msmodeling engine; leave it out", f.method)
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
	f.notes = append(f.notes, fmt.Sprintf("%s is deprecated; use --%s", flag, newer))
	if joined {
		return "--" + newer + "=" + value
	}
	return "--" + newer
}

// noteIgnored names the flags that change nothing.
func (p *Program) noteIgnored(c *cobra.Command) {
	c.Flags().Visit(func(f *pflag.Flag) {
		if _, ok := machinery[f.Name]; ok {
			p.say("note: --" + f.Name + " changes nothing here")
		}
	})
}

// setup turns flags into what is priced. The sizes default as simulation-model 2.1 says.
func (p *Program) setup(f *passFlags) (s pass.Setup, shape pass.Shape, err error) {
	if s.Model, err = p.model(f.model, f.architecture); err != nil {
		return s, shape, badInput("pass", "%v", err)
	}
	if n := len(s.Model.Layers); f.layers > n && s.Model.Unsupported == "" {
		return s, shape, badInput("pass", "--num-hidden-layers-override %d: the model has %d layers; use at most that", f.layers, n)
	}
	if f.layers > 0 && s.Model.Unsupported == "" {
		s.Model = s.Model.First(f.layers)
	}
	if s.Profile, err = p.findDevice("pass", f.files, f.device); err != nil {
		return s, shape, err
	}
	if s.Strategy, err = f.strategy(s.Model); err != nil {
		return s, shape, err
	}
	if err := s.Profile.Fits(max(1, f.devices)); err != nil {
		return s, shape, badInput("pass", "%v", err)
	}
	for a := range plan.NumLinearActions {
		if a.String() == f.linear {
			s.Quant.Linear = a
		}
		if a.String() == f.nonExpert {
			s.Quant.NonExpert = a
		}
	}
	for a := range plan.NumAttentionActions {
		if a.String() == f.attention {
			s.Quant.Attention = a
		}
	}
	s.Quant.QuantizeHead = f.head
	s.Quant.MXFP4Group = max(f.group, 0)
	if f.group == 0 {
		s.Quant.MXFP4Group = 32
	}
	on := func(i int) bool { return f.switches[i] || slices.Contains(f.features, featureNames[i]) }
	s.Options = plan.Options{Compile: f.compile, Multistream: on(0), SequenceParallel: on(1), MatmulAllReduce: on(2),
		DispatchFFNCombine: on(3), NoRepetition: f.flat}
	s.MTP, s.ReservedGB, s.Serving = f.mtp, f.reserved, plan.ParseServing(f.serving)
	if s.Fidelity, err = fidelityOf(f.fidelity, s.Profile); err != nil {
		return s, shape, err
	}
	if experts := f.ep + f.moeTP + f.moeDP; !s.Model.MoE() && (experts > 0 || f.shared || f.redundant || f.external || f.host) {
		p.say("note: " + s.Model.Name + " has no experts; the flags about experts change nothing")
	}
	shape, err = f.shape(s.Model)
	return s, shape, err
}

// shape is the batch (simulation-model 2.2): a hit rate shortens a prefill's query, and not what it attends to.
func (f *passFlags) shape(m *model.Model) (pass.Shape, error) {
	s := pass.Shape{Decode: f.decode, Requests: f.queries, Query: f.query, Total: f.context + f.query}
	if !f.decode {
		s.Query -= int(float64(f.query) * f.hitRate)
	}
	switch sized := f.height > 0 || f.width > 0 || f.images > 0; {
	case !sized:
	case m.Vision == nil:
		return s, badInput("pass", "--image-height: %s takes no images; leave the image flags out", m.Name)
	case f.height == 0 || f.width == 0:
		return s, badInput("pass", "--image-height: images need a height and a width, e.g. --image-height 1024 --image-width 1024")
	default:
		s.Images, s.ImageHeight, s.ImageWidth = max(1, f.images), f.height, f.width
	}
	return s, nil
}

// strategy fills in the sizes that were not given; what does not multiply to the devices is an error.
func (f *passFlags) strategy(m *model.Model) (plan.Strategy, error) {
	world := max(1, f.devices)
	s := plan.Strategy{TP: max(1, f.tp), PP: max(1, f.pp), DP: f.dp, DCP: max(1, f.dcp), OProjTP: f.oProjTP, MLPTP: f.mlpTP,
		LMHeadTP: f.lmHeadTP, VisionTP: f.visionTP, SharedExpertTP: f.shared, RedundantExperts: f.redundant, ExternalShared: f.external,
		HostExternal: f.host}
	switch f.embedding {
	case "col":
		s.WordEmbeddingTP = plan.EmbeddingCol
	case "row":
		s.WordEmbeddingTP = plan.EmbeddingRow
	}
	if world%(s.TP*s.PP) != 0 {
		return s, badInput("pass", "--tp-size %d: TP x PP = %d does not divide the %d devices; choose divisors", s.TP, s.TP*s.PP, world)
	}
	if s.DP == 0 {
		s.DP = world / (s.TP * s.PP)
	}
	if s.World() != world {
		return s, badInput("pass", "--dp-size %d: TP x PP x DP = %d, but there are %d devices; leave it out or use %d", s.DP, s.World(), world,
			world/(s.TP*s.PP))
	}
	stage := world / s.PP
	for _, sub := range []struct {
		name   string
		dp, tp int
	}{{"o-proj", f.oProjDP, f.oProjTP}, {"mlp", f.mlpDP, f.mlpTP}, {"lmhead", f.lmHeadDP, f.lmHeadTP}} {
		tp := sub.tp
		if tp == 0 {
			tp = s.TP
		}
		if sub.dp > 0 && sub.dp*tp != stage {
			return s, badInput("pass", "--%s-dp-size %d: times its TP %d it is not the %d devices of a stage; leave it out", sub.name, sub.dp, tp, stage)
		}
	}
	if !m.MoE() {
		return s, nil
	}
	s.EP, s.MoEDP, s.MoETP = max(1, f.ep), max(1, f.moeDP), f.moeTP
	if stage%(s.EP*s.MoEDP) != 0 {
		return s, badInput("pass", "--ep-size %d: EP x MoE-DP = %d does not divide the %d devices of a stage; choose divisors", s.EP, s.EP*s.MoEDP, stage)
	}
	if s.MoETP == 0 {
		s.MoETP = stage / (s.EP * s.MoEDP)
	}
	if s.EP*s.MoETP*s.MoEDP != stage {
		return s, badInput("pass", "--moe-tp-size %d: EP x MoE-TP x MoE-DP = %d, but a stage has %d devices; leave it out or use %d", s.MoETP,
			s.EP*s.MoETP*s.MoEDP, stage, stage/(s.EP*s.MoEDP))
	}
	return s, nil
}
