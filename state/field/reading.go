package field

import (
	"slices"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Reading is the answers parsed and put beside the catalog: what rules, suggestions and requests look at. An unanswered
// question reads as its default.
type Reading struct {
	Answers  *Answers
	Catalog  *Catalog
	Values   [NumIDs]Value
	Problems [NumIDs]*Problem // of the text alone

	ModeKnown bool // the mode question is answered, and its goal where it has one
	Mode      plan.Mode
	Prefill   bool          // the prefill phase is evaluated
	Decode    bool          // the decode phase is evaluated
	Model     *model.Model  // nil while unknown
	Profiles  []*hw.Profile // in PD ratio also those of the pools

	PrefillPools, DecodePools []plan.Pool // PD ratio: who may do a phase; none: every profile with itself

	refused struct { // by the search, of answers that are all there and without fault by themselves
		known bool
		by    *report.Failure
	}
}

// Read parses all answers once.
func Read(a *Answers, c *Catalog) *Reading {
	r := &Reading{Answers: a, Catalog: c}
	for id := range NumIDs {
		r.read(id)
	}
	r.mode()
	if m := r.Word(Model); m != "" {
		r.Model = c.Model(m)
	}
	if d := &r.Values[Device]; len(d.Words) > 1 {
		d.Words = c.devices(d.Words)
	}
	for _, w := range r.Values[Device].Words {
		r.add(c.Profile(w))
	}
	r.pools()
	return r
}

// add puts a profile to those of the run, once; nil is none.
func (r *Reading) add(p *hw.Profile) {
	if p != nil && !slices.Contains(r.Profiles, p) {
		r.Profiles = append(r.Profiles, p)
	}
}

// pools finds who may do which phase. A side that is not named has the profiles of the device question.
func (r *Reading) pools() {
	if r.Mode != plan.PDRatio || !r.pooled(PrefillPools) && !r.pooled(DecodePools) {
		return
	}
	of := func(id ID) (list []plan.Pool) {
		for i, w := range r.Values[id].Words {
			p := r.Catalog.Profile(w)
			if p == nil || slices.ContainsFunc(list, func(x plan.Pool) bool { return x.Profile == p }) {
				continue
			}
			list = append(list, plan.Pool{Profile: p, Devices: r.Values[id].Ints[i]})
		}
		if r.pooled(id) {
			return list
		}
		for _, p := range r.Profiles {
			list = append(list, plan.Pool{Profile: p})
		}
		return list
	}
	r.PrefillPools, r.DecodePools = of(PrefillPools), of(DecodePools)
	r.Profiles = nil
	for _, p := range slices.Concat(r.PrefillPools, r.DecodePools) {
		r.add(p.Profile)
	}
}

// pooled reports whether a side of a PD ratio has hardware of its own.
func (r *Reading) pooled(id ID) bool { return len(r.Values[id].Words) > 0 }

// paired reports whether both sides have, so that nothing is left for the device question to say.
func (r *Reading) paired() bool {
	return r.Mode == plan.PDRatio && r.pooled(PrefillPools) && r.pooled(DecodePools)
}

// hardware are the words of the questions that name the devices of the run.
func (r *Reading) hardware() []string {
	var sides []string
	if r.Mode == plan.PDRatio {
		sides = slices.Concat(r.Values[PrefillPools].Words, r.Values[DecodePools].Words)
	}
	if r.paired() {
		return sides
	}
	return slices.Concat(r.Values[Device].Words, sides)
}

func (r *Reading) read(id ID) {
	f := &Table[id]
	answer := r.Answers[id]
	if !answer.Given() {
		answer = f.Default
	}
	if !answer.Given() {
		return
	}
	v, p := f.Parse(answer.Text)
	if p != nil {
		r.Problems[id] = p
		return
	}
	r.Values[id] = v
}

func (r *Reading) mode() {
	switch r.Word(Mode) {
	case modeDisaggregation:
		r.Mode = plan.Disaggregation
	case modePDRatio:
		r.Mode = plan.PDRatio
	}
	r.ModeKnown = r.Given(Mode)
	if r.Mode == plan.Disaggregation && !r.Given(Goal) {
		r.ModeKnown = false
	}
	if r.Mode == plan.Disaggregation && r.Word(Goal) == goalRatio {
		r.Mode = plan.PDRatio
	}
	r.Prefill, r.Decode = true, true
	if r.Mode == plan.Disaggregation {
		switch r.Word(Phase) {
		case phasePrefill:
			r.Decode = false
		case phaseDecode:
			r.Prefill = false
		case "": // the limits decide, as the reference tool has it
			if r.HasLimit(TTFT) != r.HasLimit(TPOT) {
				r.Prefill, r.Decode = r.HasLimit(TTFT), r.HasLimit(TPOT)
			}
		}
	}
}

// Given reports whether the question has an answer of its own that can be read.
func (r *Reading) Given(id ID) bool { return r.Answers[id].Given() && r.Problems[id] == nil }

// Word is the first word of the value, "" without one.
func (r *Reading) Word(id ID) string {
	if w := r.Values[id].Words; len(w) > 0 {
		return w[0]
	}
	return ""
}

// Int is the first whole number of the value, 0 without one.
func (r *Reading) Int(id ID) int {
	if n := r.Values[id].Ints; len(n) > 0 {
		return n[0]
	}
	return 0
}

// Float is the first number of the value, 0 without one.
func (r *Reading) Float(id ID) float64 {
	if x := r.Values[id].Floats; len(x) > 0 {
		return x[0]
	}
	return 0
}

// On is the value of a switch.
func (r *Reading) On(id ID) bool { return r.Values[id].On }

// HasLimit reports whether a limit is set: an answered "none" is none.
func (r *Reading) HasLimit(id ID) bool { return len(r.Values[id].Floats) > 0 }

// PrefixCache reports whether the cache is on: by its question, or by a hit rate above 0.
func (r *Reading) PrefixCache() bool {
	if r.Given(PrefixCache) {
		return r.On(PrefixCache)
	}
	return r.Float(HitRate) > 0
}

// MTP reports whether MTP is on: by its question, or by a candidate above 0.
func (r *Reading) MTP() bool {
	if r.Given(MTP) {
		return r.On(MTP)
	}
	for _, n := range r.Values[MTPTokens].Ints {
		if n > 0 {
			return true
		}
	}
	return false
}

// Quant is the quantisation that the answers mean.
func (r *Reading) Quant() plan.Quant {
	q := plan.Quant{MXFP4Group: r.Int(MXFP4Group)}
	q.Linear, _ = r.recommended()
	if a, ok := plan.Action(r.Word(NonExpert), plan.NumLinearActions); ok {
		q.NonExpert = a
	}
	switch word := r.Word(Quantization); {
	case !r.Given(Quantization):
	case word == quantRecommended:
		return q
	case word == quantPublished:
		q.Linear = plan.AsPublished
		return q
	}
	if a, ok := plan.Action(r.Word(Linear), plan.NumLinearActions); ok {
		q.Linear = a
	}
	if a, ok := plan.Action(r.Word(Attention), plan.NumAttentionActions); ok {
		q.Attention = a
	}
	return q
}

// recommended is the linear action that fits the checkpoint and the devices. One that is published quantised is served
// as it is, unless a device of the reference tool does not compute in its formats; others as the reference tool has it
// on its own profiles, in FP8 where all devices have it in hardware, in INT8 elsewhere. INT8 on a Hopper is not what
// anybody serves unasked. known is false as long as a device is not: what is recommended then may change.
func (r *Reading) recommended() (a plan.LinearAction, known bool) {
	profiles := r.Profiles
	if len(profiles) == 0 { // without a catalog only the profiles that we ship are known
		for _, name := range r.hardware() {
			p, err := hw.Find(name)
			if err != nil {
				return plan.W8A8Dynamic, false
			}
			profiles = append(profiles, p)
		}
	}
	if len(profiles) == 0 {
		return plan.W8A8Dynamic, false
	}
	if m := r.Model; m != nil && m.Quantization != nil && !slices.ContainsFunc(profiles, func(p *hw.Profile) bool {
		return p.Reference && !computes(p, m.Stored)
	}) {
		return plan.AsPublished, true
	}
	for _, p := range profiles {
		if p.Reference || p.Cube[hw.FP8] <= 0 {
			return plan.W8A8Dynamic, true
		}
	}
	return plan.LinearFP8, true
}

// computes reports whether a device multiplies in the formats of a checkpoint, or needs to widen the weights only.
func computes(p *hw.Profile, s model.Stored) bool {
	for _, f := range []hw.Format{s.Projection, s.Output, s.State, s.Dense, s.Shared, s.Expert, s.Head} {
		if row := f.Row(); row.Act < 16 && p.Cube[row.Units[0]] <= 0 { // the unit of its own; the others widen
			return false
		}
	}
	return true
}

// MoE reports whether the model is known to route to experts.
func (r *Reading) MoE() bool { return r.Model != nil && r.Model.MoE() }

// Vision reports whether the model is known to take images.
func (r *Reading) Vision() bool { return r.Model != nil && r.Model.Vision != nil }

// Images reports whether requests may carry images, so that their size matters: not where somebody said that there are
// none.
func (r *Reading) Images() bool {
	none := r.Given(ImageBatch) && r.Int(ImageBatch) == 0
	return r.Vision() && (!none || r.Int(ImageHeight) > 0 || r.Int(ImageWidth) > 0)
}

// Workload is the mix of requests that is asked for; nil while unknown, and without one.
func (r *Reading) Workload() *plan.Workload {
	if w := r.Word(Workload); w != "" {
		return r.Catalog.Workload(w)
	}
	return nil
}

// Fidelity is the effective fidelity on one profile (cli.md); where the profile lacks what it needs, that which is
// asked.
func (r *Reading) Fidelity(p *hw.Profile) plan.Fidelity {
	asked := plan.FidelityAuto
	for f := plan.Reference; f <= plan.Calibrated; f++ {
		if r.Word(Fidelity) == f.String() {
			asked = f
		}
	}
	if f, err := asked.On(p); err == nil {
		return f
	}
	return asked
}

// Instances are the device counts that strategies are resolved against: one, or prefill and decode in PD ratio, none
// before both are known.
func (r *Reading) Instances() []int {
	var out []int
	ids := []ID{DeviceCount}
	if r.Mode == plan.PDRatio {
		ids = []ID{PrefillDevices, DecodeDevices}
	}
	for _, id := range ids {
		if n := r.Int(id); n > 0 {
			out = append(out, n)
		}
	}
	if len(out) < len(ids) {
		return nil
	}
	return out
}

// Fidelities are those that price a profile.
func Fidelities(p *hw.Profile) []plan.Fidelity {
	var out []plan.Fidelity
	if p.Reference {
		out = append(out, plan.Reference)
	}
	out = append(out, plan.Corrected)
	if p.Kernel != nil {
		out = append(out, plan.Calibrated)
	}
	return out
}
