package cli

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"fathom/hw/message"
	"fathom/sim/geometry"
	"fathom/sim/memory"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/refusal"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/text"

	"github.com/spf13/cobra"
)

func (p *Program) modelsCommand() *cobra.Command {
	c := &cobra.Command{Use: "models [list | show NAME | check DIR_OR_CONFIG_JSON]",
		Short: "Models: list the catalog, show one, check your own config.json"}
	c.Args = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return badInput("models", "bad.models", args[0])
		}
		return nil
	}
	own := addFormat(c)
	c.RunE = func(*cobra.Command, []string) error { return p.listModels(own) }
	list := &cobra.Command{Use: "list", Short: "List the catalog", Args: argsOf(0, "")}
	f := addFormat(list)
	list.RunE = func(*cobra.Command, []string) error { return p.listModels(f) }
	c.AddCommand(list, p.showModel("show NAME", "Show a model: layers, attention, experts, weights, KV cache",
		"a model, e.g. Qwen/Qwen3-32B", false),
		p.showModel("check DIR_OR_CONFIG_JSON", "Check a model of your own", "a directory with config.json or such a file",
			true))
	return c
}

// facts is a model as JSON.
type facts struct {
	Name         string             `json:"name"`
	Architecture string             `json:"architecture"`
	Source       string             `json:"source"`
	Supported    bool               `json:"supported"`
	Reason       string             `json:"reason,omitempty"`
	Compared     bool               `json:"compared_with_reference"`
	Layers       int                `json:"layers"`
	Attention    []model.Blocks     `json:"attention"`
	FFN          []model.Blocks     `json:"feed_forward"`
	Hidden       int                `json:"hidden_size"`
	Vocab        int                `json:"vocab_size"`
	Positions    int                `json:"max_positions"`
	Experts      int                `json:"experts"`
	TopK         int                `json:"experts_per_token"`
	Parameters   float64            `json:"parameters"`
	Active       float64            `json:"active_parameters"`
	MTPHeads     int                `json:"mtp_heads"`
	Vision       bool               `json:"vision"`
	WeightGB     map[string]float64 `json:"weight_gb"` // on one device, by linear action
	// On one device: BF16 and before any window is full; by attention action; of a sequence, whatever its length.
	KVToken      float64            `json:"kv_bytes_per_token"`
	KVBytes      map[string]float64 `json:"kv_bytes_per_token_by_action"`
	State        float64            `json:"state_bytes"`
	Quantization *quantization      `json:"quantization"`
	Published    *float64           `json:"weights_gib_as_published"`
	TotalSize    *float64           `json:"weights_gib_of_index,omitempty"`
	Formats      map[string]float64 `json:"weights_gib_by_format,omitempty"`
	Assumed      []message.Message  `json:"assumed"`
	LeftOut      []message.Message  `json:"left_out"`
	Unknown      []string           `json:"not_understood"`

	unpriced message.Message // Reason
}

// quantization is how a checkpoint is published.
type quantization struct {
	Method  string               `json:"method"`
	Source  string               `json:"source"`
	Modules []model.ModuleFormat `json:"modules"`
}

const gib = 1 << 30

// factsOf collects what a model is; weights and cache are those of one device that holds all of it.
func factsOf(m *model.Model) (facts, error) {
	f := facts{Name: m.Name, Architecture: m.Architecture, Source: m.Source, Supported: m.Unsupported == "",
		Reason: m.Unpriced().String(), unpriced: m.Unpriced(),
		Compared: m.Compared, Layers: m.LayerCount, Attention: m.AttentionBlocks(), FFN: m.FFNBlocks(), Hidden: m.Hidden,
		Vocab: m.Vocab, Positions: m.MaxPositions,
		Assumed: listed(m.Assumed), LeftOut: listed(m.LeftOut), Unknown: listed(m.NotUnderstood),
		MTPHeads: m.MTPHeads, Vision: m.Vision != nil, WeightGB: map[string]float64{}, KVBytes: map[string]float64{}}
	var err error
	if f.Parameters, f.Active, err = geometry.Parameters(m); err != nil {
		return f, err
	}
	for _, l := range m.Layers {
		if l.FFN.MoE() {
			f.Experts, f.TopK = l.FFN.Experts, l.FFN.TopK
		}
	}
	if !f.Supported || len(m.Layers) == 0 {
		return f, nil
	}
	s := plan.Strategy{TP: 1, PP: 1, DP: 1}
	if m.MoE() {
		s.EP, s.MoETP, s.MoEDP = 1, 1, 1
	}
	g, err := geometry.New(m, s, false)
	if err != nil {
		return f, err
	}
	for a := range plan.NumLinearActions {
		q := plan.Quant{Linear: a, MXFP4Group: 32}
		ranks, err := memory.NewRanks(g, memory.Setting{Formats: memory.ReferenceFormats(q, m), Quant: q})
		if err != nil {
			return f, err
		}
		f.WeightGB[a.String()] = ranks[0].Weight(false) / gib
	}
	for a := range plan.NumAttentionActions {
		q := plan.Quant{Linear: plan.W8A8Dynamic, Attention: a}
		ranks, err := memory.NewRanks(g, memory.Setting{Formats: memory.ReferenceFormats(q, m), Quant: q})
		if err != nil {
			return f, err
		}
		f.KVBytes[a.String()] = ranks[0].KVPerToken(memory.Batch{Decode: true, Requests: 1, Tokens: 1, Total: 4096,
			Longest: 4096})
	}
	return f, f.published(m, s)
}

// published adds what engines keep of the checkpoint: weights as they are stored, the cache of a token, states.
func (f *facts) published(m *model.Model, s plan.Strategy) error {
	g, err := geometry.Served(m, s)
	if err != nil {
		return err
	}
	f.KVToken, f.State = geometry.Held(g)
	size, err := memory.AsPublished(m)
	if err != nil {
		return err
	}
	size /= gib
	f.Published = &size
	f.Formats = map[string]float64{}
	for name, bytes := range memory.ByFormat(g, m.Stored) {
		f.Formats[name] = bytes / gib
	}
	if m.Quantization != nil {
		f.Quantization = &quantization{m.Quantization.Method, m.Quantization.Source, m.Quantization.Modules}
	}
	if m.TotalBytes > 0 {
		total := m.TotalBytes / gib
		f.TotalSize = &total
	}
	if gap := refusal.OfIndex(m); !gap.IsZero() {
		f.LeftOut = append(f.LeftOut, gap)
	}
	return nil
}

// listed is a list that is never null.
func listed[T any](list []T) []T { return append([]T{}, list...) }

func (f *facts) status() message.Message {
	switch {
	case !f.Supported:
		return message.New("models.not-priced", f.unpriced)
	case !f.Compared:
		return message.New("models.uncompared")
	}
	return message.New("models.compared")
}

func (p *Program) listModels(f *format) error {
	s := titled(p.voice, "models.col", "name", ">layers", ">parameters", ">active", ">w8a8", ">kv", "status")
	tell := p.voice.Tell
	if f.name == "csv" {
		tell = message.Message.String // scripts read it
	}
	var values []facts
	for _, e := range model.Catalog() {
		m, err := e.Load()
		if err != nil {
			return err
		}
		v, err := factsOf(m)
		if err != nil {
			return err
		}
		values = append(values, v)
		row := []string{v.Name, "-", "-", "-", "-", "-", tell(v.status())}
		if v.Supported {
			row = []string{v.Name, number.Int(v.Layers), billions(v.Parameters), billions(v.Active),
				number.Fixed(v.WeightGB[plan.W8A8Dynamic.String()], 2), number.Fixed(v.KVBytes[plan.AttentionDisabled.String()], 0),
				tell(v.status())}
		}
		s.add(row...)
	}
	data, err := s.show(f.name, values)
	if err != nil {
		return err
	}
	return p.emit(f.path, data)
}

func billions(x float64) string { return number.Digits(x/1e9, 4) + " B" }

// showModel is models show, and with local models check: the same text, but of a path.
func (p *Program) showModel(use, short, what string, local bool) *cobra.Command {
	var architecture string
	c := &cobra.Command{Use: use, Short: short, Args: argsOf(1, what), ValidArgsFunction: p.completeModels}
	c.Flags().StringVar(&architecture, "architecture", "",
		"known model type to use for a config.json whose own is unknown")
	c.RegisterFlagCompletionFunc("architecture",
		func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return model.Architectures(), cobra.ShellCompDirectiveNoFileComp // read when asked for, not at every start
		})
	f := addFormat(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		name := "models " + c.Name()
		m, err := p.model(args[0], architecture)
		if err != nil {
			return refused(name, err)
		}
		v, err := factsOf(m)
		if err != nil {
			return refused(name, err)
		}
		data := []byte(v.text(p.voice))
		if f.name == "json" {
			if data, err = toJSON(v); err != nil {
				return err
			}
		}
		if err := p.emit(f.path, data); err != nil {
			return err
		}
		if local && !v.Supported {
			p.tell("said.unplanned", v.Name, v.Reason)
			return Exit(BadInput)
		}
		return nil
	}
	return c
}

// text is the model for people, one fact a line.
func (f *facts) text(voice *text.Catalog) string {
	var b strings.Builder
	line := func(key, value string) {
		fmt.Fprintf(&b, "%s %s\n", cell.Left(voice.T("models.line."+key), 14, ""), value)
	}
	tell := func(key string, args ...any) string { return voice.Tell(message.New("models."+key, args...)) }
	line("model", f.Name)
	line("architecture", f.Architecture)
	line("source", f.Source)
	line("status", voice.Tell(f.status()))
	if f.Layers == 0 {
		return b.String()
	}
	line("layers", strconv.Itoa(f.Layers))
	for _, x := range f.Attention {
		line("attention", fmt.Sprintf("%3d x %s", x.Count, x.Text))
	}
	for _, x := range f.FFN {
		line("feed-forward", fmt.Sprintf("%3d x %s", x.Count, x.Text))
	}
	line("sizes", tell("sizes", number.Int(f.Hidden), number.Int(f.Vocab), number.Int(f.Positions)))
	line("parameters", tell("parameters", billions(f.Parameters), billions(f.Active)))
	line("mtp", strconv.Itoa(f.MTPHeads))
	if f.Vision {
		line("vision", tell("vision-yes"))
	} else {
		line("vision", tell("vision-no"))
	}
	if !f.Supported {
		return b.String()
	}
	for a := range plan.NumLinearActions {
		size := f.WeightGB[a.String()]
		if a == plan.AsPublished {
			size = *f.Published
		}
		line("weights", fmt.Sprintf("%9s GiB  %s", number.Fixed(size, 3), a))
	}
	for a := range plan.NumAttentionActions {
		line("kv", fmt.Sprintf("%9s B    %s", number.Fixed(f.KVBytes[a.String()], 0), a))
	}
	if f.State > 0 {
		line("state", tell("sequence", fmt.Sprintf("%9s", number.Fixed(f.State, 0))))
	}
	for _, name := range slices.Sorted(maps.Keys(f.Formats)) {
		line("bytes", fmt.Sprintf("%9s GiB  %s", number.Fixed(f.Formats[name], 3), name))
	}
	if q := f.Quantization; q != nil {
		for _, m := range q.Modules {
			line("published", fmt.Sprintf("%-17s %s", m.Kind, m.Format))
		}
		line("published-by", fmt.Sprintf("%s (%s)", q.Method, q.Source))
	}
	for _, m := range f.LeftOut {
		line("left-out", voice.Tell(m))
	}
	for _, key := range f.Unknown {
		line("unknown", key)
	}
	for _, m := range f.Assumed {
		if m.Key != "assumed.value-none" { // JSON has those too
			line("assumed", voice.Tell(m))
		}
	}
	return b.String()
}
