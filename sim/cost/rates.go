package cost

import (
	"fathom/hw"
	"fathom/sim/op"
)

// Rates are a profile's peaks as reciprocals: seconds per operation and per byte. A format that the profile lacks has
// rate 0, so its work is free; that is what the reference tool does.
type Rates struct {
	cube, vec [hw.NumDTypes]float64
	perByte   float64
	static    hw.Static
}

// NewRates derives the rates of a profile.
func NewRates(p *hw.Profile) Rates {
	r := Rates{static: p.Static, perByte: inverse(p.MemoryBandwidth * p.MemoryEff)}
	for t := range hw.NumDTypes {
		r.cube[t] = inverse(p.Cube[t] * p.ComputeEff)
		r.vec[t] = inverse(p.Vec[t] * p.ComputeEff)
	}
	return r
}

func inverse(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return 1 / x
}

// Bound is the class that an operator's time is charged to.
type Bound uint8

// Ties go to the earlier one (simulation-model 7).
const (
	Mem Bound = iota
	Comm
	Cube
	Vec
)

var boundNames = [...]string{"mem", "comm", "cube", "vec"}

func (b Bound) String() string { return boundNames[b] }

// Time is one operator's time in seconds and what it is made of. Components overlap; Seconds is their maximum (with
// cube and vector added) plus Static.
type Time struct {
	Seconds              float64
	Mem, Comm, Cube, Vec float64
	Static               float64
	Bound                Bound
}

// Price is the roofline: compute and memory overlap perfectly, matrix and vector work do not overlap. Operators without
// work, such as views, are free. It fills t in place: returning it by value would cost as much as the arithmetic.
func (r *Rates) Price(o *op.Op, t *Time) {
	cube := o.Cube*r.cube[o.CubeType] + o.CubeFP8*r.cube[hw.FP8]
	vec := o.Vec16*r.vec[hw.FP16] + o.Vec32*r.vec[hw.FP32]
	longest := (o.Read + o.Write) * r.perByte
	t.Mem, t.Comm, t.Cube, t.Vec, t.Bound = longest, 0, cube, vec, Mem
	if cube+vec > longest {
		longest = cube + vec
		t.Bound = Cube
		if vec > cube {
			t.Bound = Vec
		}
	}
	switch {
	case longest == 0:
		t.Static = 0
	case cube > 0:
		t.Static = r.static.Cube * (1 + float64(o.Extra))
	default:
		t.Static = r.static.Vec * (1 + float64(o.Extra))
	}
	t.Seconds = longest + t.Static
}

// Send prices the transfer between two pipeline stages: only the wire is charged.
func (r *Rates) Send(o *op.Op, l hw.Link, t *Time) {
	wire := l.Latency + o.Message*inverse(l.Bandwidth)
	*t = Time{Seconds: wire + r.static.Comm, Comm: wire, Static: r.static.Comm, Bound: Comm}
}

// Collective prices a collective of a group: the wire, but at least the memory traffic of its buffers.
func (r *Rates) Collective(o *op.Op, g *Group, t *Time) {
	mem, wire := (o.Read+o.Write)*r.perByte, g.Wire(o.Kind, o.Message)
	t.Mem, t.Comm, t.Cube, t.Vec, t.Static = mem, wire, 0, 0, r.static.Comm
	if wire > mem {
		t.Bound, t.Seconds = Comm, wire+t.Static
	} else {
		t.Bound, t.Seconds = Mem, mem+t.Static
	}
}

// Classify charges an operator that was put together from others to its largest component, and takes what its
// components do not explain as static.
func (t *Time) Classify() {
	compute := t.Cube + t.Vec
	charged := t.Mem
	t.Bound = Mem
	if t.Comm > charged {
		t.Bound, charged = Comm, t.Comm
	}
	if compute > charged {
		t.Bound, charged = Cube, compute
		if t.Vec > t.Cube {
			t.Bound = Vec
		}
	}
	t.Static = t.Seconds - charged
}
