package pass

import (
	"math"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// FuzzPricer asks for absurd setups and batches: an error or finite figures, never a panic.
func FuzzPricer(f *testing.F) {
	f.Add(0, 4, 1, 1, 1, 1, 1, 0, uint16(0), 16, 1, 4096)
	f.Add(3, 2, 4, 1, 8, 1, 1, 2, uint16(0xffff), 200, 300, 4096)
	f.Add(9, 0, -1, 1<<40, 0, 3, -5, -1, uint16(7), -1, 0, -9)
	names := supported(f)
	f.Fuzz(func(t *testing.T, which, tp, dp, pp, ep, moeTP, sub, mtp int, bits uint16, requests, query, total int) {
		m, err := model.Find(names[((which%len(names))+len(names))%len(names)])
		if err != nil {
			t.Fatal(err)
		}
		d, err := hw.Find("ATLAS_350_425T_112G")
		if err != nil {
			t.Fatal(err)
		}
		on := func(i int) bool { return bits>>i&1 == 1 }
		s := Setup{Model: m, Profile: d, MTP: mtp % 10, ReservedGB: 10,
			Strategy: plan.Strategy{TP: tp, DP: dp, PP: pp, EP: ep, MoETP: moeTP, MoEDP: 1, DCP: sub, OProjTP: sub, MLPTP: sub,
				LMHeadTP:       sub,
				SharedExpertTP: on(0), RedundantExperts: int(bits>>1&1) * max(0, ep), ExternalShared: on(2), HostExternal: on(3),
				WordEmbeddingTP: plan.WordEmbedding(bits >> 4 & 1)},
			Quant: plan.Quant{Linear: plan.LinearAction(bits >> 5 & 15), Attention: plan.AttentionAction(bits >> 9 & 3)},
			Options: plan.Options{Compile: on(11), SequenceParallel: on(12), MatmulAllReduce: on(13), DispatchFFNCombine: on(14),
				NoRepetition: on(15)}}
		if on(10) {
			s.Switches = Corrected()
		}
		p, err := New(s)
		if err != nil {
			return
		}
		shape := Shape{Decode: on(8), Requests: requests, Query: query, Total: total}
		if p.Check(shape) != nil {
			return
		}
		r := p.Table(shape)
		for _, v := range []float64{r.Seconds, r.Bound.Mem, r.Bound.Comm, r.Bound.Cube, r.Bound.Vec, r.Bound.Static,
			r.Memory.Weight, r.Memory.KV, r.Memory.Activation, r.Memory.Available} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%s: %+v", m.Name, r.Result)
			}
		}
		if r.Seconds <= 0 {
			t.Fatalf("%s: %g s", m.Name, r.Seconds)
		}
	})
}
