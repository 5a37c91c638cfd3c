package field

import (
	"fmt"
	"slices"

	"fathom/sim/plan"
)

// member ties a question to its place in a request, both ways.
type member struct {
	into func(r *Reading, id ID, q *plan.Request)
	back func(q *plan.Request) Value // an empty value: the question has no answer
	// applies reports whether an answer counts, given the others; nil: whenever there is one
	applies func(*Reading) bool
}

// members has every question that a request holds as one value. Those of several questions together (the mode with its
// goal and phase, the quantisation, machinery of the reference tool) stand in request and FromRequest.
var members = [NumIDs]member{
	Model: {
		func(r *Reading, _ ID, q *plan.Request) { q.Model = r.Model },
		func(q *plan.Request) (v Value) {
			if q.Model != nil {
				v.Words = []string{q.Model.Name}
			}
			return v
		}, nil},
	Device: {
		func(r *Reading, _ ID, q *plan.Request) { q.Profiles = r.Profiles },
		func(q *plan.Request) (v Value) {
			for _, p := range q.Profiles {
				v.Words = append(v.Words, p.Name)
			}
			return v
		}, nil},
	PrefillPools:   poolsOf(func(q *plan.Request) *[]plan.Pool { return &q.PrefillPools }),
	DecodePools:    poolsOf(func(q *plan.Request) *[]plan.Pool { return &q.DecodePools }),
	DeviceCount:    count(func(q *plan.Request) *int { return &q.Devices }),
	PrefillDevices: count(func(q *plan.Request) *int { return &q.PrefillDevices }).where(pdRatio),
	DecodeDevices:  count(func(q *plan.Request) *int { return &q.DecodeDevices }).where(pdRatio),
	Workload: {
		func(r *Reading, id ID, q *plan.Request) {
			if q.Workload = r.Workload(); q.Workload != nil {
				q.InputLength, q.OutputLength = q.Workload.Lengths()
			}
		},
		func(q *plan.Request) (v Value) {
			if q.Workload != nil {
				v.Words = []string{q.Workload.Name}
			}
			return v
		}, Table[Workload].Asked},
	InputLength: {
		func(r *Reading, id ID, q *plan.Request) {
			q.InputLength, q.InputFile = r.Int(id), r.Word(id)
			q.Distribution = r.Catalog.Lengths[q.InputFile]
		},
		func(q *plan.Request) Value {
			switch {
			case q.Workload != nil:
				return Value{}
			case q.InputFile != "":
				return Value{Words: []string{q.InputFile}}
			}
			return Value{Ints: unlessZero(q.InputLength)}
		}, oneLength},
	OutputLength: {
		func(r *Reading, id ID, q *plan.Request) { q.OutputLength = r.Int(id) },
		func(q *plan.Request) (v Value) {
			if q.Workload == nil {
				v.Ints = unlessZero(q.OutputLength)
			}
			return v
		}, oneLength},
	TTFT: limitOf(func(q *plan.Request) (*float64, *plan.Percentile) { return &q.TTFTLimit, &q.TTFTAt }).
		where(Table[TTFT].Asked),
	TPOT: limitOf(func(q *plan.Request) (*float64, *plan.Percentile) { return &q.TPOTLimit, &q.TPOTAt }).
		where(Table[TPOT].Asked),
	E2E: limitOf(func(q *plan.Request) (*float64, *plan.Percentile) { return &q.E2ELimit, &q.E2EAt }).
		where(Table[E2E].Asked),
	Goodput:    real(func(q *plan.Request) *float64 { return &q.Goodput }).where(Table[Goodput].Asked),
	TP:         sizesOf(func(q *plan.Request) *plan.Sizes { return &q.TP }),
	EP:         sizesOf(func(q *plan.Request) *plan.Sizes { return &q.EP }),
	MoEDP:      sizesOf(func(q *plan.Request) *plan.Sizes { return &q.MoEDP }),
	DCP:        sizesOf(func(q *plan.Request) *plan.Sizes { return &q.DCP }),
	PP:         sizesOf(func(q *plan.Request) *plan.Sizes { return &q.PP }),
	ExpertSkew: real(func(q *plan.Request) *float64 { return &q.Experts.Skew }),
	ExpertLoads: {
		func(r *Reading, id ID, q *plan.Request) {
			if l := r.Catalog.Loads[r.Word(id)]; l != nil {
				q.Experts.File, q.Experts.Layers = l.File, l.Layers
			}
		},
		func(q *plan.Request) (v Value) {
			if q.Experts.File != "" {
				v.Words = []string{q.Experts.File}
			}
			return v
		}, nil},
	Redundant: sizesOf(func(q *plan.Request) *plan.Sizes { return &q.Redundant }),
	AFD: {
		func(r *Reading, id ID, q *plan.Request) {
			v := r.Values[id]
			if q.AFD.Asked = v.On; len(v.Ints) == 2 {
				q.AFD.Attention, q.AFD.Experts = v.Ints[0], v.Ints[1]
			}
		},
		func(q *plan.Request) Value {
			v := Value{On: q.AFD.Asked}
			if a := q.AFD; a.Experts > 0 {
				v.Words, v.Ints = []string{fmt.Sprintf("%d:%d", a.Attention, a.Experts)}, []int{a.Attention, a.Experts}
			}
			return v
		}, nil},
	KVPath:   named(func(q *plan.Request) *plan.KVPath { return &q.KVPath }, plan.KVHost+1).where(pdRatio),
	TwoBatch: named(func(q *plan.Request) *plan.Choice { return &q.TwoBatch }, plan.Either+1),
	HitRate:  real(func(q *plan.Request) *float64 { return &q.PrefixCacheHitRate }).where((*Reading).PrefixCache),
	MTPTokens: {
		func(r *Reading, id ID, q *plan.Request) { q.MTP = r.Values[id].Ints },
		func(q *plan.Request) Value { return Value{Ints: q.MTP} }, (*Reading).MTP},
	Acceptance: {
		func(r *Reading, id ID, q *plan.Request) { q.Acceptance = r.Values[id].Floats },
		func(q *plan.Request) Value { return Value{Floats: q.Acceptance} }, (*Reading).MTP},
	ImageBatch:  count(func(q *plan.Request) *int { return &q.ImageBatch }).where((*Reading).Vision),
	ImageHeight: count(func(q *plan.Request) *int { return &q.ImageHeight }).where((*Reading).Vision),
	ImageWidth:  count(func(q *plan.Request) *int { return &q.ImageWidth }).where((*Reading).Vision),
	Compile:     toggle(func(q *plan.Request) *bool { return &q.Options.Compile }),
	CompileConfig: {
		func(r *Reading, id ID, q *plan.Request) {
			for name, on := range features(&q.Options) {
				*on = slices.Contains(r.Values[id].Words, name)
			}
		},
		func(q *plan.Request) (v Value) {
			for _, c := range Table[CompileConfig].Choices {
				if *features(&q.Options)[c.Value] {
					v.Words = append(v.Words, c.Value)
				}
			}
			return v
		}, nil},
	GraphBreak: toggle(func(q *plan.Request) *bool { return &q.Options.AllowGraphBreak }),
	BatchRange: {
		func(r *Reading, id ID, q *plan.Request) {
			if b := r.Values[id].Ints; len(b) > 0 {
				q.BatchMax = b[len(b)-1]
				if len(b) == 2 {
					q.BatchMin = b[0]
				}
			}
		},
		func(q *plan.Request) Value {
			return Value{Ints: append(unlessZero(q.BatchMin), unlessZero(q.BatchMax)...)}
		}, nil},
	MaxBatched:     count(func(q *plan.Request) *int { return &q.MaxBatchedTokens }),
	Reserved:       real(func(q *plan.Request) *float64 { return &q.ReservedGB }),
	WordEmbedding:  named(func(q *plan.Request) *plan.WordEmbedding { return &q.WordEmbedding }, plan.EmbeddingRow+1),
	SharedExpertTP: toggle(func(q *plan.Request) *bool { return &q.SharedExpertTP }),
	ServingCost:    real(func(q *plan.Request) *float64 { return &q.ServingCostMS }),
	Strategy: named(func(q *plan.Request) *plan.ConcurrencySearch { return &q.Strategy },
		plan.LinearExponential+1),
	MaxCombinations: count(func(q *plan.Request) *int { return &q.MaxCombinations }),
	Fidelity:        named(func(q *plan.Request) *plan.Fidelity { return &q.Fidelity }, plan.Calibrated+1),
	Search:          named(func(q *plan.Request) *plan.Search { return &q.Search }, plan.SearchExhaustive+1),
	AllPoints:       toggle(func(q *plan.Request) *bool { return &q.KeepAll }),
	AllowRefused:    toggle(func(q *plan.Request) *bool { return &q.AllowRefused }),
	DeviceCost: {
		func(r *Reading, id ID, q *plan.Request) {
			for i, name := range r.Values[id].Words {
				q.Prices = append(q.Prices, plan.Price{Device: r.Catalog.Profile(name).Name, PerHour: r.Values[id].Floats[i]})
			}
		},
		func(q *plan.Request) (v Value) {
			for _, p := range q.Prices {
				v.Words, v.Floats = append(v.Words, p.Device), append(v.Floats, p.PerHour)
			}
			return v
		}, nil},
	DraftShare: {
		func(r *Reading, id ID, q *plan.Request) { q.Speculation.Share = r.Float(id) },
		func(q *plan.Request) (v Value) {
			// n-grams may cost nothing, and a draft has its own cost
			if s := q.Speculation; s.Share > 0 || s.Beside() && s.Draft != "ngram" && s.Model == nil {
				v.Floats = []float64{s.Share}
			}
			return v
		}, (*Reading).beside},
	DraftModel: {
		func(r *Reading, id ID, q *plan.Request) { q.Speculation.Model = r.Catalog.Model(r.Word(id)) },
		func(q *plan.Request) (v Value) {
			if m := q.Speculation.Model; m != nil {
				v.Words = []string{m.Name}
			}
			return v
		}, (*Reading).beside},
	PowerCap:          real(func(q *plan.Request) *float64 { return &q.PowerCap }),
	PowerLimit:        real(func(q *plan.Request) *float64 { return &q.PowerLimit }),
	PerWatt:           real(func(q *plan.Request) *float64 { return &q.PerWatt }),
	TargetQPS:         real(func(q *plan.Request) *float64 { return &q.TargetQPS }),
	TargetConcurrency: count(func(q *plan.Request) *int { return &q.TargetConcurrency }),
	Concurrency:       count(func(q *plan.Request) *int { return &q.InFlight }),
	Traffic:           named(func(q *plan.Request) *plan.Traffic { return &q.Traffic }, plan.TrafficPoisson+1),
	QPS: real(func(q *plan.Request) *float64 { return &q.QPS }).
		where(func(r *Reading) bool { return r.Word(Traffic) != "" || r.serves() }),
	Trace:       text(func(q *plan.Request) *string { return &q.Service.Trace }),
	TraceFormat: text(func(q *plan.Request) *string { return &q.Service.TraceFormat }).where(traced),
	TraceScale:  real(func(q *plan.Request) *float64 { return &q.Service.TraceScale }).where(traced),
	TraceWindow: {
		func(r *Reading, id ID, q *plan.Request) {
			q.Service.TraceFrom, q.Service.TraceTo, _ = window(r.Word(id))
		},
		func(q *plan.Request) (v Value) {
			if s := &q.Service; s.TraceFrom > 0 || s.TraceTo > 0 {
				v.Words = []string{windowText(s.TraceFrom, s.TraceTo)}
			}
			return v
		}, traced},
	Sessions:  keyed(sessionKeys),
	KVTiers:   keyed(tierKeys),
	Routing:   text(func(q *plan.Request) *string { return &q.Service.Routing }).where((*Reading).serves),
	Replicas:  count(func(q *plan.Request) *int { return &q.Service.Replicas }).where((*Reading).serves),
	Fleet:     text(func(q *plan.Request) *string { return &q.Service.Fleet }),
	Autoscale: keyed(scalingKeys).where(func(r *Reading) bool { return r.Word(Fleet) != "" }),
	ServingEngine: {
		func(r *Reading, id ID, q *plan.Request) { q.Serving = plan.ParseServing(r.Word(id)) },
		func(q *plan.Request) (v Value) {
			if e := q.Serving; e != plan.AnyServing {
				v.Words = []string{e.String()}
			}
			return v
		}, nil},
}

// where lets an answer count only while its question applies.
func (m member) where(applies func(*Reading) bool) member { m.applies = applies; return m }

func count(at func(*plan.Request) *int) member {
	return member{func(r *Reading, id ID, q *plan.Request) { *at(q) = r.Int(id) },
		func(q *plan.Request) Value { return Value{Ints: unlessZero(*at(q))} }, nil}
}

func text(at func(*plan.Request) *string) member {
	return member{func(r *Reading, id ID, q *plan.Request) { *at(q) = r.Word(id) },
		func(q *plan.Request) (v Value) {
			if w := *at(q); w != "" {
				v.Words = []string{w}
			}
			return v
		}, nil}
}

func real(at func(*plan.Request) *float64) member {
	return member{func(r *Reading, id ID, q *plan.Request) { *at(q) = r.Float(id) },
		func(q *plan.Request) Value { return Value{Floats: unlessZero(*at(q))} }, nil}
}

// limitOf is a limit with the statistic that it binds.
func limitOf(at func(*plan.Request) (*float64, *plan.Percentile)) member {
	return member{
		func(r *Reading, id ID, q *plan.Request) {
			ms, stat := at(q)
			*ms = r.Float(id)
			*stat = plan.PercentileOf(r.Word(id))
		},
		func(q *plan.Request) (v Value) {
			ms, stat := at(q)
			if v.Floats = unlessZero(*ms); *ms != 0 && *stat != plan.Mean {
				v.Words = []string{stat.String()}
			}
			return v
		}, nil}
}

func toggle(at func(*plan.Request) *bool) member {
	return member{func(r *Reading, id ID, q *plan.Request) { *at(q) = r.On(id) },
		func(q *plan.Request) Value { return Value{On: *at(q)} }, nil}
}

// poolsOf is the hardware of one side of a PD ratio.
func poolsOf(at func(*plan.Request) *[]plan.Pool) member {
	return member{
		func(r *Reading, id ID, q *plan.Request) {
			*at(q) = r.PrefillPools
			if id == DecodePools {
				*at(q) = r.DecodePools
			}
		},
		func(q *plan.Request) (v Value) {
			for _, p := range *at(q) {
				v.Words, v.Ints = append(v.Words, p.Profile.Name), append(v.Ints, p.Devices)
			}
			return v
		}, pdRatio}
}

// sizesOf is a dimension of the search; "on" means every size.
func sizesOf(at func(*plan.Request) *plan.Sizes) member {
	return member{func(r *Reading, id ID, q *plan.Request) { *at(q) = r.Sizes(id) },
		func(q *plan.Request) Value { return Value{On: at(q).Searched, Ints: at(q).Values} }, nil}
}

// named is one of a closed list whose zero value has no name or is the default, below end.
func named[T ~uint8](at func(*plan.Request) *T, end T) member {
	name := func(v T) string { return any(v).(interface{ String() string }).String() }
	return member{
		func(r *Reading, id ID, q *plan.Request) {
			for v := range end {
				if r.Word(id) == name(v) {
					*at(q) = v
				}
			}
		},
		func(q *plan.Request) (v Value) {
			if w := name(*at(q)); w != "" {
				v.Words = []string{w}
			}
			return v
		}, nil}
}

func unlessZero[T int | float64](v T) []T {
	if v == 0 {
		return nil
	}
	return []T{v}
}

// features are the graph rewrites by the names that --compilation-config has for them.
func features(o *plan.Options) map[string]*bool {
	return map[string]*bool{"enable_multistream": &o.Multistream, "enable_sequence_parallel": &o.SequenceParallel,
		"enable_matmul_allreduce": &o.MatmulAllReduce, "enable_dispatch_ffn_combine": &o.DispatchFFNCombine}
}
