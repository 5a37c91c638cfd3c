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

// kinds are the operators that stand for products with weights of a format.
type kinds struct{ linear, grouped, swiglu Kind }

// kindsOf finds them by the numbers that the weights are.
var kindsOf = map[hw.DType]kinds{
	hw.FP16: {MM, GroupedMM, GroupedMMSwiglu},
	hw.INT8: {Int8Linear, GroupedInt8, GroupedInt8Swiglu},
	hw.FP8:  {FP8Linear, GroupedFP8, GroupedFP8Swiglu},
	hw.FP4:  {MXFP4Linear, GroupedMXFP4, GroupedMXFP4SwigluQuant},
}

// packed are 4-bit integers, for which no device has units.
var packed = kinds{Int4Linear, GroupedInt4, GroupedInt4Swiglu}

// NewScheme gives the scheme of an action. group is the size of its blocks where it has any, 0 for the format's own.
// The reference tool knows one 16-bit type, and multiplies all of 8 bits as integers.
func NewScheme(a plan.LinearAction, group int, c Choice) Scheme {
	row := a.Format().Row()
	s := Scheme{Weight: float64(row.Weight) / 8, Act: float64(row.Act) / 8}
	unit := row.Units[0]
	switch {
	case row.Act == 16 && (row.Weight == 16 || c.WeightOnly):
		s.Cube = hw.FP16
		if unit = hw.FP16; row.Weight < 16 {
			s.Scales, unit = 4, hw.INT8
		}
	case row.Act == 4:
		s.Cube, s.Input, s.Group = unit, BlockScale, float64(row.Layout.Inputs)
		if group > 0 {
			s.Group = float64(group)
		}
		s.Quantise, s.NormQuant, s.AddNormQuant = DynamicQuantizeMXFP4, RMSNormMXFP4, AddRMSNormMXFP42
	default:
		if row.Act == 16 {
			unit = hw.INT8
		}
		s.Cube, s.Act, s.Scales, s.Input = hw.INT8, 1, 8, DynamicScale
		if c.FP8Peak {
			s.Cube = unit
		}
		s.Quantise, s.NormQuant, s.AddNormQuant = DynamicQuantize, RMSNormDynamicQuant, AddRMSNormDynamicQuant2
		if a.Static() {
			s.Input, s.Quantise, s.NormQuant, s.AddNormQuant = StaticScale, Quantize, RMSNormQuant, AddRMSNormQuant2
		}
	}
	k := kindsOf[unit]
	if row.Weight == 4 && !row.Float {
		k, s.Dequant = packed, true
	}
	s.Linear, s.Grouped, s.GroupedSwiglu = k.linear, k.grouped, k.swiglu
	return s
}

// StoredScheme gives the scheme of weights as they are stored, on a device: in the format's own units, or widened to 16
// bits where the device has none, while the weights are still read at their size.
func StoredScheme(f hw.Format, p *hw.Profile) Scheme {
	row := f.Row()
	s := Scheme{Cube: hw.FP16, Act: 2, Weight: f.Bytes(), Linear: MM, Grouped: GroupedMM, GroupedSwiglu: GroupedMMSwiglu}
	switch unit := f.Unit(p); {
	case row.Weight == 16:
		return s
	case f.Widened(p) || row.Act == 16:
		k := packed
		if row.Weight == 8 {
			k = kindsOf[hw.INT8]
			if row.Float {
				k = kindsOf[hw.FP8]
			}
		}
		s.Dequant, s.Linear, s.Grouped, s.GroupedSwiglu = true, k.linear, k.grouped, k.swiglu
	case row.Act == 4:
		k := kindsOf[hw.FP4]
		return Scheme{Cube: unit, Act: 0.5, Weight: 0.5, Input: BlockScale, Group: float64(row.Layout.Inputs),
			Linear: k.linear, Grouped: k.grouped, GroupedSwiglu: k.swiglu,
			Quantise: DynamicQuantizeMXFP4, NormQuant: RMSNormMXFP4, AddNormQuant: AddRMSNormMXFP42}
	default:
		k := kindsOf[unit]
		if row.Weight == 4 {
			k, s.Dequant = packed, true
		}
		s.Cube, s.Act, s.Scales, s.Input = unit, 1, 8, DynamicScale
		s.Linear, s.Grouped, s.GroupedSwiglu = k.linear, k.grouped, k.swiglu
		s.Quantise, s.NormQuant, s.AddNormQuant = DynamicQuantize, RMSNormDynamicQuant, AddRMSNormDynamicQuant2
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
