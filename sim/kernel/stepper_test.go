package kernel

import (
	"math"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// deployments cover every kind of attention and of experts that the catalog has.
func deployments(t testing.TB) []Deployment {
	t.Helper()
	var out []Deployment
	for _, d := range []struct {
		model, device string
		tp, dp, ep    int
		f             Formats
	}{
		{"Qwen/Qwen3-8B", "H100_SXM", 1, 1, 0, Formats{}},
		{"Qwen/Qwen3-32B", "B200_SXM", 4, 1, 0, Formats{Attention: hw.FormatFP8, Dense: hw.FormatFP8, KV: hw.FormatFP8}},
		{"Qwen/Qwen3-235B-A22B", "H200_SXM", 8, 1, 8, Formats{Attention: hw.FormatFP8Block,
			Dense: hw.FormatFP8Block, Expert: hw.FormatFP8Block}},
		{"deepseek-ai/DeepSeek-V3", "B200_SXM", 1, 8, 8, Formats{Attention: hw.FormatFP8,
			Dense: hw.FormatNVFP4, Expert: hw.FormatNVFP4, KV: hw.FormatFP8}},
		{"openai/gpt-oss-120b", "H100_SXM", 2, 1, 1, Formats{Expert: hw.FormatMXFP4}},
		{"Qwen/Qwen3.5-397B-A17B", "B300_SXM", 8, 1, 1, Formats{}},
		{"deepseek-ai/DeepSeek-V3.2", "ATLAS_800_A3_752T_128G_DIE", 16, 1, 16,
			Formats{Attention: hw.FormatINT8, Dense: hw.FormatINT8, Expert: hw.FormatINT8}},
		{"moonshotai/Kimi-K2-Instruct", "GB200", 4, 1, 1, Formats{Expert: hw.FormatINT4}},
	} {
		m, err := model.Find(d.model)
		if err != nil {
			t.Fatal(err)
		}
		p, err := hw.Find(d.device)
		if err != nil {
			t.Fatal(err)
		}
		layout := plan.Strategy{TP: d.tp, DP: d.dp}
		if m.MoE() {
			layout.EP, layout.MoETP = d.ep, d.tp*d.dp/d.ep
		}
		out = append(out, Deployment{Rank: served(t, m, layout), Profile: p, Formats: d.f})
	}
	return out
}

func served(t testing.TB, m *model.Model, s plan.Strategy) *geometry.Rank {
	t.Helper()
	g, err := geometry.Served(m, s)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// constants of every kind that a profile has.
func constants(t *testing.T, p *hw.Profile) map[string]Constants {
	out := map[string]Constants{"unfitted": Unfitted(p)}
	if k, ok := Sums(p, ""); ok {
		out["sums"] = k
	}
	if p.Calibrated != nil {
		for _, e := range p.Calibrated.Engines {
			k, h, err := Calibrated(p, e.Name)
			if err != nil {
				t.Fatal(err)
			}
			if h.Step <= 0 || h.Arrive <= 0 {
				t.Errorf("%s on %s: host %+v", e.Name, p.Name, h)
			}
			out[e.Name] = k
		}
	}
	return out
}

var states = []traffic.State{
	{Width: 1, Decoding: 1, Context: 100},
	{Width: 1, Decoding: 64, Context: 64 * 2000},
	{Width: 1, Decoding: 512, Context: 512 * 900},
	{Width: 1, Prompts: []traffic.Piece{{Query: 4096, Last: true}}},
	{Width: 1, Decoding: 16, Context: 16 * 5000, Prompts: []traffic.Piece{{Query: 1000, Done: 3000},
		{Query: 50, Last: true}}},
	{Width: 3, Decoding: 32, Context: 32 * 1000},
}

// every calls do for each deployment with each set of constants.
func every(t *testing.T, do func(name string, d Deployment)) {
	for _, d := range deployments(t) {
		for name, k := range constants(t, d.Profile) {
			d.Constants = &k
			do(d.Rank.Model.Name+" on "+d.Profile.Name+", "+name, d)
		}
	}
}

func seconds(t *testing.T, d Deployment, st traffic.State) float64 {
	t.Helper()
	s, err := New(d)
	if err != nil {
		t.Fatal(err)
	}
	return s.Seconds(st)
}

// The seconds of the parts are those of the step.
func TestPartsAddUp(t *testing.T) {
	every(t, func(name string, d Deployment) {
		s, err := New(d)
		if err != nil {
			t.Fatal(name, err)
		}
		for i, st := range states {
			var sum float64
			for _, p := range s.Parts(st) {
				if p.Seconds <= 0 || p.Count < 1 || p.FLOPs < 0 || p.Bytes < 0 || p.Bound == "" || p.Class >= NumClasses {
					t.Errorf("%s, state %d: %+v", name, i, p)
				}
				sum += p.Seconds
				if least := p.Bytes / (s.bandwidth * s.k.AttnDecode); p.Name == "attention" && len(st.Prompts) == 0 &&
					least > p.Seconds*(1+1e-9) {
					t.Errorf("%s, state %d: %.6g bytes of cache take %.6g s at least, not %.6g", name, i, p.Bytes, least, p.Seconds)
				}
			}
			if want := s.Seconds(st); math.Abs(sum/want-1) > 1e-9 {
				t.Errorf("%s, state %d: parts %.6g, step %.6g", name, i, sum, want)
			}
		}
	})
}

// Better hardware is never slower, and a lower floor never takes longer.
func TestBetterIsNeverSlower(t *testing.T) {
	every(t, func(name string, d Deployment) {
		for what, change := range map[string]func(*Deployment){
			"memory bandwidth": func(d *Deployment) { d.Profile.MemoryBandwidth *= 1.3 },
			"peaks": func(d *Deployment) {
				for i := range d.Profile.Cube {
					d.Profile.Cube[i] *= 1.3
				}
			},
			"links":  func(d *Deployment) { d.Profile.ScaleLinks(1.3, 0.9) },
			"floors": func(d *Deployment) { d.Constants.LayerOverhead *= 0.8 },
			"memory": func(d *Deployment) { d.Constants.Linear[d.Formats.Dense].Memory *= 1.1 },
		} {
			better := d
			p, k := *d.Profile, *d.Constants
			better.Profile, better.Constants = &p, &k
			change(&better)
			for i, st := range states {
				if a, b := seconds(t, d, st), seconds(t, better, st); b > a*(1+1e-12) {
					t.Errorf("%s, state %d: better %s, %.6g became %.6g", name, i, what, a, b)
				}
			}
		}
	})
}

// Tiles that few rows leave empty cost time beyond that of the weights only, and nothing where weights are widened.
func TestExpertTile(t *testing.T) {
	few, many := states[1], traffic.State{Width: 1, Prompts: []traffic.Piece{{Query: 65536, Last: true}}}
	for _, d := range deployments(t) {
		if !d.Rank.Model.MoE() {
			continue
		}
		with := func(tile float64, st traffic.State) float64 {
			k := Unfitted(d.Profile)
			k.ExpertTile = tile
			d.Constants = &k
			return seconds(t, d, st)
		}
		if a, b := with(0, few), with(1, few); a != b {
			t.Errorf("%s: one row takes %.6g s more than the weights", d.Rank.Model.Name, b-a)
		}
		a, b := with(4096, few)-with(0, few), with(4096, many)-with(0, many)
		if d.Formats.Expert.Widened(d.Profile) {
			if a != 0 || b != 0 {
				t.Errorf("%s: widened weights pay %.6g and %.6g s for tiles", d.Rank.Model.Name, a, b)
			}
		} else if a <= 0 || b < a*(1-1e-9) {
			t.Errorf("%s: tiles take %.6g s for few rows and %.6g s for many", d.Rank.Model.Name, a, b)
		}
	}
}

// More work never takes less time.
func TestMoreWorkIsNeverFaster(t *testing.T) {
	every(t, func(name string, d Deployment) {
		last := 0.0
		for _, n := range []int{1, 2, 8, 64, 300} {
			s := seconds(t, d, traffic.State{Width: 1, Decoding: n, Context: float64(n) * 1000})
			if s < last {
				t.Errorf("%s: %d sequences take %.6g, fewer %.6g", name, n, s, last)
			}
			last = s
		}
		if a, b := seconds(t, d, states[1]), seconds(t, d, traffic.State{Width: 1, Decoding: 64, Context: 64 * 4000}); b < a {
			t.Errorf("%s: longer contexts are faster", name)
		}
	})
}

// Steps beyond the largest captured graph take at least what the host needs to launch their kernels; steps within it,
// and prompts where there is such a graph, do not wait for the host.
func TestCapturedGraphs(t *testing.T) {
	d := deployments(t)[0]
	k := Unfitted(d.Profile)
	k.Eager, k.Captured = 5e-3, 8
	graphs := Unfitted(d.Profile)
	step := func(k Constants, st traffic.State) float64 { d.Constants = &k; return seconds(t, d, st) }
	for n := 7; n <= 10; n++ {
		st := traffic.State{Width: 1, Decoding: n, Context: float64(n) * 100}
		if with, free := step(k, st), step(graphs, st); (n > 8) != (with > 2*free) {
			t.Errorf("%d sequences, graphs for 8: %.4g s, %.4g s with graphs for all", n, with, free)
		}
	}
	if st := states[3]; step(k, st) != step(graphs, st) {
		t.Error("prompts wait for the host though there are graphs")
	}
	k.Captured = 0
	if st := states[3]; step(k, st) <= step(graphs, st) {
		t.Error("without graphs prompts are launched kernel by kernel too")
	}
	k.Eager, k.PromptEager, k.PromptCaptured = 0, 5e-3, 512
	for _, tokens := range []int{512, 513} { // the last of them, behind 4096 that a prefix cache held
		st := traffic.State{Prompts: []traffic.Piece{{Query: tokens, Done: 4096, Last: true}}}
		if with, free := step(k, st), step(graphs, st); (tokens > 512) != (with > 2*free) {
			t.Errorf("%d tokens, graphs for 512: %.4g s, %.4g s with graphs for all", tokens, with, free)
		}
	}
}

// One step is linear in the context, so that k steps are k times the step at the middle context: what a jump relies on.
func TestJumpOfStepsEqualsSteps(t *testing.T) {
	every(t, func(name string, d Deployment) {
		for _, l := range d.Rank.Model.Layers {
			if l.Attention.Window > 0 || l.Attention.TopK > 0 {
				return // attention that reaches back only so far is linear in parts
			}
		}
		s, err := New(d)
		if err != nil {
			t.Fatal(err)
		}
		const n, k = 40, 9
		var sum float64
		for i := range k {
			sum += s.Seconds(traffic.State{Width: 1, Decoding: n, Context: n * float64(1000+i)})
		}
		if jump := k * s.Seconds(traffic.State{Width: 1, Decoding: n,
			Context: n * (1000 + float64(k-1)/2)}); math.Abs(jump/sum-1) > 1e-9 {
			t.Errorf("%s: a jump takes %.9g, its steps %.9g", name, jump, sum)
		}
	})
}

// A layout that cannot be is refused with what is wrong.
func TestLayoutsAreChecked(t *testing.T) {
	good := deployments(t)[2]
	for want, change := range map[string]func(*Deployment){
		"want 1 or more each":         func(d *Deployment) { d.Rank.Strategy.DP = 0 },
		"want a product of 8 devices": func(d *Deployment) { d.Rank.Strategy.EP = 4 },
		"no device profile":           func(d *Deployment) { d.Profile = nil },
		"no memory bandwidth":         func(d *Deployment) { d.Profile = &hw.Profile{Name: "X"} },
		"no model layers":             func(d *Deployment) { d.Rank = nil },
	} {
		bad, rank := good, *good.Rank
		bad.Rank = &rank
		change(&bad)
		if _, err := New(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	p, _ := hw.Find("ATLAS_350_425T_112G")
	if _, _, err := Calibrated(p, "vllm"); err == nil || !strings.Contains(err.Error(), "carries no fit") {
		t.Errorf("no fit: %v", err)
	}
	h, _ := hw.Find("H100_SXM")
	if _, _, err := Calibrated(h, "tgi"); err == nil || !strings.Contains(err.Error(), "it has sglang, trtllm, vllm") {
		t.Errorf("no such engine: %v", err)
	}
	if _, ok := Sums(p, ""); ok {
		t.Error("kernel sums of a device without any")
	}
}

// An all-reduce on a curve: the fixed time for a small message, the full rate for a large one, monotone between.
func TestAllReduceCurve(t *testing.T) {
	p, _ := hw.Find("H100_SXM")
	line, curve := reduce(p, 8, false), reduce(p, 8, true)
	g, _ := p.Kernel.Group(8)
	if line.seconds(0, 1) != g.Fixed || curve.seconds(0, 1) != g.Curve.Fixed || line.ramp != 0 || curve.ramp == 0 {
		t.Errorf("%+v, %+v", line, curve)
	}
	last := 0.0
	for b := 1e3; b < 1e10; b *= 2 {
		if s := curve.seconds(b, 1); s <= last {
			t.Errorf("%g bytes take %g, half of them %g", b, s, last)
		} else {
			last = s
		}
	}
	if rate := 1e10 / curve.seconds(1e10, 1); math.Abs(rate/g.Curve.Payload-1) > 0.01 {
		t.Errorf("a large message moves at %g, want %g", rate, g.Curve.Payload)
	}
	if r := reduce(p, 1, true); r != (allReduce{}) {
		t.Errorf("one rank: %+v", r)
	}
}
