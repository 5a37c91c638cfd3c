package price

import (
	"math"
	"slices"

	"fathom/hw"
	"fathom/sim/kernel"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// stage is one pipeline stage, or several equal ones. Beside its own step time it has those of devices on which one
// resource is a little faster: what a step gains there is the part of it that waits for the resource.
type stage struct {
	count float64
	step  *kernel.Stepper
	fast  [resources]*kernel.Stepper
	bytes float64 // sent to the next stage for every token of a DP rank, by one rank; 0: nothing is sent
	link  hw.Link
}

// What a step can wait for.
const (
	memoryOf = iota
	cubeOf
	linksOf
	resources
)

// little is how much faster a resource is made. The step time is a sum of maxima of terms in one resource each, so that
// any small number gives the same answer; this one leaves nine digits.
const little = 1e-6

// parts is a step time taken apart, in seconds.
type parts struct{ seconds, mem, cube, comm, static float64 }

// split prices a step and attributes it: of two parts that overlap, the longer one counts, as in the reference tool's
// breakdown. What no resource shortens is static: floors of layers and launches.
func (s *stage) split(st traffic.State) parts {
	b := parts{seconds: s.step.Seconds(st)}
	var of [resources]float64
	b.static = b.seconds
	for i, f := range s.fast {
		of[i] = math.Max(0, (b.seconds-f.Seconds(st))*(1+little)/little)
		b.static -= of[i]
	}
	b.mem, b.cube, b.comm = of[memoryOf], of[cubeOf], of[linksOf]
	b.static = math.Max(0, b.static)
	return b
}

// send is the transfer of the activations of so many tokens to the next stage.
func (s *stage) send(tokens float64) float64 {
	if s.bytes == 0 || s.link.Bandwidth <= 0 {
		return 0
	}
	return s.link.Latency + tokens*s.bytes/s.link.Bandwidth
}

// stages prepares the pipeline; equal stages stand together.
func stages(s *pass.Setup, f kernel.Formats, k *kernel.Constants) ([]stage, error) {
	cut := plan.Stages(s.Model, s.Strategy.PP)
	list := make([]stage, 0, 2)
	var kinds []plan.Stage
next:
	for i, c := range cut {
		tp := s.Strategy.TP
		link := s.Profile.Grid.Between(i*tp, (i+1)*tp)
		for k, old := range kinds {
			if old.Head == c.Head && (c.Head || list[k].link == link) && slices.Equal(old.Layers, c.Layers) {
				list[k].count++
				continue next
			}
		}
		kinds = append(kinds, c)
		n := stage{count: 1, link: link}
		if !c.Head {
			n.bytes = 2 * float64(s.Model.Hidden) / float64(tp) // each rank sends its share in 16 bits
		}
		if err := n.prepare(s, c, f, k, len(cut) > 1); err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
}

// prepare makes the step times of a stage: its layers, and the head where it has it.
func (s *stage) prepare(setup *pass.Setup, c plan.Stage, f kernel.Formats, k *kernel.Constants, part bool) (err error) {
	m := setup.Model
	if part {
		own := *m
		own.Layers = c.Layers
		if !c.Head {
			own.Vocab = 0
		}
		m = &own
	}
	d := deployment(setup, m, f, k)
	d.PP = 0 // a stage is one of them
	if s.step, err = kernel.New(d); err != nil {
		return err
	}
	for i := range s.fast {
		d.Profile = faster(setup.Profile, i)
		if s.fast[i], err = kernel.New(d); err != nil {
			return err
		}
	}
	return nil
}

// deployment is a setup in the words of the kernel model.
func deployment(s *pass.Setup, m *model.Model, f kernel.Formats, k *kernel.Constants) kernel.Deployment {
	t := s.Strategy
	d := kernel.Deployment{Model: m, Profile: s.Profile, TP: t.TP, DP: max(1, t.DP), PP: t.PP, Formats: f, Constants: k}
	if s.Model.MoE() {
		d.EP, d.MoETP = max(1, t.EP), max(1, t.MoETP)
	}
	return d
}

// faster is the profile with one resource a little faster.
func faster(p *hw.Profile, resource int) *hw.Profile {
	out := *p
	switch resource {
	case memoryOf:
		out.MemoryBandwidth *= 1 + little
	case cubeOf:
		for i := range out.Cube {
			out.Cube[i] *= 1 + little
		}
	case linksOf:
		out.ScaleLinks(1+little, 1/(1+little))
	}
	return &out
}
