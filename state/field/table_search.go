package field

import (
	"slices"

	"fathom/sim/plan"
)

func searchFields() []Field {
	size := func(id ID, name, label, flag string, group Group, advanced bool, asked func(*Reading) bool) Field {
		return Field{ID: id, Name: name, Label: label, Flag: flag, Arity: Any, Metavar: "N", Example: "1 2 4",
			Parse:   sizes("1 2 4"),
			Default: byDefault("off"), Group: group, Advanced: advanced, Asked: asked}
	}
	pp := size(PP, "pp_sizes", "PP sizes", "pp-sizes", GroupSearch, true,
		func(r *Reading) bool { return r.Word(Search) == "exhaustive" })
	pp.Ours = true
	halves := choices("off", "on", "auto")
	experts := func(f Field) Field {
		f.Group, f.Advanced, f.Ours, f.Asked = GroupSearch, true, true, (*Reading).MoE
		return f
	}
	return []Field{
		pp,
		size(TP, "tp_sizes", "TP sizes", "tp-sizes", GroupSearch, false, nil),
		size(EP, "ep_sizes", "EP sizes", "ep-sizes", GroupSearch, false, (*Reading).MoE),
		size(MoEDP, "moe_dp_sizes", "MoE-DP sizes", "moe-dp-sizes", GroupSearch, true, (*Reading).MoE),
		experts(Field{ID: ExpertSkew, Name: "expert_skew", Label: "expert skew", Flag: "expert-skew", Arity: One,
			Metavar: "X", Example: "0.4", Default: byDefault("none"),
			Parse: optionalNumber(counted, nonNegative, "at-least-zero",
				"0.4")}),
		experts(Field{ID: ExpertLoads, Name: "expert_loads", Label: "expert loads", Flag: "expert-loads", Arity: One,
			Metavar: "FILE", Example: "loads.csv", Default: byDefault("none"), Parse: optionalWord("loads.csv")}),
		experts(Field{ID: Redundant, Name: "redundant_experts", Label: "redundant experts", Flag: "redundant-experts",
			Arity: Any, Metavar: "N", Example: "0 32", Default: byDefault("off"), Parse: sizesFrom(0, "0 32")}),
		experts(Field{ID: TwoBatch, Name: "two_batch_overlap", Label: "two-batch overlap", Flag: "two-batch-overlap",
			Arity: One, Metavar: "MODE", Example: "auto", Choices: halves, Default: byDefault("off"), Parse: oneOf(halves)}),
		experts(Field{ID: AFD, Name: "afd", Label: "attention and experts apart", Flag: "afd", Arity: Any, Metavar: "M:N",
			Example: "48:16", Default: byDefault("off"), Parse: divided}),
		size(DCP, "dcp_sizes", "DCP sizes", "dcp-sizes", GroupSearch, true, func(r *Reading) bool { return r.Decode }),
	}
}

func quantFields() []Field {
	kinds := []Choice{{quantRecommended, []string{"recommend", "yes", "推荐"}}, {quantCustom, []string{"自定义"}},
		{quantPublished, []string{"as published", "as-published", "按发布"}}}
	linear := choices(plan.Names(plan.NumLinearActions)...)
	attention := choices(plan.Names(plan.NumAttentionActions)...)
	custom := func(r *Reading) bool { return r.Word(Quantization) == quantCustom }
	return []Field{
		{ID: Quantization, Name: "quantization", Label: "quantisation", Arity: One, Example: quantRecommended, Choices: kinds,
			Parse: oneOf(kinds), Group: GroupQuantization},
		{ID: Linear, Name: "quantize_linear_action", Label: "linear quantisation", Flag: "quantize-linear-action", Arity: One,
			Metavar: "ACTION", Example: "W8A8_DYNAMIC", Choices: linear, Parse: oneOf(linear), Group: GroupQuantization,
			Asked: custom},
		{ID: NonExpert, Name: "quantize_non_expert_linear_action", Label: "non-expert quantisation",
			Flag: "quantize-non-expert-linear-action", Arity: One, Metavar: "ACTION", Example: "W8A8_DYNAMIC", Choices: linear,
			Parse: oneOf(linear), Default: byDefault("DISABLED"), Group: GroupQuantization, Advanced: true,
			Asked: func(r *Reading) bool { return custom(r) && r.MoE() }},
		{ID: Attention, Name: "quantize_attention_action", Label: "attention quantisation", Flag: "quantize-attention-action",
			Arity:   One,
			Metavar: "ACTION", Example: "DISABLED", Choices: attention, Parse: oneOf(attention), Group: GroupQuantization,
			Asked: custom},
		{ID: MXFP4Group, Name: "mxfp4_group_size", Label: "MXFP4 group size", Flag: "mxfp4-group-size", Arity: One,
			Metavar: "N",
			Example: "32", Parse: integer(1, most, "32"), Default: byDefault("32"), Group: GroupQuantization,
			Asked: func(r *Reading) bool {
				return custom(r) && slices.Contains([]string{r.Word(Linear), r.Word(NonExpert)}, plan.MXFP4.String())
			}},
	}
}
