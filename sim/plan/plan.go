package plan

import (
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/expert"
	"fathom/sim/model"
	"fathom/sim/traffic"
	"slices"
)

// Mode is the deployment mode.
type Mode uint8

// Aggregation runs prefill and decode on the same devices; disaggregation evaluates each phase apart;
// PDRatio plans how many prefill and decode instances match.
const (
	Aggregation Mode = iota
	Disaggregation
	PDRatio
)

var modeNames = [...]string{"aggregation", "disaggregation", "pd_ratio"}

func (m Mode) String() string { return modeNames[m] }

// Phase is what one forward pass or one row is about.
type Phase uint8

// PhaseAggregation rows have both latencies, the others one.
const (
	PhaseAggregation Phase = iota
	PhasePrefill
	PhaseDecode
)

var phaseNames = [...]string{"aggregation", "prefill", "decode"}

func (p Phase) String() string { return phaseNames[p] }

// Message is the word for the phase.
func (p Phase) Message() message.Message { return message.New("word." + phaseNames[p]) }

// Sizes is one dimension of the search space, as the flag was given.
type Sizes struct {
	Searched bool  // the flag was given, with or without values
	Values   []int // nil with Searched: every power of two up to the devices
}

// Bin is one bin of a length distribution; Weight need not be normalised.
type Bin = traffic.Bin

// Request is one complete question. Lengths in tokens, limits in milliseconds.
type Request struct {
	Model    *model.Model
	Profiles []*hw.Profile
	Devices  int // of the instance; in PD ratio the whole budget
	Mode     Mode

	InputLength  int
	InputFile    string // where Distribution was read from
	Distribution []Bin  // set: InputLength is 0
	OutputLength int

	TTFTLimit float64    // 0: none
	TPOTLimit float64    // 0: none
	E2ELimit  float64    // from arrival to the last token; 0: none
	TTFTAt    Percentile // the statistic that each limit binds
	TPOTAt    Percentile
	E2EAt     Percentile
	Goodput   float64   // share of the requests that must keep to all limits, 0 to 1; 0: none
	Workload  *Workload // the mix that is sent; nil: requests of one length. Lengths are its means

	TP, EP, MoEDP, DCP Sizes
	MTP                []int     // candidates; nil or {0}: off
	Acceptance         []float64 // per position

	PrefillDevices, DecodeDevices int    // per instance, PD ratio only; 0: searched
	PrefillPools, DecodePools     []Pool // who may do which phase, PD ratio only; nil: every profile with itself

	BatchMin, BatchMax int // 0: the search's own range
	MaxBatchedTokens   int // per DP replica; 0: automatic
	InFlight           int // requests over all replicas of a strategy, which then has one batch only; 0: searched
	PrefixCacheHitRate float64
	ServingCostMS      float64

	Quant      Quant
	Options    Options
	ReservedGB float64 // GiB

	ImageBatch, ImageHeight, ImageWidth int

	WordEmbedding  WordEmbedding
	SharedExpertTP bool

	Fidelity        Fidelity
	Search          Search
	Strategy        ConcurrencySearch
	MaxCombinations int  // more combinations than this are worth a warning; 0: never
	KeepAll         bool // keep every point evaluated
	AllowRefused    bool // what the serving engine does not start may be best

	PP Sizes // pipeline stages of an exhaustive search; not searched: every divisor of the devices

	PowerCap   float64 // W that a device may draw; 0: its own limit
	PowerLimit float64 // W that all devices together may draw; 0: none
	PerWatt    float64 // tokens per second and watt that a row has to reach; 0: any

	Speculation Speculation

	Experts   expert.Load // how often experts are chosen
	Redundant Sizes       // copies of experts, over all ranks; searched without values: none, and what fills ranks
	AFD       AFD         // attention and experts on ranks of their own, beside the ordinary decode
	KVPath    KVPath      // of a PD ratio's KV caches
	TwoBatch  Choice      // two half batches, one's exchange under the other's work

	Prices  []Price // per profile; a profile without one has no cost figures
	Serving Serving // the software that runs the model; AnyServing: what is usual on a profile
	Traffic Traffic // what a benchmark of the rows would send; TrafficNone: none is played
	QPS     float64 // requests per second of Poisson arrivals

	Service Service

	TargetQPS         float64 // requests per second to plan the capacity for; 0: none
	TargetConcurrency int     // requests in flight to plan the capacity for; 0: none

	// Machinery are flags that steer only the reference tool itself (jobs, logs, traces, draft models): kept for its
	// command.
	Machinery []Flag
}

// Pool is hardware that may do one phase of a PD ratio.
type Pool struct {
	Profile *hw.Profile
	Devices int // how many there are; 0: as many as the budget has
}

// PhaseOn is one phase that a mode runs, with the devices of its instance; 0: searched.
type PhaseOn struct {
	Phase   Phase
	Devices int
}

// Phases lists what a mode runs (search-and-serving 3 to 5): disaggregation the phases whose limits are given, a PD
// ratio both on their own instance sizes.
func (r *Request) Phases() (list []PhaseOn) {
	switch r.Mode {
	case Disaggregation:
		if r.TTFTLimit > 0 {
			list = append(list, PhaseOn{PhasePrefill, r.Devices})
		}
		if r.TPOTLimit > 0 {
			list = append(list, PhaseOn{PhaseDecode, r.Devices})
		}
		return list
	case PDRatio:
		return []PhaseOn{{PhasePrefill, r.PrefillDevices}, {PhaseDecode, r.DecodeDevices}}
	}
	return []PhaseOn{{PhaseAggregation, r.Devices}}
}

// Pairing is hardware for prefill beside hardware for decode.
type Pairing struct{ Prefill, Decode Pool }

// Name is that of the profile, or of both, prefill first.
func (p Pairing) Name() string {
	if p.Prefill.Profile == p.Decode.Profile {
		return p.Prefill.Profile.Name
	}
	return p.Prefill.Profile.Name + "+" + p.Decode.Profile.Name
}

// Pairings lists what a PD ratio is searched on: every prefill pool with every decode pool.
func (r *Request) Pairings() (list []Pairing) {
	if len(r.PrefillPools) == 0 || len(r.DecodePools) == 0 {
		for _, p := range r.Profiles {
			list = append(list, Pairing{Pool{Profile: p}, Pool{Profile: p}})
		}
		return list
	}
	for _, p := range r.PrefillPools {
		for _, d := range r.DecodePools {
			list = append(list, Pairing{p, d})
		}
	}
	return list
}

// On finds the profile behind a name of a report: a profile's own, or that of a pairing, where the phase says which of
// its two is meant (prefill where it says neither). nil where the request has none of that name.
func (r *Request) On(name string, phase Phase) *hw.Profile {
	for _, p := range r.Profiles {
		if p.Name == name {
			return p
		}
	}
	for _, pair := range r.Pairings() {
		switch {
		case pair.Name() != name:
			continue
		case phase == PhaseDecode:
			return pair.Decode.Profile
		}
		return pair.Prefill.Profile
	}
	return nil
}

// SplitSearched reports whether a PD ratio leaves the devices of an instance to the search, or has two kinds of
// hardware: what the reference tool cannot be asked.
func (r *Request) SplitSearched() bool {
	return r.Mode == PDRatio && (r.PrefillDevices == 0 || r.DecodeDevices == 0 || len(r.PrefillPools) > 0)
}

// AFD asks for attention and experts on ranks of their own; without numbers of ranks these are searched.
type AFD struct {
	Asked              bool
	Attention, Experts int
}

// Choice is whether something is on: no, yes, or both are tried.
type Choice uint8

// Off is what an absent flag means.
const (
	Off Choice = iota
	On
	Either
)

var choiceNames = [...]string{"off", "on", "auto"}

func (c Choice) String() string { return choiceNames[c] }

// KVPath is how the KV cache of a prompt goes from a prefill to a decode instance.
type KVPath uint8

// KVAuto takes what stands between the two: inside a grid its own level, else the network of both. The others are asked
// for: the fabric that devices share, the network that they reach themselves, or host memory at both ends.
const (
	KVAuto KVPath = iota
	KVLink
	KVRDMA
	KVHost
)

var kvPathNames = [...]string{"auto", "link", "rdma", "host"}

func (p KVPath) String() string { return kvPathNames[p] }

// Flag is one flag of a command line with its values, without dashes.
type Flag struct {
	Name   string
	Values []string
}

// Price is what one device of a profile costs per hour, in any currency.
type Price struct {
	Device  string
	PerHour float64
}

// PriceOf gives a profile's price per device and hour; 0: not stated.
func (r *Request) PriceOf(device string) float64 {
	for _, p := range r.Prices {
		if p.Device == device {
			return p.PerHour
		}
	}
	return 0
}

// ByCost reports whether the best of several answers is the one that costs least by the token, else the one with most
// tokens per second: every device that takes part has a price.
func (r *Request) ByCost() bool {
	unpriced := func(p *hw.Profile) bool { return r.PriceOf(p.Name) <= 0 }
	for _, pools := range [][]Pool{r.PrefillPools, r.DecodePools} {
		if slices.ContainsFunc(pools, func(p Pool) bool { return unpriced(p.Profile) }) {
			return false
		}
	}
	return len(r.Profiles) > 0 && !slices.ContainsFunc(r.Profiles, unpriced)
}

// Fidelity says which numbers are wanted.
type Fidelity uint8

// FidelityAuto is resolved per profile (cli.md).
const (
	FidelityAuto Fidelity = iota
	Reference
	Corrected
	Calibrated
)

var fidelityNames = [...]string{"", "reference", "corrected", "calibrated"}

func (f Fidelity) String() string { return fidelityNames[f] }

// Search says which batches are tried.
type Search uint8

// SearchAuto follows the fidelity (cli.md).
const (
	SearchAuto Search = iota
	SearchReference
	SearchExhaustive
	// SearchUsual is what goes with a profile's default fidelity, whichever fidelity is asked for: another fidelity is
	// then another arithmetic and nothing else.
	SearchUsual
)

var searchNames = [...]string{"", "reference", "exhaustive", ""}

func (s Search) String() string { return searchNames[s] }

// Traffic is what a load generator sends.
type Traffic uint8

// Closed keeps a row's concurrency in flight, started in one burst; Poisson sends at random at a rate.
const (
	TrafficNone Traffic = iota
	TrafficClosed
	TrafficPoisson
)

var trafficNames = [...]string{"", "closed", "poisson"}

func (t Traffic) String() string { return trafficNames[t] }

// ConcurrencySearch is the reference search's way to grow the batch.
type ConcurrencySearch uint8

// The two strategies of search-and-serving 3.3.
const (
	Exponential ConcurrencySearch = iota
	LinearExponential
)

var concurrencySearchNames = [...]string{"exponential", "linear_exponential"}

func (c ConcurrencySearch) String() string { return concurrencySearchNames[c] }

// Foreign are the names of the profiles that the reference tool does not ship, which it therefore cannot plan for.
func (r *Request) Foreign() (names []string) {
	add := func(p *hw.Profile) {
		if p != nil && !p.Reference && !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	for _, p := range r.Profiles {
		add(p)
	}
	for _, pools := range [][]Pool{r.PrefillPools, r.DecodePools} {
		for _, p := range pools {
			add(p.Profile)
		}
	}
	return names
}
