package search

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/serve"
)

// synthetic is the forward of search-and-serving, appendix A: latency and memory are linear in everything.
type synthetic struct {
	tp, dp int
	total  float64 // GiB
}

func (s synthetic) Uniform(shape pass.Shape) pass.Result {
	n, q, context, tp := float64((shape.Requests+s.dp-1)/s.dp), float64(shape.Query), float64(shape.Total), float64(s.tp)
	work := 1e-5 * n * context / tp
	if !shape.Decode {
		work *= q / 50
	}
	free := s.total - 10 - n*context*0.00014/tp - n*q*0.0002 - 10
	return pass.Result{Seconds: (3 + 0.05*n*q/tp + work) / 1000, Bound: pass.Bound{Mem: 1},
		Memory: pass.Memory{Total: s.total * gib, Weight: 10 * gib, Reserved: 10 * gib, Available: free * gib}}
}

func (s synthetic) Mixed(pieces []pass.Piece) pass.Result {
	var r pass.Result
	for _, p := range pieces {
		one := s.Uniform(pass.Shape{Requests: max(1, p.Count) * s.dp, Query: p.Query, Total: p.Total})
		r.Seconds, r.Memory = r.Seconds+one.Seconds, one.Memory
	}
	return r
}

// pricer builds synthetic forwards for devices of a given memory.
func pricer(total float64) Pricer {
	return func(s pass.Setup) (serve.Forward, error) {
		return synthetic{tp: s.Strategy.TP, dp: max(1, s.Strategy.DP), total: total}, nil
	}
}

// device is a profile of a reference tool's kind that holds 4096 devices.
func device(name string) *hw.Profile {
	return &hw.Profile{Name: name, Reference: true, Grid: hw.Grid{Shape: []int{4096}}}
}

func dense() *model.Model {
	layers := make([]model.Layer, 64)
	for i := range layers {
		layers[i].Attention = model.Attention{Kind: model.GQA, Heads: 64, KVHeads: 8}
	}
	return &model.Model{Name: "dense", Layers: layers}
}

func experts() *model.Model {
	m := dense()
	for i := range m.Layers {
		m.Layers[i].FFN = model.FFN{Experts: 128, TopK: 8}
	}
	return m
}

// question is an aggregation of 2048 tokens in and 512 out on one device, without limits.
func question() *plan.Request {
	return &plan.Request{Model: dense(), Profiles: []*hw.Profile{device("A")}, Devices: 1, InputLength: 2048,
		OutputLength: 512,
		Acceptance:   []float64{0.9, 0.6, 0.4, 0.2}, ReservedGB: 10}
}

// tracer notes the probes of a search in their order.
type tracer struct {
	worker
	probes []int
}

func (p *tracer) probe(batch int) (*point, bool) {
	p.probes = append(p.probes, batch)
	return p.worker.probe(batch)
}

func sizes(values ...int) plan.Sizes { return plan.Sizes{Searched: true, Values: values} }

// The probe sequences and best rows of the golden vectors, made by the original's classes on the synthetic forward.
func TestGoldenProbes(t *testing.T) {
	for _, g := range []struct {
		id     string
		mode   plan.Mode
		tp, dp int
		total  float64
		edit   func(*plan.Request)
		probes []int
		batch  int
		rate   string
	}{
		{"G1", plan.Aggregation, 1, 2, 64, func(r *plan.Request) { r.TTFTLimit, r.TPOTLimit = 3000, 50 },
			[]int{1, 512, 256, 128, 64, 32, 48, 56, 52, 54, 53}, 53, "8376.515"},
		{"G2", plan.Aggregation, 2, 1, 64, func(r *plan.Request) {
			r.TPOTLimit, r.PrefixCacheHitRate, r.MaxBatchedTokens = 30,
				0.5, 8192
		},
			[]int{1, 512, 256, 384, 320, 288, 272, 280, 276, 274, 273}, 272, "13555.260"},
		{"G3", plan.Aggregation, 1, 2, 64, func(r *plan.Request) {
			r.InputLength, r.OutputLength, r.MaxBatchedTokens, r.TPOTLimit, r.BatchMin, r.BatchMax = 4096, 64, 1500, 200, 1, 16
		}, []int{1, 8, 12, 14, 15, 16}, 16, "512.773"},
		{"G4", plan.Aggregation, 1, 1, 64, func(r *plan.Request) {
			r.InputLength, r.OutputLength, r.MaxBatchedTokens, r.TPOTLimit, r.BatchMax, r.MTP = 4096, 64, 1024, 60, 16, []int{3}
		}, []int{1, 8, 12, 14, 15, 16}, 16, "281.209"},
		{"G5", plan.Disaggregation, 1, 2, 64, func(r *plan.Request) {
			r.InputLength, r.OutputLength, r.MaxBatchedTokens, r.TTFTLimit, r.ServingCostMS = 4096, 256, 4096, 2000, 5
		}, []int{1, 512, 256, 128, 64, 32, 16, 24, 20, 18, 17}, 17, "38742.100"},
		{"G6", plan.Disaggregation, 2, 2, 64, func(r *plan.Request) {
			r.InputLength, r.OutputLength, r.MaxBatchedTokens, r.TTFTLimit, r.PrefixCacheHitRate = 4096, 256, 1000, 3000, 0.25
		}, []int{1, 512, 256, 128, 64, 32, 48, 40, 36, 34, 35}, 34, "94442.711"},
		{"G7", plan.Disaggregation, 2, 2, 64, func(r *plan.Request) {
			r.InputLength, r.TPOTLimit, r.PrefixCacheHitRate = 4096,
				20, 0.5
		},
			[]int{1, 512, 256, 128, 192, 160, 144, 152, 148, 146, 145}, 144, "29586.528"},
		{"G8", plan.Disaggregation, 1, 1, 64, func(r *plan.Request) {
			r.InputLength, r.TPOTLimit, r.MTP = 4096, 20,
				[]int{3}
		},
			[]int{1, 512, 256, 128, 64, 96, 80, 72, 76, 74, 73}, 72, "10167.352"},
		{"G9", plan.Aggregation, 1, 2, 64, func(r *plan.Request) {
			r.TTFTLimit, r.TPOTLimit, r.Strategy = 3000, 50,
				plan.LinearExponential
		},
			[]int{1, 512, 43, 65, 54, 48, 51, 52, 53}, 53, "8376.515"},
		{"G10", plan.Disaggregation, 2, 2, 64, func(r *plan.Request) {
			r.InputLength, r.TPOTLimit, r.Strategy = 4096, 20,
				plan.LinearExponential
		},
			[]int{1, 512, 73, 109, 127, 136, 141, 143, 144, 145}, 144, "29586.528"},
		{"G11", plan.Aggregation, 1, 1, 24, func(*plan.Request) {},
			[]int{1, 512, 256, 128, 64, 32, 16, 8, 12, 14, 13}, 12, "2181.253"},
		{"G12", plan.Aggregation, 1, 1, 64, func(r *plan.Request) {
			r.OutputLength, r.MaxBatchedTokens, r.BatchMin,
				r.BatchMax = 1, 1024, 1, 8
		},
			[]int{1, 4, 6, 7, 8}, 8, "9.172"},
	} {
		t.Run(g.id, func(t *testing.T) {
			req := question()
			req.Mode, req.Devices, req.TP = g.mode, g.tp*g.dp, sizes(g.tp)
			g.edit(req)
			r := newRun(req, pricer(g.total), new(atomic.Bool))
			if err := r.prepare(); err != nil {
				t.Fatal(err)
			}
			j := r.jobs[0][0]
			if len(j.tuples) != 1 {
				t.Fatalf("%d tuples", len(j.tuples))
			}
			forward, _ := j.price(pass.Setup{Strategy: j.tuples[0].strategy})
			p := &tracer{}
			p.at, p.job, p.load = map[int]int32{}, j, j.load(&j.tuples[0])
			p.load.Budget = j.budgets()[0]
			p.evaluator.Prepare(p.load, forward, nil)
			if _, done := referenceSearch(p, req, j.limits); !done {
				t.Fatal("stopped")
			}
			if !slices.Equal(p.probes, g.probes) {
				t.Errorf("probes %v, want %v", p.probes, g.probes)
			}
			last := p.points[0]
			for _, q := range p.points {
				if q.listed && q.Batch > last.Batch {
					last = q
				}
			}
			if got := fmt.Sprintf("%.3f", last.Throughput); last.Batch != g.batch || got != g.rate {
				t.Errorf("batch %d with %s tok/s, want %d with %s", last.Batch, got, g.batch, g.rate)
			}
		})
	}
}
