package search

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fathom/hw"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
)

// answer runs a request that must succeed.
func answer(t testing.TB, req *plan.Request, price Pricer) *report.Report {
	t.Helper()
	rep, err := Run(context.Background(), req, price, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// Every point is kept with its status, every strategy ends in one way, and the counts add up.
func TestEveryPointIsKept(t *testing.T) {
	req := question()
	req.Devices, req.TTFTLimit, req.TP = 2, 3000, sizes(1, 2, 3)
	d := answer(t, req, pricer(64)).Devices[0]
	if d.Counts.Invalid != 1 || d.Counts.TTFT == 0 || d.Counts.OOM == 0 || d.Counts.OK == 0 {
		t.Errorf("counts %+v", d.Counts)
	}
	sum := d.Counts.OK + d.Counts.TTFT + d.Counts.TPOT + d.Counts.OOM
	if sum != d.Evaluated || sum+d.Counts.Invalid != len(d.Points) {
		t.Errorf("counts %+v of %d evaluated, %d rows", d.Counts, d.Evaluated, len(d.Points))
	}
	for _, r := range d.Points {
		if (r.Status == report.OK) != r.Reason.IsZero() {
			t.Errorf("%s b%d is %s because of %q", r.Label, r.Batch, r.Status, r.Reason)
		}
	}
	var ends []string
	for _, o := range d.Outcomes {
		ends = append(ends, fmt.Sprintf("%s: %s %s", o.Label, o.End, o.Reason))
	}
	want := []string{"TP=1 | PP=1 | DP=2: found ", "TP=2 | PP=1 | DP=1: found ", "TP=3 | PP=1: skipped TP=3 > 2 devices"}
	if !reflect.DeepEqual(ends, want) {
		t.Errorf("got %q", ends)
	}
	if !strings.HasPrefix(d.Points[len(d.Points)-2].Reason.String(), "decode needs ") {
		t.Errorf("the largest batch lost because of %q", d.Points[len(d.Points)-2].Reason)
	}
}

// Feasible points of the growth phase are points, but no candidates: the reference tool does not list them.
func TestGrowthIsNotListed(t *testing.T) {
	req := question()
	req.Mode, req.TTFTLimit = plan.Disaggregation, 1e9
	d := answer(t, req, pricer(64)).Devices[0]
	unlisted := 0
	for _, r := range d.Points {
		if r.Status == report.OK && !r.Listed {
			unlisted++
		}
	}
	if unlisted == 0 || !d.Prefill.Best.Listed {
		t.Errorf("%d feasible points are not listed; the best is listed: %v", unlisted, d.Prefill.Best.Listed)
	}
}

func TestSameReportForAnyNumberOfProcessors(t *testing.T) {
	req := question()
	req.Profiles = []*hw.Profile{device("A"), device("B")}
	req.Devices, req.TTFTLimit, req.TPOTLimit, req.MTP = 16, 3000, 40, []int{0, 1, 2}
	for _, s := range []plan.Search{plan.SearchReference, plan.SearchExhaustive} {
		req.Search = s
		before := runtime.GOMAXPROCS(1)
		one := answer(t, req, pricer(64))
		runtime.GOMAXPROCS(7)
		seven := answer(t, req, pricer(64))
		runtime.GOMAXPROCS(before)
		if !reflect.DeepEqual(one, seven) {
			t.Errorf("%s: the report depends on GOMAXPROCS", s)
		}
	}
}

// slow takes real time for a pass, as a large model does.
type slow struct{ synthetic }

func (s slow) Uniform(shape pass.Shape) pass.Result {
	for end := time.Now().Add(200 * time.Microsecond); time.Now().Before(end); {
		continue
	}
	return s.synthetic.Uniform(shape)
}

func TestCancelKeepsWhatWasFound(t *testing.T) {
	fastest := time.Hour // of a few: a busy machine holds single ones up
	for range 5 {
		fastest = min(fastest, stopping(t))
		if fastest <= 50*time.Millisecond {
			return
		}
	}
	t.Errorf("it took %v to stop", fastest)
}

// stopping cancels a run when its first strategy has ended and gives the time that it then takes.
func stopping(t *testing.T) time.Duration {
	t.Helper()
	req := question()
	req.Devices, req.Search = 64, plan.SearchExhaustive
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("the user pressed escape")
	var at atomic.Int64
	price := func(s pass.Setup) (serve.Forward, error) {
		return slow{synthetic{s.Strategy.TP, max(1, s.Strategy.DP), 64}}, nil
	}
	rep, err := Run(ctx, req, price, 0, func(s Step) {
		if s.Strategies == 1 {
			at.Store(time.Now().UnixNano())
			cancel(why)
		}
	})
	took := time.Duration(time.Now().UnixNano() - at.Load())
	if !errors.Is(err, why) || rep == nil || !rep.Partial || rep.Devices[0].Evaluated == 0 {
		t.Fatalf("error %v, report %v", err, rep)
	}
	last := rep.Devices[0].Outcomes[len(rep.Devices[0].Outcomes)-1]
	if last.End != report.Interrupted {
		t.Errorf("the last strategy ended as %s", last.End)
	}
	return took
}

func TestProgressIsReadOnly(t *testing.T) {
	req := question()
	req.Devices, req.TTFTLimit = 8, 3000
	want := answer(t, req, pricer(64))
	ended, points := 0, 0
	got, err := Run(context.Background(), req, pricer(64), 0, func(s Step) {
		if s.Strategies < ended || s.Strategies > ended+1 || s.Of != 4 || s.Device != "A" || s.Points < points {
			t.Errorf("after %d strategies with %d points: %+v", ended, points, s)
		}
		ended, points = s.Strategies, s.Points
		// Points of strategies that have not ended count as they are evaluated; the report has those that have.
		p := s.Partial()
		if len(p.Devices) != 1 || p.Devices[0].Evaluated > points || ended == 4 && p.Devices[0].Evaluated != points {
			t.Errorf("partial report with %d points, want %d", p.Devices[0].Evaluated, points)
		}
	})
	if err != nil || ended != 4 || !reflect.DeepEqual(got, want) {
		t.Errorf("%d strategies, error %v; watching changed the report: %v", ended, err, !reflect.DeepEqual(got, want))
	}
}

func TestPanicsReachTheCaller(t *testing.T) {
	req := question()
	req.Devices = 8
	defer func() {
		if v := recover(); v == nil || !strings.Contains(fmt.Sprint(v), "boom") {
			t.Errorf("recovered %v", v)
		}
	}()
	_, _ = Run(context.Background(), req, func(pass.Setup) (serve.Forward, error) { panic("boom") }, 0, nil)
}

// A layout that cannot be built is an outcome with its cause, not the end of the run.
func TestUnbuildableStrategies(t *testing.T) {
	req := question()
	req.Devices = 2
	d := answer(t, req, func(s pass.Setup) (serve.Forward, error) {
		if s.Strategy.TP == 2 {
			return nil, errors.New("tp 2 does not divide 5 heads")
		}
		return synthetic{1, 2, 64}, nil
	}).Devices[0]
	if o := d.Outcomes[1]; o.End != report.Unbuildable || o.Reason.String() != "tp 2 does not divide 5 heads" {
		t.Errorf("got %+v", o)
	}
	if d.Aggregation.Best == nil || d.Counts.Invalid != 1 {
		t.Errorf("the other strategy is lost: %+v", d.Counts)
	}
}

// One profile: direct. Two: the second is re-priced where the first asked for the same shape, and the report says so;
// not under the exhaustive search, where each is priced directly.
func TestLaterProfilesAreRepriced(t *testing.T) {
	req := question()
	req.Profiles = []*hw.Profile{device("A"), device("B")}
	var replays map[string]int
	price := func(s pass.Setup) (serve.Forward, error) {
		name := s.Profile.Name
		if s.Fidelity != req.Fidelity && req.Fidelity == plan.Corrected {
			name = "comparison" // what the departures change is seen beside the reference tool's own search
		}
		return countReplays{synthetic{s.Strategy.TP, max(1, s.Strategy.DP), 64}, name, replays}, nil
	}
	replays = map[string]int{}
	rep := answer(t, req, price)
	if replays["A"] != 0 || replays["B"] == 0 || len(rep.Devices[0].Repriced) != 0 || len(rep.Devices[1].Repriced) != 1 {
		t.Errorf("aggregation: %v, %+v", replays, rep.Devices[1].Repriced)
	}
	alone := *req
	alone.Profiles = req.Profiles[1:]
	best := answer(t, &alone, price).Devices[0].Aggregation.Best
	if x := rep.Devices[1].Repriced[0]; x.Value != rep.Devices[1].Aggregation.Best.Throughput ||
		x.Alone != best.Throughput ||
		x.AloneLabel != best.Label || x.Value >= x.Alone {
		t.Errorf("%+v, alone %s with %v", x, best.Label, best.Throughput)
	}
	for i := range rep.Cross {
		if c := &rep.Cross[i]; c.Repriced != (c.Device == "B") || !rep.RestsOnRepriced(c) && c.Repriced {
			t.Errorf("%s: marked %v", c.Device, c.Repriced)
		}
	}
	replays = map[string]int{}
	req.Mode, req.TPOTLimit, req.BatchMin, req.BatchMax = plan.Disaggregation, 1e6, 3, 3
	if answer(t, req, price); replays["A"] != 1 || replays["B"] != 2 {
		t.Errorf("decode of one batch, probed twice: %v", replays)
	}
	replays = map[string]int{}
	req.Search = plan.SearchExhaustive
	if rep = answer(t, req, price); len(replays) != 0 || len(rep.Devices[1].Repriced) != 0 {
		t.Errorf("exhaustive: %v", replays)
	}
	replays = map[string]int{}
	req.Search, req.Fidelity = plan.SearchReference, plan.Corrected
	if answer(t, req, price); replays["A"] != 0 || replays["B"] != 0 {
		t.Errorf("corrected: %v", replays)
	}
}

type countReplays struct {
	synthetic
	device  string
	replays map[string]int
}

func (c countReplays) Uniform(s pass.Shape) pass.Result {
	r := c.synthetic.Uniform(s)
	if s.Replayed {
		c.replays[c.device]++
		r.Seconds *= 1.25 // what is re-priced is another figure
	}
	return r
}

// The record holds 128 shapes; the one that was not asked for longest is forgotten.
func TestRecordForgets(t *testing.T) {
	r := &record{used: map[recorded]int{}}
	key := func(i int) recorded { return recorded{shape: shape{requests: i}} }
	for i := range recordLimit {
		r.ask(key(i))
	}
	if !r.ask(key(0)) || r.ask(key(recordLimit)) {
		t.Error("the first is known, one more is new")
	}
	if r.ask(key(1)) || !r.ask(key(0)) {
		t.Error("the second was forgotten for it, the first was asked for since")
	}
}

func TestBadRequests(t *testing.T) {
	for want, edit := range map[string]func(*plan.Request){
		"model":                        func(r *plan.Request) { r.Model = nil },
		"device":                       func(r *plan.Request) { r.Profiles = nil },
		"device ":                      func(r *plan.Request) { r.Profiles = []*hw.Profile{nil} },
		"num_devices":                  func(r *plan.Request) { r.Devices = 5000 },
		"input_length":                 func(r *plan.Request) { r.InputLength = 0 },
		"output_length":                func(r *plan.Request) { r.OutputLength = -1 },
		"max_batched_tokens":           func(r *plan.Request) { r.MaxBatchedTokens = -1 },
		"prefix_cache_hit_rate":        func(r *plan.Request) { r.PrefixCacheHitRate = 1 },
		"batch_range":                  func(r *plan.Request) { r.BatchMin, r.BatchMax = 5, 4 },
		"tpot_limit":                   func(r *plan.Request) { r.TPOTLimit = -1 },
		"ttft_limit":                   func(r *plan.Request) { r.Mode = plan.Disaggregation },
		"prefill_devices_per_instance": func(r *plan.Request) { r.Mode, r.TTFTLimit, r.PrefillDevices = plan.PDRatio, 1, -1 },
		"num_mtp_tokens":               func(r *plan.Request) { r.MTP = []int{10} },
		"fidelity":                     func(r *plan.Request) { r.Fidelity = plan.Calibrated },
	} {
		req := question()
		edit(req)
		_, err := Run(context.Background(), req, pricer(64), 0, nil)
		var f *report.Failure
		if !errors.As(err, &f) || f.Field != strings.TrimSpace(want) || f.Message.IsZero() {
			t.Errorf("%s: got %v", want, err)
		}
	}
}

// The inner loop of the batch search works in place.
func TestBatchSearchDoesNotAllocate(t *testing.T) {
	req := question()
	req.TTFTLimit, req.TPOTLimit = 3000, 50
	r := newRun(req, pricer(64), new(atomic.Bool))
	if err := r.prepare(); err != nil {
		t.Fatal(err)
	}
	j := r.jobs[0][0]
	w := &worker{}
	w.search(j, 0)
	forward := serve.Forward(&w.memory)
	w.load.Budget = 8192
	for name, search := range map[string]func() (*point, bool){
		"reference":  func() (*point, bool) { return referenceSearch(w, req, j.limits) },
		"exhaustive": func() (*point, bool) { return exhaustiveSearch(w, req, j.limits, nil) },
	} {
		once := func() {
			w.points = w.points[:0]
			clear(w.at)
			w.memory.reset(synthetic{1, 1, 64}, 1)
			w.evaluator.Prepare(w.load, forward, j.stopped)
			if _, done := search(); !done {
				t.Fatal("stopped")
			}
		}
		once()
		// The one allocation is the synthetic forward becoming an interface.
		if n := testing.AllocsPerRun(5, once); n > 1 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// A prefill whose chunks ran out of memory on the way has no TTFT: the clock so far is no latency.
func TestUnfinishedPrefillHasNoLatency(t *testing.T) {
	req := question()
	req.Mode, req.TTFTLimit, req.MaxBatchedTokens = plan.Disaggregation, 1e6, 500
	points := answer(t, req, pricer(21)).Devices[0].Points
	short := 0
	for _, r := range points {
		if r.Status != report.OOM {
			continue
		}
		short++
		if r.TTFT != nil {
			t.Errorf("%s b%d ran out of memory and has a TTFT of %v ms", r.Label, r.Batch, *r.TTFT)
		}
	}
	if short == 0 {
		t.Error("nothing ran out of memory")
	}
}
