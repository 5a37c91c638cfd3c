package serve

import (
	"math"
	"testing"

	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// kv is a forward whose KV cache takes one byte a token out of a given room, and whose time is its context.
func kv(room float64) fixed {
	return func(s pass.Shape) pass.Result {
		bytes := float64(s.Requests * s.Total)
		return pass.Result{Seconds: float64(s.Requests * s.Query), Memory: pass.Memory{KV: bytes, Available: room - bytes}}
	}
}

func TestSwitchMemoryAtEnd(t *testing.T) {
	l := Load{Phase: plan.PhaseDecode, TP: 1, DP: 1, Input: 100, Output: 40, Accepted: 1}
	if p := at(t, l, kv(1000), 8); p.Memory.Available != 1000-8*121 {
		t.Errorf("reference: %v left in the middle of the answer", p.Memory.Available)
	}
	l.Switches.MemoryAtEnd = true
	if p := at(t, l, kv(1000), 8); p.Memory.Available != 1000-8*140 || p.Short != DecodeShort {
		t.Errorf("corrected: %v left at its end, %v", p.Memory.Available, p.Short)
	}
}

func TestSwitchPrefixAttended(t *testing.T) {
	var seen pass.Shape
	f := fixed(func(s pass.Shape) pass.Result { seen = s; return pass.Result{Seconds: 1} })
	l := Load{Phase: plan.PhasePrefill, TP: 1, DP: 1, Input: 100, Output: 40, HitRate: 0.3, Budget: 100}
	if at(t, l, f, 1); seen.Query != 70 || seen.Total != 70 {
		t.Errorf("reference: %+v", seen)
	}
	l.Switches.PrefixAttended = true
	if at(t, l, f, 1); seen.Query != 70 || seen.Total != 100 {
		t.Errorf("corrected: %+v", seen)
	}
}

// Four prompts of two chunks, two at a time, one second a token of the group, no answers: breadth-first all four end in
// the second half of the makespan, depth-first two end in the middle of it.
func TestSwitchDepthFirst(t *testing.T) {
	l := Load{TP: 1, DP: 1, Input: 200, Output: 1, Budget: 180, Accepted: 1}
	f := fixed(func(s pass.Shape) pass.Result { return pass.Result{Seconds: 1, Memory: pass.Memory{Available: 1}} })
	// Chunks 180 and 20: one prompt a step in the first, up to ten in the second.
	if p := at(t, l, f, 2); math.Abs(p.TTFT-3) > 1e-12 {
		t.Errorf("reference: first tokens after %v, want 3 (two first chunks, then both second ones)", p.TTFT)
	}
	l.Switches.DepthFirst = true
	if p := at(t, l, f, 2); math.Abs(p.TTFT-3) > 1e-12 {
		t.Errorf("corrected: first tokens after %v, want (2+4)/2", p.TTFT)
	}
	l.Input, l.Budget = 200, 100 // two equal chunks, one prompt a step
	l.Switches.DepthFirst = false
	if p := at(t, l, f, 4); p.TTFT != (5+6+7+8)/4.0 {
		t.Errorf("reference: %v, want 6.5", p.TTFT)
	}
	l.Switches.DepthFirst = true
	if p := at(t, l, f, 4); p.TTFT != (2+4+6+8)/4.0 {
		t.Errorf("corrected: %v, want 5", p.TTFT)
	}
}

// Depth-first counts the KV cache of everything admitted: while the last prompt runs, the earlier ones answer.
func TestSwitchDepthFirstCountsAllKV(t *testing.T) {
	l := Load{TP: 1, DP: 1, Input: 200, Output: 50, Budget: 100, Accepted: 1}
	mid := 200 + 25 + 1
	room := 1000.0
	if p := at(t, l, kv(room), 4); p.Memory.Available != room-float64(4*mid) {
		t.Errorf("reference: %v", p.Memory.Available)
	}
	l.Switches.DepthFirst = true
	// The last prompt's second chunk (200 tokens) beside three answers; then four answers, which is more here.
	if p := at(t, l, kv(room), 4); p.Memory.Available != room-float64(4*mid) {
		t.Errorf("corrected: %v", p.Memory.Available)
	}
	l.Output = 3 // answers end before the next prompt is done: at most two requests at a time
	if p := at(t, l, kv(room), 4); p.Memory.Available != room-float64(200+202) {
		t.Errorf("corrected, short answers: %v, want one prompt beside one answer", p.Memory.Available)
	}
}

// An image size without a count means as many images as the batch size, in the reference tool and here.
func TestImagesPerRequest(t *testing.T) {
	var seen pass.Shape
	f := fixed(func(s pass.Shape) pass.Result { seen = s; return pass.Result{Seconds: 1} })
	l := Load{Phase: plan.PhasePrefill, TP: 1, DP: 1, Input: 100, Output: 40, Budget: 400, ImageHeight: 720,
		ImageWidth: 1280}
	if at(t, l, f, 3); seen.Images != 3 {
		t.Errorf("%d images", seen.Images)
	}
	l.Images = 2
	if at(t, l, f, 3); seen.Images != 2 {
		t.Errorf("%d images, want the 2 that were asked for", seen.Images)
	}
}

// Under a distribution the reference decodes after the shortened prompt, corrected after the whole one.
func TestSwitchPrefixAttendedUnderADistribution(t *testing.T) {
	lengths := NewLengths([]plan.Bin{{Min: 0, Max: 200, Weight: 1}}, 0.5)
	var seen pass.Shape
	f := fixed(func(s pass.Shape) pass.Result { seen = s; return pass.Result{Seconds: 1} })
	l := Load{TP: 1, DP: 1, Lengths: lengths, Output: 40, HitRate: 0.5, Budget: 400, Accepted: 1}
	if at(t, l, f, 1); seen.Total != 50+20+1 {
		t.Errorf("reference: decode at %d", seen.Total)
	}
	l.Switches.PrefixAttended = true
	if at(t, l, f, 1); seen.Total != 100+20+1 {
		t.Errorf("corrected: decode at %d", seen.Total)
	}
}

// Four prompts of one second, two at a time, and answers of one token: the reference tool adds a decode step of one
// second that never runs.
func TestSwitchOneToken(t *testing.T) {
	l := Load{TP: 1, DP: 1, Input: 100, Output: 1, Budget: 200, Accepted: 1}
	decodes := 0
	f := fixed(func(s pass.Shape) pass.Result {
		if s.Decode {
			decodes++
		}
		return pass.Result{Seconds: 1, Memory: pass.Memory{Available: 1}}
	})
	if p := at(t, l, f, 4); p.TPOT != 2.5 || p.Throughput != 4/2.5 || decodes != 1 {
		t.Errorf("reference: TPOT %v, %v tokens/s, %d decode steps", p.TPOT, p.Throughput, decodes)
	}
	l.Switches.OneToken = true
	decodes = 0
	p := at(t, l, f, 4)
	if p.TTFT != 1.5 || p.TPOT != 0 || p.Throughput != 2 || decodes != 0 {
		t.Errorf("corrected: TTFT %v, TPOT %v, %v tokens/s, %d decode steps", p.TTFT, p.TPOT, p.Throughput, decodes)
	}
	if (Limits{TPOT: 1e-9}).Judge(&p) != report.OK {
		t.Error("a limit on the time of tokens that there are not")
	}
	l.Output = 2
	if p := at(t, l, f, 4); p.TPOT <= 0 {
		t.Errorf("two tokens: TPOT %v", p.TPOT)
	}
}
