package hw

import (
	"math"
	"slices"
)

// Facts are the figures that people compare hardware by: what is reached, not the peaks (search-and-serving 8.3).
type Facts struct {
	Name       string
	CubeTFLOPS float64   // matrix unit, bf16 (else fp16, else the largest peak), times the compute efficiency
	VecTFLOPS  float64   // vector unit, likewise
	MemoryTiBs float64   // memory bandwidth in 1024^4 bytes/s, times the memory efficiency
	MemoryGiB  float64   // capacity
	Grid       string    // dimensions as "48x8x2"
	LinksGBs   []float64 // one a level, outermost first, in 1e9 bytes/s, times its efficiency
}

// Facts gives the comparable figures of a profile.
func (p *Profile) Facts() Facts {
	f := Facts{
		Name:       p.Name,
		CubeTFLOPS: tera.file(representative(p.Cube) * p.ComputeEff),
		VecTFLOPS:  tera.file(representative(p.Vec) * p.ComputeEff),
		MemoryTiBs: tib.file(p.MemoryBandwidth * p.MemoryEff),
		MemoryGiB:  gib.file(p.MemoryBytes),
		Grid:       shapeText(p.Grid.Shape),
	}
	for _, l := range p.Grid.Levels {
		f.LinksGBs = append(f.LinksGBs, giga.file(l.link().Bandwidth))
	}
	return f
}

// Links joins the levels' bandwidths for a table cell: "137.2 | 137.2 | 156.8".
func (f Facts) Links() string {
	return joined(f.LinksGBs, func(v float64) string { return decimal(math.Round(v*100) / 100) }, " | ")
}

// Peak is the rate of the matrix unit that names and data sheets quote, in operations/s: of 16 bits, else the largest.
func (p *Profile) Peak() float64 {
	if p.Cube[FP16] > p.Cube[BF16] {
		return p.Cube[FP16]
	}
	return representative(p.Cube)
}

func representative(peaks [NumDTypes]float64) float64 {
	for _, d := range []DType{BF16, FP16} {
		if peaks[d] > 0 {
			return peaks[d]
		}
	}
	return slices.Max(peaks[:])
}
