package field

import (
	"slices"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Request turns answers into the question that engines take. Issues hold everything to say, most serious first; with an
// error among them the request is nil. Absent limits are allowed here (a headless plan may go without); the form asks
// for them.
func Request(a Answers, c Catalog) (*plan.Request, []report.Issue) {
	r := Read(&a, &c)
	issues := MissingIssues(r.Missing(true))
	issues = append(issues, r.limitIssues()...)
	issues = append(issues, r.imageIssues()...)
	issues = append(issues, r.Issues()...)
	slices.SortStableFunc(issues, func(a, b report.Issue) int { return rank(a.Severity) - rank(b.Severity) })
	if r.Model == nil && !HasError(issues) {
		issues = append(issues, fault(Model, r.Word(Model), "model-load", message.New("issue.not-read")))
	}
	if HasError(issues) {
		return nil, issues
	}
	return r.request(), issues
}

// limitIssues says which limits a mode cannot do without (search-and-serving 1.2 and 5.4, FIX).
func (r *Reading) limitIssues() []report.Issue {
	ttft, tpot := r.HasLimit(TTFT), r.HasLimit(TPOT)
	if r.Problems[TTFT] != nil || r.Problems[TPOT] != nil {
		return nil
	}
	var out []report.Issue
	switch r.Mode {
	case plan.Disaggregation:
		if !(r.Prefill && ttft) && !(r.Decode && tpot) {
			out = append(out, fault(TTFT, "", "disagg-limits"))
		}
	case plan.PDRatio:
		if !ttft {
			out = append(out, fault(TTFT, "", "pd-ttft"))
		} else if !tpot {
			out = append(out, warn(TPOT, "", "pd-tpot"))
		}
	default:
		if !ttft && !tpot {
			out = append(out, assume(TTFT, "", "no-limit"))
		}
	}
	return out
}

func (r *Reading) request() *plan.Request {
	q := &plan.Request{
		Model: r.Model, Profiles: r.Profiles, Devices: r.Int(DeviceCount), Mode: r.Mode,
		InputLength: r.Int(InputLength), OutputLength: r.Int(OutputLength),
		TP: r.Sizes(TP), EP: r.Sizes(EP), MoEDP: r.Sizes(MoEDP), DCP: r.Sizes(DCP),
		PP: r.Sizes(PP), TargetQPS: r.Float(TargetQPS), TargetConcurrency: r.Int(TargetConcurrency),
		MaxBatchedTokens: r.Int(MaxBatched), ServingCostMS: r.Float(ServingCost),
		Quant: r.Quant(), ReservedGB: r.Float(Reserved),
		SharedExpertTP: r.On(SharedExpertTP), MaxCombinations: r.Int(MaxCombinations), KeepAll: r.On(AllPoints),
		AllowRefused: r.On(AllowRefused),
	}
	if file := r.Word(InputLength); file != "" {
		q.InputFile, q.Distribution = file, r.Catalog.Lengths[file]
	}
	if r.Prefill {
		q.TTFTLimit = r.Float(TTFT)
	}
	if r.Decode {
		q.TPOTLimit = r.Float(TPOT)
	}
	if r.Mode == plan.PDRatio {
		q.PrefillDevices, q.DecodeDevices = r.Int(PrefillDevices), r.Int(DecodeDevices)
	}
	if r.PrefixCache() {
		q.PrefixCacheHitRate = r.Float(HitRate)
	}
	if r.MTP() {
		q.MTP, q.Acceptance = r.Values[MTPTokens].Ints, r.Values[Acceptance].Floats
	}
	if b := r.Values[BatchRange].Ints; len(b) == 1 {
		q.BatchMax = b[0]
	} else if len(b) == 2 {
		q.BatchMin, q.BatchMax = b[0], b[1]
	}
	if r.Vision() {
		q.ImageBatch, q.ImageHeight, q.ImageWidth = r.Int(ImageBatch), r.Int(ImageHeight), r.Int(ImageWidth)
	}
	q.Options = r.options()
	switch r.Word(WordEmbedding) {
	case "col":
		q.WordEmbedding = plan.EmbeddingCol
	case "row":
		q.WordEmbedding = plan.EmbeddingRow
	}
	for f := plan.Reference; f <= plan.Calibrated; f++ {
		if r.Word(Fidelity) == f.String() {
			q.Fidelity = f
		}
	}
	for s := plan.SearchReference; s <= plan.SearchExhaustive; s++ {
		if r.Word(Search) == s.String() {
			q.Search = s
		}
	}
	for t := plan.TrafficClosed; t <= plan.TrafficPoisson; t++ {
		if r.Word(Traffic) == t.String() {
			q.Traffic, q.QPS = t, r.Float(QPS)
		}
	}
	q.Serving = plan.ParseServing(r.Word(ServingEngine))
	if r.Word(Strategy) == plan.LinearExponential.String() {
		q.Strategy = plan.LinearExponential
	}
	for i, name := range r.Values[DeviceCost].Words {
		q.Prices = append(q.Prices, plan.Price{Device: r.Catalog.Profile(name).Name, PerHour: r.Values[DeviceCost].Floats[i]})
	}
	for id := range NumIDs {
		if f := &Table[id]; f.Group == GroupReference {
			if values, set := r.flag(id); set {
				q.Machinery = append(q.Machinery, plan.Flag{Name: f.Flag, Values: values})
			}
		}
	}
	return q
}

func (r *Reading) options() plan.Options {
	has := func(feature string) bool { return slices.Contains(r.Values[CompileConfig].Words, feature) }
	return plan.Options{
		Compile: r.On(Compile), AllowGraphBreak: r.On(GraphBreak), Multistream: has("enable_multistream"),
		SequenceParallel: has("enable_sequence_parallel"), MatmulAllReduce: has("enable_matmul_allreduce"),
		DispatchFFNCombine: has("enable_dispatch_ffn_combine"),
	}
}

// FromRequest writes a request back as answers; FillDefaults and Request give the same request again.
func FromRequest(q *plan.Request) Answers {
	var a Answers
	set := func(id ID, v Value) { a[id] = Answer{Text: Table[id].text(v.tokens()), Source: You} }
	text := func(id ID, word string) { a[id] = Answer{Text: word, Source: You} }
	number := func(id ID, n int) {
		if n != 0 {
			set(id, Value{Ints: []int{n}})
		}
	}
	float := func(id ID, x float64) {
		if x != 0 {
			set(id, Value{Floats: []float64{x}})
		}
	}
	on := func(id ID, v bool) { text(id, onOffText(v)) }
	size := func(id ID, s plan.Sizes) {
		switch {
		case s.Searched && len(s.Values) > 0:
			set(id, Value{Ints: s.Values})
		case s.Searched:
			text(id, "auto")
		}
	}
	text(Mode, [...]string{modeAggregation, modeDisaggregation, modePDRatio}[q.Mode])
	if q.Model != nil {
		text(Model, q.Model.Name)
	}
	var names []string
	for _, p := range q.Profiles {
		names = append(names, p.Name)
	}
	set(Device, Value{Words: names})
	number(DeviceCount, q.Devices)
	number(PrefillDevices, q.PrefillDevices)
	number(DecodeDevices, q.DecodeDevices)
	number(InputLength, q.InputLength)
	if q.InputFile != "" {
		text(InputLength, q.InputFile)
	}
	number(OutputLength, q.OutputLength)
	float(TTFT, q.TTFTLimit)
	float(TPOT, q.TPOTLimit)
	size(TP, q.TP)
	size(EP, q.EP)
	size(MoEDP, q.MoEDP)
	size(DCP, q.DCP)
	size(PP, q.PP)
	float(TargetQPS, q.TargetQPS)
	number(TargetConcurrency, q.TargetConcurrency)
	var costs Value
	for _, p := range q.Prices {
		costs.Words, costs.Floats = append(costs.Words, p.Device), append(costs.Floats, p.PerHour)
	}
	if len(q.Prices) > 0 {
		set(DeviceCost, costs)
	}
	text(Linear, q.Quant.Linear.String())
	text(Attention, q.Quant.Attention.String())
	text(NonExpert, q.Quant.NonExpert.String())
	number(MXFP4Group, q.Quant.MXFP4Group)
	float(HitRate, q.PrefixCacheHitRate)
	if q.MTP != nil {
		set(MTPTokens, Value{Ints: q.MTP})
		set(Acceptance, Value{Floats: q.Acceptance})
	}
	number(ImageBatch, q.ImageBatch)
	number(ImageHeight, q.ImageHeight)
	number(ImageWidth, q.ImageWidth)
	on(Compile, q.Options.Compile)
	on(GraphBreak, q.Options.AllowGraphBreak)
	if fs := features(q.Options); len(fs) > 0 {
		set(CompileConfig, Value{Words: fs})
	}
	switch {
	case q.BatchMax > 0 && q.BatchMin > 0:
		set(BatchRange, Value{Ints: []int{q.BatchMin, q.BatchMax}})
	case q.BatchMax > 0:
		set(BatchRange, Value{Ints: []int{q.BatchMax}})
	}
	number(MaxBatched, q.MaxBatchedTokens)
	set(Reserved, Value{Floats: []float64{q.ReservedGB}})
	if q.WordEmbedding != plan.EmbeddingWhole {
		text(WordEmbedding, [...]string{"", "col", "row"}[q.WordEmbedding])
	}
	on(SharedExpertTP, q.SharedExpertTP)
	float(ServingCost, q.ServingCostMS)
	text(Strategy, q.Strategy.String())
	set(MaxCombinations, Value{Ints: []int{q.MaxCombinations}})
	if q.Fidelity != plan.FidelityAuto {
		text(Fidelity, q.Fidelity.String())
	}
	if q.Search != plan.SearchAuto {
		text(Search, q.Search.String())
	}
	on(AllPoints, q.KeepAll)
	on(AllowRefused, q.AllowRefused)
	for _, m := range q.Machinery {
		for id := range NumIDs {
			if f := &Table[id]; f.Flag == m.Name && f.Group == GroupReference {
				set(id, Value{Words: m.Values, On: true})
			}
		}
	}
	return Derive(a)
}

func features(o plan.Options) (out []string) {
	for _, f := range []struct {
		on   bool
		name string
	}{{o.Multistream, "enable_multistream"}, {o.SequenceParallel, "enable_sequence_parallel"},
		{o.MatmulAllReduce, "enable_matmul_allreduce"}, {o.DispatchFFNCombine, "enable_dispatch_ffn_combine"}} {
		if f.on {
			out = append(out, f.name)
		}
	}
	return out
}
