package hw

import (
	"math"
	"slices"
)

// Beside is what measured runs say nearest to a device that no fit stands behind.
type Beside struct {
	Device string // whose runs they are
	Runs   int    // of that device
	Engine string
	Models []string // of the engine's runs on all devices
	Reach
}

// Beside finds the device with measured runs that is most like this one in bandwidth and in the 16-bit peak, another
// maker as far as a factor of two, and the engine's runs there that are nearest to a case; of an engine without runs
// those of the engine with the nearest ones. False where no profile of the list has runs.
func (p *Profile) Beside(list []*Profile, engine string, c Case) (out Beside, ok bool) {
	var best *Profile
	least := math.Inf(1)
	for _, q := range list {
		if q.Calibrated == nil || q.Calibrated.Runs == 0 || q.Name == p.Name {
			continue
		}
		d := math.Abs(math.Log(q.MemoryBandwidth/p.MemoryBandwidth)) +
			math.Abs(math.Log(q.Cube[FormatBF16.Unit(q)]/p.Cube[FormatBF16.Unit(p)]))
		if q.Vendor != p.Vendor {
			d += strange
		}
		if d < least {
			best, least = q, d
		}
	}
	if best == nil {
		return out, false
	}
	engines := best.Calibrated.Engines
	if i := slices.IndexFunc(engines, func(e EngineCosts) bool { return e.Name == engine }); i >= 0 {
		engines = engines[i : i+1]
	}
	for i := range engines {
		e := &engines[i]
		if r, known := e.Seen.Reach(c); known && (!ok || r.Distance < out.Distance) {
			out, ok = Beside{best.Name, best.Calibrated.Runs, e.Name, e.Seen.Models, r}, true
		}
	}
	return out, ok
}
