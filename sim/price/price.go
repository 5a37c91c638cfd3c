package price

import (
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/kernel"
	"fathom/sim/memory"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/serve"
	"fathom/sim/traffic"
)

// Pricer prices the passes of one setup. It is immutable and safe for concurrent use.
type Pricer interface {
	serve.Forward

	// Table is Uniform with what it is made of: the seconds of its rows add up to those of the pass.
	Table(pass.Shape) Table
	// Clock is the time of a step without the host's, for a simulation of requests. In a pipeline it is the round of a
	// micro-batch through all stages while the others fill them.
	Clock() traffic.Clock
	// Host is the time of the serving engine beside the devices; zero where the figures have none.
	Host() kernel.Host
	// Room is what the caches of requests of so many tokens find on the fullest rank.
	Room(tokens int) memory.Room
	// Check says why figures of a batch would mean nothing; Notes are what a reader of the setup's figures should know.
	Check(pass.Shape) error
	Notes() []message.Message
	// Bars are the intervals that the figures earned in cross-validation; nil where they earned none.
	Bars() *hw.EngineCosts
}

// Basis says what the time of a pass of measured kernels is.
type Basis uint8

// A step as a serving engine runs it, its host and the gaps between kernels with it; or the kernels alone, back to back
// as they were measured one by one.
const (
	Step Basis = iota
	Kernels
	NumBases
)

func (b Basis) String() string { return [NumBases]string{"step", "kernels"}[b] }

// Setup is a pass's setup with what a pass of measured kernels depends on beside.
type Setup struct {
	pass.Setup
	Basis   Basis
	Library string // whose kernels those of Basis Kernels are; "": the device's own
	Given   *Given // nil: as the setup and its profile say
}

// Given are formats and costs of a run that states its own. Its sizes are not held against what was measured.
type Given struct {
	Formats  kernel.Formats
	Costs    Costs
	Reserved float64 // bytes of a device beside weights and caches; 0: what engines keep
}

// Costs are the constants of kernels and of a serving engine's host.
type Costs struct {
	Kernel kernel.Constants
	Host   kernel.Host
	Bars   *hw.EngineCosts // the intervals that they earned in cross-validation; nil: none
}

// CostsOf are the numbers for a serving engine on a profile. Without a fit for the engine they are the unfitted ones.
func CostsOf(p *hw.Profile, s plan.Serving) Costs {
	name := s.On(p).String()
	if k, h, err := kernel.Calibrated(p, name); err == nil {
		return Costs{k, h, p.Calibrated.Engine(name)}
	}
	return Costs{Kernel: kernel.Unfitted(p), Host: kernel.UnfittedHost}
}

// ErrNoSums says that no kernels were measured one by one on the device, so that Basis Kernels has nothing to add up.
var ErrNoSums = message.Fault("unpriced.sums")

// New checks a setup and prepares its pricer. Every error names the field, its value and the fix.
func New(s Setup) (Pricer, error) {
	if s.Fidelity != plan.Calibrated {
		p, err := pass.New(s.Setup)
		if err != nil {
			return nil, err
		}
		own := &operators{p, s.Setup}
		if twoBatch(s.Strategy) {
			return newHalved(own), nil
		}
		return own, nil
	}
	g := s.Given
	if g == nil {
		resolved, err := resolve(&s)
		if err != nil {
			return nil, err
		}
		g = resolved
	}
	return newMeasured(&s, g)
}

// Table is a pass with what it is made of.
type Table struct {
	pass.Result
	Rows []Row
	// Operators are the operators in their order, with stages and a trace; nil where kernels are known by kinds only.
	Operators *pass.Pass
}

// Row is an operator of one shape, or one kind of kernels.
type Row struct {
	Name, Shape string
	Count       int
	Seconds     float64 // of all runs, like FLOPs and Bytes
	FLOPs       float64
	Bytes       float64 // moved or sent
	Bound       string
	Class       kernel.Class // of kernels
}
