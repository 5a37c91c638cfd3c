package op

import (
	"fathom/hw"
	"fathom/sim/plan"
)

// Scheme is how the linear layers of one part of a model are quantised (simulation-model 3.2): formats, the operators
// that stand for them, and what happens to the activations on the way in.
type Scheme struct {
	Cube    hw.DType // peak of the product
	Act     float64  // bytes per activation element in the product
	Weight  float64  // bytes per weight element
	Scales  float64  // bytes of scalar scales that a product reads
	Dequant bool     // weights are unpacked on the vector unit, in FP32
	Input   Input    // what quantises the activations
	Group   float64  // elements that share one MXFP4 scale

	Linear, Grouped, GroupedSwiglu    Kind
	Quantise, NormQuant, AddNormQuant Kind
}

// Input is how activations are brought into the format of the product.
type Input uint8

// Not at all, with a stored scale, with a scale found on the fly, or in MXFP4 blocks.
const (
	Unquantised Input = iota
	StaticScale
	DynamicScale
	BlockScale
)

// Quantised reports whether a product needs its activations quantised first.
func (s *Scheme) Quantised() bool { return s.Input != Unquantised }

// Choice are the switches that change a scheme (corrected.md): the zero value is the reference tool.
type Choice struct {
	WeightOnly bool // W8A16 computes in FP16 on 1-byte weights
	FP8Peak    bool // FP8 products use the FP8 peak
}

// NewScheme gives the scheme of an action. group is the MXFP4 group size, 0 for 32.
func NewScheme(a plan.LinearAction, group int, c Choice) Scheme {
	if group <= 0 {
		group = 32
	}
	switch a {
	case plan.LinearDisabled:
		return Scheme{Cube: hw.FP16, Act: 2, Weight: 2, Linear: MM, Grouped: GroupedMM, GroupedSwiglu: GroupedMMSwiglu}
	case plan.MXFP4:
		return Scheme{Cube: hw.FP4, Act: 0.5, Weight: 0.5, Input: BlockScale, Group: float64(group),
			Linear: MXFP4Linear, Grouped: GroupedMXFP4, GroupedSwiglu: GroupedMXFP4SwigluQuant,
			Quantise: DynamicQuantizeMXFP4, NormQuant: RMSNormMXFP4, AddNormQuant: AddRMSNormMXFP42}
	case plan.W8A16Static, plan.W8A16Dynamic:
		if c.WeightOnly {
			return Scheme{Cube: hw.FP16, Act: 2, Weight: 1, Scales: 4,
				Linear: Int8Linear, Grouped: GroupedInt8, GroupedSwiglu: GroupedInt8Swiglu}
		}
	}
	s := Scheme{Cube: hw.INT8, Act: 1, Weight: 1, Scales: 8, Input: DynamicScale,
		Linear: Int8Linear, Grouped: GroupedInt8, GroupedSwiglu: GroupedInt8Swiglu,
		Quantise: DynamicQuantize, NormQuant: RMSNormDynamicQuant, AddNormQuant: AddRMSNormDynamicQuant2}
	switch a {
	case plan.W8A8Static, plan.W8A16Static, plan.W4A8Static:
		s.Input, s.Quantise, s.NormQuant, s.AddNormQuant = StaticScale, Quantize, RMSNormQuant, AddRMSNormQuant2
	}
	switch a {
	case plan.W4A8Static, plan.W4A8Dynamic:
		s.Weight, s.Dequant = 0.5, true
		s.Linear, s.Grouped, s.GroupedSwiglu = Int4Linear, GroupedInt4, GroupedInt4Swiglu
	case plan.LinearFP8:
		s.Linear, s.Grouped, s.GroupedSwiglu = FP8Linear, GroupedFP8, GroupedFP8Swiglu
		if c.FP8Peak {
			s.Cube = hw.FP8
		}
	}
	return s
}

// output gives the bytes of n quantised elements in rows of width w, and the vector work of finding block scales.
func (s *Scheme) output(rows, width float64) (bytes, vec float64) {
	n := rows * width
	switch s.Input {
	case DynamicScale:
		return n + 4, 0
	case StaticScale:
		return n, 0
	}
	return n/2 + rows*s.blocks(width), 2*n + rows*s.blocks(width)
}

// blocks is the number of MXFP4 groups in one row of width w.
func (s *Scheme) blocks(w float64) float64 {
	return float64((int(w) + int(s.Group) - 1) / int(s.Group))
}
