package cli

import (
	"slices"

	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

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
			p.note(n)
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

// noteIgnored names the flags that change nothing.
func (p *Program) noteIgnored(c *cobra.Command) {
	c.Flags().Visit(func(f *pflag.Flag) {
		if _, ok := machinery[f.Name]; ok {
			p.note(message.New("said.idle-flag", f.Name))
		}
	})
}

// setup turns flags into what is priced. The sizes default as simulation-model 2.1 says.
func (p *Program) setup(f *passFlags) (s pass.Setup, shape pass.Shape, err error) {
	if s.Model, err = p.model(f.model, f.architecture); err != nil {
		return s, shape, refused("pass", err)
	}
	if n := len(s.Model.Layers); f.layers > n && s.Model.Unsupported == "" {
		return s, shape, badInput("pass", "bad.pass-layers", f.layers, n)
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
		return s, shape, refused("pass", err)
	}
	s.Quant.Linear, _ = plan.Action(f.linear, plan.NumLinearActions) // the flags took nothing else
	s.Quant.NonExpert, _ = plan.Action(f.nonExpert, plan.NumLinearActions)
	s.Quant.Attention, _ = plan.Action(f.attention, plan.NumAttentionActions)
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
	if f.kernels != "" && s.Fidelity.String() != "calibrated" {
		return s, shape,
			badInput("pass", "bad.pass-kernels", f.kernels)
	}
	if experts := f.ep + f.moeTP + f.moeDP; !s.Model.MoE() && (experts > 0 || f.shared || f.redundant || f.external ||
		f.host) {
		p.note(message.New("said.no-experts", s.Model.Name))
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
		return s, badInput("pass", "bad.pass-no-images", m.Name)
	case f.height == 0 || f.width == 0:
		return s, badInput("pass", "bad.pass-images")
	default:
		s.Images, s.ImageHeight, s.ImageWidth = max(1, f.images), f.height, f.width
	}
	return s, nil
}

// strategy fills in the sizes that were not given; what does not multiply to the devices is an error.
func (f *passFlags) strategy(m *model.Model) (plan.Strategy, error) {
	world := max(1, f.devices)
	s := plan.Strategy{TP: max(1, f.tp), PP: max(1, f.pp), DP: f.dp, DCP: max(1, f.dcp), OProjTP: f.oProjTP,
		MLPTP:    f.mlpTP,
		LMHeadTP: f.lmHeadTP, VisionTP: f.visionTP, SharedExpertTP: f.shared,
		ExternalShared: f.external,
		HostExternal:   f.host}
	switch f.embedding {
	case "col":
		s.WordEmbeddingTP = plan.EmbeddingCol
	case "row":
		s.WordEmbeddingTP = plan.EmbeddingRow
	}
	if world%(s.TP*s.PP) != 0 {
		return s, badInput("pass", "bad.pass-tp", s.TP, s.TP*s.PP, world)
	}
	if s.DP == 0 {
		s.DP = world / (s.TP * s.PP)
	}
	if s.World() != world {
		return s, badInput("pass", "bad.pass-dp", s.DP, s.World(), world, world/(s.TP*s.PP))
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
			return s, badInput("pass", "bad.pass-part-dp", sub.name, sub.dp, tp, stage)
		}
	}
	if !m.MoE() {
		return s, nil
	}
	s.EP, s.MoEDP, s.MoETP = max(1, f.ep), max(1, f.moeDP), f.moeTP
	if f.redundant {
		s.RedundantExperts = s.EP
	}
	if stage%(s.EP*s.MoEDP) != 0 {
		return s, badInput("pass", "bad.pass-ep", s.EP, s.EP*s.MoEDP, stage)
	}
	if s.MoETP == 0 {
		s.MoETP = stage / (s.EP * s.MoEDP)
	}
	if s.EP*s.MoETP*s.MoEDP != stage {
		return s, badInput("pass", "bad.pass-moe-tp", s.MoETP, s.EP*s.MoETP*s.MoEDP, stage,
			stage/(s.EP*s.MoEDP))
	}
	return s, nil
}
