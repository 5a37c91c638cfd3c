package serve

import (
	"math"
	"math/rand/v2"
	"testing"

	"fathom/sim/pass"
)

// table is a forward that knows the times of its shapes, in milliseconds, by phase, requests and context.
type table map[pass.Shape]float64

func (f table) Uniform(s pass.Shape) pass.Result {
	ms, ok := f[pass.Shape{Decode: s.Decode, Requests: (s.Requests + 1) / 2, Total: s.Total}]
	if !ok {
		return pass.Result{Seconds: math.NaN()}
	}
	return pass.Result{Seconds: ms / 1000}
}

func (f table) Mixed([]pass.Piece) pass.Result { return pass.Result{} }

// The run of search-and-serving 3.5: Qwen3-0.6B, two A3 dies as two replicas, 6 requests of 4096 tokens in chunks of
// 1500, answers of 16. Times of forwards are the tool's; TTFT, TPOT and throughput must come out as it printed them.
func TestChunkedRunOfTheReference(t *testing.T) {
	f := table{
		{Requests: 1, Total: 1500}:               22.3649,
		{Requests: 1, Total: 3000}:               24.5876,
		{Requests: 1, Total: 4096}:               20.3554,
		{Requests: 2, Total: 4096}:               36.2429,
		{Decode: true, Requests: 2, Total: 4105}: 5.7956,
		{Decode: true, Requests: 3, Total: 4105}: 6.2519,
	}
	var e Evaluator
	e.Prepare(Load{TP: 1, DP: 2, Input: 4096, Output: 16, Budget: 1500, Accepted: 1}, f, nil)
	p, _ := e.At(3)
	if p.Chunks != 3 || math.Abs(1000*p.TTFT-195.2218) > 2e-4 || math.Abs(1000*p.TPOT-7.2364) > 2e-4 ||
		math.Abs(p.Throughput-313.05) > 1e-2 {
		t.Errorf("%d chunks, TTFT %.4f, TPOT %.4f, %.2f tok/s; want 3, 195.2218, 7.2364, 313.05", p.Chunks, 1000*p.TTFT,
			1000*p.TPOT, p.Throughput)
	}
}

type single struct {
	chunk, left int
	first       float64
}

// oneByOne is the schedule as the specification states it, request by request.
func oneByOne(l Load, f Forward, batch int) (ttft, tpot, throughput float64) {
	length, left := l.effective(), max(l.Output-1, 0)
	chunks := (length + l.Budget - 1) / l.Budget
	waiting := make([]single, batch*l.DP)
	var ready []single
	var clock, end float64
	for len(waiting)+len(ready) > 0 {
		count, query, total := 0, 1, 0
		if len(waiting) > 0 {
			k := waiting[0].chunk
			for count < len(waiting) && waiting[count].chunk == k {
				count++
			}
			total = min((k+1)*l.Budget, length)
			query = total - k*l.Budget
		}
		prompts, answers := admit(l.pooled(), len(ready), count, query)
		var seconds float64
		if prompts > 0 {
			seconds = f.Uniform(pass.Shape{Requests: prompts, Query: query, Total: total}).Seconds
		}
		if answers > 0 {
			s := pass.Shape{Decode: true, Requests: answers, Query: l.MTP + 1, Total: l.midAnswer()}
			seconds = max(seconds, f.Uniform(s).Seconds/l.Accepted)
		}
		clock += seconds
		moved := waiting[:prompts]
		waiting = append([]single(nil), waiting[prompts:]...)
		var again []single
		for _, r := range moved {
			if r.chunk++; r.chunk < chunks {
				again = append(again, r)
				continue
			}
			ttft += clock
			end = clock
			if left > 0 {
				ready = append(ready, single{left: left, first: clock})
			}
		}
		if l.Switches.DepthFirst {
			waiting = append(again, waiting...)
		} else {
			waiting = append(waiting, again...)
		}
		served := ready[:answers]
		ready = append([]single(nil), ready[answers:]...)
		for _, r := range served {
			if r.left--; r.left > 0 {
				ready = append(ready, r)
				continue
			}
			tpot += (clock - r.first) / float64(left)
			end = clock
		}
	}
	c := float64(batch * l.DP)
	return ttft / c, tpot / c, float64(l.Output) * c / end
}

// Grouping requests and skipping periods must not change the schedule, also where answers exceed the budget and are
// served in turns.
func TestGroupedScheduleEqualsSingleRequests(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var e Evaluator
	for range 3000 {
		l := Load{TP: 1, DP: 1 + random.IntN(4), Budget: 1 + random.IntN(12), Output: 1 + random.IntN(20),
			MTP: random.IntN(2), Accepted: 1.5}
		l.Input = l.Budget + 1 + random.IntN(60)
		l.Switches.DepthFirst = random.IntN(2) == 0
		if random.IntN(20) == 0 { // long enough for waves that are added up
			l.Budget = 1 + random.IntN(3)
			l.Input = longWave * l.Budget * (1 + random.IntN(4))
		}
		batch := 1 + random.IntN(24)
		if random.IntN(60) == 0 {
			batch = 1 + random.IntN(300)
		}
		f := &synthetic{tp: 1, dp: l.DP, total: 1e9}
		wantTTFT, wantTPOT, wantRate := oneByOne(l, f, batch)
		e.Prepare(l, f, nil)
		p, _ := e.At(batch)
		if off(p.TTFT, wantTTFT) || off(p.TPOT, wantTPOT) || off(p.Throughput, wantRate) {
			t.Fatalf("%+v batch %d: got %v %v %v, want %v %v %v", l, batch, p.TTFT, p.TPOT, p.Throughput, wantTTFT, wantTPOT,
				wantRate)
		}
	}
}

func off(got, want float64) bool { return math.Abs(got-want) > 1e-9*math.Abs(want) }

// Where a schedule repeats itself, a point of half a million requests asks for no more forwards than one of some
// thousand, and takes no more steps.
func TestLongSchedulesRepeat(t *testing.T) {
	for _, deep := range []bool{false, true} {
		f := &counted{Forward: &synthetic{tp: 1, dp: 2, total: 1e9}}
		var e Evaluator
		l := Load{TP: 1, DP: 2, Input: 16000, Output: 65, Budget: 8192, Accepted: 1}
		l.Switches.DepthFirst = deep
		e.Prepare(l, f, nil)
		small, _ := e.At(1 << 10)
		was := f.calls
		large, _ := e.At(1 << 19)
		if f.calls-was > was || !e.cycle.found || e.cycle.begun > 1<<12 {
			t.Errorf("depth-first %v: %d forwards, %d for the smaller point; %d prompts stepped through", deep, f.calls, was,
				e.cycle.begun)
		}
		if off := math.Abs(large.Throughput/small.Throughput - 1); off > 0.1 || large.TTFT < 500*small.TTFT {
			t.Errorf("depth-first %v: %.1f tok/s beside %.1f, TTFT %v beside %v", deep, large.Throughput,
				small.Throughput, large.TTFT, small.TTFT)
		}
	}
}

// A budget of one token makes a step of every token of a prompt. Batch after batch goes through the same ones, which
// are added up once: another batch asks for no forward of a prompt again.
func TestBudgetOfOneToken(t *testing.T) {
	for _, deep := range []bool{false, true} {
		f := &counted{Forward: &synthetic{tp: 1, dp: 1, total: 1e9}}
		var e Evaluator
		l := Load{TP: 1, DP: 1, Input: 100_000, Output: 100, Budget: 1, Accepted: 1}
		l.Switches.DepthFirst = deep
		e.Prepare(l, f, nil)
		first, _ := e.At(3)
		was := f.calls
		for batch := 4; batch < 100; batch++ {
			if p, _ := e.At(batch); p.Throughput < 0.9*first.Throughput || p.TTFT <= first.TTFT {
				t.Fatalf("batch %d: %v tok/s, TTFT %v; of 3: %v, %v", batch, p.Throughput, p.TTFT, first.Throughput,
					first.TTFT)
			}
		}
		if more := f.calls - was; more > 500 {
			t.Errorf("depth-first %v: %d forwards for the first batch, %d for 96 more", deep, was, more)
		}
	}
}

type counted struct {
	Forward
	calls int
}

func (c *counted) Uniform(s pass.Shape) pass.Result {
	c.calls++
	return c.Forward.Uniform(s)
}

func TestChunkedOutOfMemoryLosesThePoint(t *testing.T) {
	l := Load{TP: 1, DP: 1, Input: 4096, Output: 64, Budget: 1024, Accepted: 1}
	var e Evaluator
	e.Prepare(l, &synthetic{tp: 1, dp: 1, total: 24}, nil)
	p, _ := e.At(64)
	if p.Short != DecodeShort || !math.IsInf(p.TPOT, 1) || p.Throughput != 0 || p.Memory.Available >= 0 {
		t.Errorf("64 answers do not fit into 24 GiB: %+v", p)
	}
}

func TestScheduleDoesNotAllocate(t *testing.T) {
	l := Load{TP: 1, DP: 2, Input: 4096, Output: 64, Budget: 500, Accepted: 1}
	var e Evaluator
	e.Prepare(l, &synthetic{tp: 1, dp: 2, total: 1e6}, nil)
	e.At(64)
	if n := testing.AllocsPerRun(10, func() { e.At(64) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
