// Package kernel prices one step of a serving engine from what kernels reach of a device's peaks (serving-dynamics 2):
// linear layers, attention, experts, collectives and elementwise operators, each at roofline time over an efficiency,
// with a fixed time per layer. It is the step time behind sim/traffic where the reference tool's constants do not
// apply.
package kernel

import (
	"fmt"

	"fathom/hw"
)

// Format is how a group of weights is stored.
type Format uint8

// The storage formats of measured runs. Block formats carry one scale for 128x128 (FP8Block), 16 (NVFP4) or 32 (MXFP4)
// weights; INT8 is W8A8; INT4 and MXFP4 on devices without 4-bit units multiply at the activation's format.
const (
	BF16 Format = iota
	FP8
	FP8Block
	NVFP4
	MXFP4
	INT8
	INT4
	NumFormats
)

var formatNames = [NumFormats]string{"bf16", "fp8", "fp8_block", "nvfp4", "mxfp4", "int8", "int4"}

func (f Format) String() string { return formatNames[f] }

// ParseFormat reads the name of a format.
func ParseFormat(name string) (Format, error) {
	for i, n := range formatNames {
		if n == name {
			return Format(i), nil
		}
	}
	return 0, fmt.Errorf("format %q: want one of %v", name, formatNames)
}

// Bytes is the size of one weight, scales included: NVFP4 has an 8-bit scale for 16 weights, MXFP4 for 32, INT4 a
// 16-bit scale for 32, FP8 in blocks a 32-bit one for 16384 (NVIDIA NVFP4 and OCP Microscaling formats 1.0).
func (f Format) Bytes() float64 {
	return [NumFormats]float64{2, 1, 1 + 4.0/16384, 0.5625, 0.53125, 1, 0.5625}[f]
}

// peak is the fastest unit of the device that takes the format: native, or the next wider one that it has.
func (f Format) peak(p *hw.Profile) hw.DType {
	chain := [NumFormats][]hw.DType{
		BF16:     {hw.BF16, hw.FP16},
		FP8:      {hw.FP8, hw.BF16, hw.FP16},
		FP8Block: {hw.FP8, hw.BF16, hw.FP16},
		NVFP4:    {hw.FP4, hw.BF16, hw.FP16},
		MXFP4:    {hw.FP4, hw.BF16, hw.FP16},
		INT8:     {hw.INT8, hw.BF16, hw.FP16},
		INT4:     {hw.BF16, hw.FP16},
	}[f]
	for _, d := range chain {
		if p.Cube[d] > 0 {
			return d
		}
	}
	return hw.BF16
}

// widened reports that weights are turned into 16 bits before they are multiplied, because the device has no unit for
// them.
func (f Format) widened(p *hw.Profile) bool {
	d := f.peak(p)
	return f != BF16 && (d == hw.BF16 || d == hw.FP16)
}

// Formats says how the parts of a model are stored. KV is the format of the cache; only its size counts.
type Formats struct {
	Attention, Dense, Expert Format // Dense: MLP of dense layers and shared experts
	Head                     Format
	KV                       Format
}
