package hw

import "slices"

// ScaleLinks multiplies what links and measured collectives carry per second, and their fixed times. Only this value of
// the profile changes, none that it was copied from. It reports whether there was anything to multiply.
func (p *Profile) ScaleLinks(bandwidth, latency float64) bool {
	p.Grid.Levels = slices.Clone(p.Grid.Levels)
	for i := range p.Grid.Levels {
		p.Grid.Levels[i].Bandwidth *= bandwidth
		p.Grid.Levels[i].Latency *= latency
	}
	if p.Kernel == nil {
		return len(p.Grid.Levels) > 0
	}
	k := *p.Kernel
	k.Groups = slices.Clone(k.Groups)
	for i := range k.Groups {
		k.Groups[i].Payload *= bandwidth
		k.Groups[i].Fixed *= latency
		c := &k.Groups[i].Curve
		c.Payload, c.Ramp, c.Fixed = c.Payload*bandwidth, c.Ramp/bandwidth, c.Fixed*latency
	}
	p.Kernel = &k
	return true
}

// ScaleOverheads multiplies the fixed times of layers that a fit to measured runs gave, in this value of the profile
// only. It reports whether there were any.
func (p *Profile) ScaleOverheads(by float64) bool {
	if p.Calibrated == nil {
		return false
	}
	c := *p.Calibrated
	c.Engines = slices.Clone(c.Engines)
	for i := range c.Engines {
		e := &c.Engines[i]
		e.LayerOverhead *= by
		e.ExpertOverhead *= by
		e.ExpertOverhead4 *= by
	}
	p.Calibrated = &c
	return true
}
