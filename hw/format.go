package hw

import (
	"fathom/hw/message"
	"slices"
	"strings"
)

// Format is how the weights of a matrix product, or the entries of a KV cache, are stored and multiplied. All that is
// known of one stands in its row of the table; rooms that need a fact of a format ask for it here.
type Format uint8

// The formats. FP8 has one scale per tensor, FP8Channel one per output, FP8Block one for 128x128 weights. INT4 are
// weights beside 16-bit activations (AWQ, GPTQ) with a scale for 32, 64 or 128 of them; W4A8 are the same beside 8-bit
// integers. NF4 is what bitsandbytes stores.
const (
	FormatBF16 Format = iota
	FormatFP8
	FormatFP8Block
	FormatNVFP4
	FormatMXFP4
	FormatINT8
	FormatINT4
	FormatINT4G64
	FormatINT4G128
	FormatFP8Channel
	FormatNF4
	FormatNF4Double
	FormatW8A16
	FormatW4A8
	FormatNVFP4A16
	NumFormats
)

// FormatRow are the facts of a format.
type FormatRow struct {
	Name    string
	Aliases []string // further spellings in files and in the names of checkpoints, lower case

	Weight, Act int  // bits of a weight, and of an activation beside it
	Float       bool // weights are floats
	Layout      Layout

	// Units are the matrix units that take it, the format's own first. Without any of them a device multiplies in 16 bits;
	// Widens says that engines have kernels that do so.
	Units  []DType
	Widens bool

	Kernels Format // whose measured kernels it runs; the keys of kernel sums in profiles
	Width   Width  // its class in fits to serving runs
	Runs    []Format
}

// Layout is how weights lie in memory: bits of one, and the bytes of a scale (zero points included) for a block of so
// many weights along inputs and outputs. A block of 0 is the whole matrix; scales of 0 bytes are not counted.
type Layout struct {
	Bits            int
	Inputs, Outputs int
	Scale           float64
}

var (
	only16   = []DType{BF16, FP16}
	float8   = []DType{FP8, BF16, FP16}
	float4   = []DType{FP4, BF16, FP16}
	integer8 = []DType{INT8, BF16, FP16}
)

// formatTable has one row per format. Sizes: NVFP4 has an 8-bit scale for 16 weights, MXFP4 for 32 (NVIDIA NVFP4, OCP
// Microscaling formats 1.0); AWQ and GPTQ 16-bit scales; FP8 in blocks a 32-bit one (DeepSeek-V3, arXiv 2412.19437,
// 3.3); NF4 a 32-bit one for 64, or 8 bits and a 32-bit one for 256 of these (QLoRA, arXiv 2305.14314, 2). Runs: eight
// bits on both sides mean FP8 where a device has it, because that is what its engines run, and INT8 on older ones;
// empty, no engine's kernels were measured.
var formatTable = [NumFormats]FormatRow{
	FormatBF16: {Name: "bf16", Aliases: []string{"bfloat16", "float16", "fp16"}, Weight: 16, Act: 16, Float: true,
		Units: only16, Kernels: FormatBF16, Width: W16, Runs: []Format{FormatBF16}},
	FormatFP8: {Name: "fp8", Aliases: []string{"fp8_e4m3", "fp8_e5m2"}, Weight: 8, Act: 8, Float: true, Units: float8,
		Kernels: FormatFP8, Width: W8, Runs: []Format{FormatFP8}},
	FormatFP8Channel: {Name: "fp8_channel", Weight: 8, Act: 8, Float: true, Layout: Layout{Outputs: 1, Scale: 4},
		Units: float8, Kernels: FormatFP8, Width: W8, Runs: []Format{FormatFP8Channel}},
	FormatFP8Block: {Name: "fp8_block", Weight: 8, Act: 8, Float: true,
		Layout: Layout{Inputs: 128, Outputs: 128, Scale: 4}, Units: float8, Kernels: FormatFP8Block, Width: W8,
		Runs: []Format{FormatFP8Block}},
	FormatNVFP4: {Name: "nvfp4", Aliases: []string{"fp4"}, Weight: 4, Act: 4, Float: true,
		Layout: Layout{Inputs: 16, Outputs: 1, Scale: 1}, Units: float4, Widens: true, Kernels: FormatNVFP4, Width: W4,
		Runs: []Format{FormatNVFP4}},
	FormatMXFP4: {Name: "mxfp4", Weight: 4, Act: 4, Float: true, Layout: Layout{Inputs: 32, Outputs: 1, Scale: 1},
		Units: float4, Widens: true, Kernels: FormatNVFP4, Width: W4, Runs: []Format{FormatMXFP4}},
	FormatINT8: {Name: "int8", Aliases: []string{"w8a8"}, Weight: 8, Act: 8, Units: integer8, Kernels: FormatINT8,
		Width: W8, Runs: []Format{FormatFP8, FormatINT8}},
	FormatINT4: {Name: "int4", Aliases: []string{"w4a16", "awq", "gptq-int4"}, Weight: 4, Act: 16,
		Layout: Layout{Inputs: 32, Outputs: 1, Scale: 2}, Units: only16, Kernels: FormatINT4, Width: WInt4,
		Runs: []Format{FormatINT4}},
	FormatINT4G64: {Name: "int4_g64", Weight: 4, Act: 16, Layout: Layout{Inputs: 64, Outputs: 1, Scale: 2}, Units: only16,
		Kernels: FormatINT4, Width: WInt4, Runs: []Format{FormatINT4G64}},
	FormatINT4G128: {Name: "int4_g128", Weight: 4, Act: 16, Layout: Layout{Inputs: 128, Outputs: 1, Scale: 2},
		Units: only16, Kernels: FormatINT4, Width: WInt4, Runs: []Format{FormatINT4G128}},
	FormatNF4: {Name: "nf4", Weight: 4, Act: 16, Float: true, Layout: Layout{Inputs: 64, Outputs: 1, Scale: 4},
		Units: only16, Kernels: FormatINT4, Width: WInt4},
	FormatNF4Double: {Name: "nf4_double", Weight: 4, Act: 16, Float: true,
		Layout: Layout{Inputs: 64, Outputs: 1, Scale: 1 + 4.0/256}, Units: only16, Kernels: FormatINT4, Width: WInt4},
	FormatW8A16: {Name: "w8a16", Weight: 8, Act: 16, Units: only16, Kernels: FormatINT8, Width: W8},
	FormatNVFP4A16: {Name: "nvfp4_a16", Aliases: []string{"w4a16_nvfp4"}, Weight: 4, Act: 16, Float: true,
		Layout: Layout{Inputs: 16, Outputs: 1, Scale: 1}, Units: only16, Kernels: FormatINT4, Width: WInt4,
		Runs: []Format{FormatNVFP4A16}},
	FormatW4A8: {Name: "w4a8", Weight: 4, Act: 8, Units: integer8, Kernels: FormatINT4, Width: WInt4},
}

// Row gives the facts of a format.
func (f Format) Row() *FormatRow { return &formatTable[f] }

func (f Format) String() string { return formatTable[f].Name }

// ParseFormat reads a name of a format in any of its spellings. The error lists the names.
func ParseFormat(name string) (Format, error) {
	names := make([]string, NumFormats)
	for f := range NumFormats {
		if row := f.Row(); row.Name == name || slices.Contains(row.Aliases, name) {
			return f, nil
		}
		names[f] = f.String()
	}
	return 0, message.Fault("profile.format", name, names)
}

// FormatIn finds the format that the name of a checkpoint carries: of several the narrowest, because those of
// activations and caches stand beside it, then the one with the longest spelling. 16 bits are no answer; ok is false
// without another one.
func FormatIn(text string) (f Format, ok bool) {
	low, longest := strings.ToLower(text), 0
	for g := range NumFormats {
		row := g.Row()
		for _, name := range append(row.Aliases, row.Name) {
			if row.Weight == 16 || !strings.Contains(low, name) {
				continue
			}
			bits := f.Row().Weight
			if !ok || row.Weight < bits || row.Weight == bits && len(name) > longest {
				f, ok, longest = g, true, len(name)
			}
		}
	}
	return f, ok
}

// Layout is the format's own.
func (f Format) Layout() Layout {
	l := formatTable[f].Layout
	l.Bits = formatTable[f].Weight
	return l
}

// Grouped is the format of the same numbers whose scales stand for so many inputs; 0 keeps it. ok is false where the
// table has none.
func (f Format) Grouped(inputs int) (g Format, ok bool) {
	row := f.Row()
	for g := range NumFormats {
		o := g.Row()
		if o.Weight == row.Weight && o.Act == row.Act && o.Float == row.Float && o.Layout.Outputs == row.Layout.Outputs &&
			o.Layout.Inputs == inputs {
			return g, true
		}
	}
	return f, inputs == 0 || inputs == row.Layout.Inputs
}

// Bytes is the size of one weight with its share of a block's scale; scales of whole matrices and columns are left out.
func (f Format) Bytes() float64 {
	l := f.Layout()
	if l.Inputs == 0 || l.Outputs == 0 {
		return float64(l.Bits) / 8
	}
	return float64(l.Bits)/8 + l.Scale/float64(l.Inputs*l.Outputs)
}

// Matrix is the bytes of a matrix from in to out columns, scales included.
func (l Layout) Matrix(in, out int) float64 {
	b := float64(in) * float64(out) * float64(l.Bits) / 8
	if l.Scale > 0 {
		b += l.Scale * float64(blocks(in, l.Inputs)) * float64(blocks(out, l.Outputs))
	}
	return b
}

func blocks(n, size int) int {
	if size == 0 {
		return 1
	}
	return (n + size - 1) / size
}

// Unit is the fastest unit of the device that takes the format: native, or the next wider one that it has.
func (f Format) Unit(p *Profile) DType {
	for _, d := range f.Row().Units {
		if p.Cube[d] > 0 {
			return d
		}
	}
	return BF16
}

// Widened reports that weights are turned into 16 bits before they are multiplied, because the device has no unit for
// them.
func (f Format) Widened(p *Profile) bool {
	d := f.Unit(p)
	return f.Row().Weight < 16 && (d == BF16 || d == FP16)
}

// Width is a class of weight formats whose kernels behave alike.
type Width uint8

// 16 bits; 8-bit floats and integers; 4-bit floats; 4-bit integers, which are multiplied as 16-bit floats.
const (
	W16 Width = iota
	W8
	W4
	WInt4
	NumWidths
)

var widthNames = [NumWidths]string{"16bit", "8bit", "4bit", "int4"}

func (w Width) String() string { return widthNames[w] }

// Format stands for its class.
func (w Width) Format() Format {
	return [NumWidths]Format{FormatBF16, FormatFP8, FormatNVFP4, FormatINT4}[w]
}
