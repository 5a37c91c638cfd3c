package hw

import "slices"

// ScaleLinks multiplies what links and measured collectives carry per second, and their fixed times. Only this value of the
// profile changes, none that it was copied from.
func (p *Profile) ScaleLinks(bandwidth, latency float64) {
	p.Grid.Levels = slices.Clone(p.Grid.Levels)
	for i := range p.Grid.Levels {
		p.Grid.Levels[i].Bandwidth *= bandwidth
		p.Grid.Levels[i].Latency *= latency
	}
	if p.Kernel == nil {
		return
	}
	k := *p.Kernel
	k.Groups = slices.Clone(k.Groups)
	for i := range k.Groups {
		k.Groups[i].Payload *= bandwidth
		k.Groups[i].PayloadLarge *= bandwidth
		k.Groups[i].Fixed *= latency
	}
	p.Kernel = &k
}
