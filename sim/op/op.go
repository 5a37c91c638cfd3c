package op

import (
	"strconv"

	"fathom/hw"
)

// Op is one operator. Operations count a fused multiply-add as two. Read holds bytes that are read or updated in place
// (those are counted once), Write bytes that are written.
type Op struct {
	Kind     Kind
	CubeType hw.DType   // format of Cube, which decides the matrix peak
	Form     Form       // what Dims mean
	Extra    float32    // extra static costs: the operator starts 1+Extra kernels
	Dims     [4]float32 // what a reader wants to see of the shape

	Cube    float64 // operations on the matrix unit in CubeType
	CubeFP8 float64 // further matrix operations in FP8 (only the sparse indexer mixes two formats)
	Vec16   float64 // operations on the vector unit in FP16
	Vec32   float64 // operations on the vector unit in FP32

	Read, Write float64 // bytes
	Message     float64 // bytes that decide the time on the wire, only of collectives
}

// Form says what Dims mean.
type Form uint8

// Rows x width, a product of two matrices, a list of products (Dims[3] of them), or a cube of three sizes.
const (
	Plain Form = iota
	Product
	List
)

// Flops is all arithmetic of the operator.
func (o *Op) Flops() float64 { return o.Cube + o.CubeFP8 + o.Vec16 + o.Vec32 }

// Shape writes the sizes: "16x5120", "16x5120 @ 5120x2560", "8*(128x4096 @ 4096x3072)".
func (o *Op) Shape() string {
	b := make([]byte, 0, 48)
	d := o.Dims
	switch o.Form {
	case List:
		b = num(b, d[3])
		b = append(b, "*("...)
		b = product(b, d)
		b = append(b, ')')
	case Product:
		b = product(b, d)
	default:
		for i, v := range d {
			if v == 0 {
				break
			}
			if i > 0 {
				b = append(b, 'x')
			}
			b = num(b, v)
		}
	}
	return string(b)
}

func product(b []byte, d [4]float32) []byte {
	b = num(b, d[0])
	b = append(b, 'x')
	b = num(b, d[1])
	b = append(b, " @ "...)
	b = num(b, d[1])
	b = append(b, 'x')
	return num(b, d[2])
}

func num(b []byte, v float32) []byte { return strconv.AppendInt(b, int64(v), 10) }

// Move is an operator that only moves bytes: everything without a rule of its own reads its inputs and writes its
// outputs (the default byte rule of simulation-model 4.1). rows and width are for the reader.
func Move(k Kind, read, write, rows, width float64) Op {
	return Op{Kind: k, Read: read, Write: write, Dims: dims(rows, width, 0, 0)}
}

func dims(a, b, c, d float64) [4]float32 {
	return [4]float32{float32(a), float32(b), float32(c), float32(d)}
}
