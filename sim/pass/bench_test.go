package pass

import (
	"testing"

	"fathom/sim/plan"
)

// The passes that the speed targets are stated for: compiled decode on 16 A3 dies, no operator table under 1 us (dense)
// and 3 us (DeepSeek-V3.1) without allocating, and under 10 us with the table.
var benchmarks = []struct {
	name, model string
	strategy    plan.Strategy
}{
	{"dense", "Qwen/Qwen3-32B", plan.Strategy{TP: 4, PP: 1, DP: 1}},
	{"Qwen3MoE", "Qwen/Qwen3-235B-A22B", plan.Strategy{TP: 4, PP: 1, DP: 4, EP: 16, MoETP: 1, MoEDP: 1}},
	{"DeepSeekV31", "deepseek-ai/DeepSeek-V3.1", plan.Strategy{TP: 4, PP: 1, DP: 4, EP: 16, MoETP: 1, MoEDP: 1}},
}

var decodeShape = Shape{Decode: true, Requests: 64, Query: 1, Total: 4096}

func BenchmarkPass(b *testing.B) {
	for _, c := range benchmarks {
		b.Run(c.name, func(b *testing.B) {
			p := benchmarkPricer(b, c.model, c.strategy)
			b.ReportAllocs()
			for b.Loop() {
				p.Uniform(decodeShape)
			}
		})
	}
}

func BenchmarkPassTable(b *testing.B) {
	for _, c := range benchmarks {
		b.Run(c.name, func(b *testing.B) {
			p := benchmarkPricer(b, c.model, c.strategy)
			b.ReportAllocs()
			for b.Loop() {
				p.Table(decodeShape)
			}
		})
	}
}

func benchmarkPricer(b *testing.B, name string, s plan.Strategy) *Pricer {
	p, err := New(setup(b, name, s))
	if err != nil {
		b.Skip(err)
	}
	return p
}

// A search prepares a pricer for every strategy, so that has to be cheap, too.
func BenchmarkNew(b *testing.B) {
	for _, c := range benchmarks {
		b.Run(c.name, func(b *testing.B) {
			s := setup(b, c.model, c.strategy)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := New(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
