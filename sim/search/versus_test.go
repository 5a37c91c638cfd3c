package search

import (
	"math"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"fathom/hw"
	"fathom/hw/unraced"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// everyFleet is the most requests per second of equal replicas on one kind of hardware: every layout of every size of
// replicas that is tried, those too that no engine starts, with every batch where batches are priced by closed forms.
func everyFleet(t *testing.T, req *plan.Request, price Pricer) (most float64) {
	t.Helper()
	for _, n := range plan.Unique(append(plan.Powers(req.Devices), req.Devices)) {
		own := *req
		own.Mode, own.Devices = plan.Aggregation, n
		r := newRun(&own, price, new(atomic.Bool))
		if r.prepare() != nil {
			continue
		}
		var w worker
		for _, j := range r.jobs[0] {
			for i := range j.tuples {
				for _, row := range w.search(j, i).rows {
					if row.Status == report.OK && passes(&row, j.limits) {
						most = max(most, float64(req.Devices/n)**row.QPS)
					}
				}
			}
		}
	}
	return most
}

// The replicas beside a split are the best that there are, whatever of them is not searched: over random questions,
// dense and with experts, of closed forms and played.
func TestAggregatedEqualsEveryFleet(t *testing.T) {
	unraced.Skip(t)
	catalog := func(name string) *model.Model {
		m, err := model.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	h100, err := hw.Find("H100_SXM")
	if err != nil {
		t.Fatal(err)
	}
	qwen, mixture := catalog("Qwen/Qwen3-8B"), catalog("Qwen/Qwen3-30B-A3B")
	for seed := range uint64(4) {
		random := rand.New(rand.NewPCG(seed, 22))
		answered, refused := 0, 0
		for i := range 60 {
			req, price := splitQuestion(2+random.IntN(7)), pricer(64)
			req.Fidelity = []plan.Fidelity{plan.Reference, plan.Corrected}[random.IntN(2)]
			req.InputLength, req.OutputLength = 128<<random.IntN(6), 32<<random.IntN(5)
			req.TTFTLimit, req.TPOTLimit = 100+float64(random.IntN(4000)), 4+float64(random.IntN(30))
			if i%6 == 0 { // played
				req.Fidelity, req.Profiles, price = plan.Calibrated, []*hw.Profile{h100}, measured
				req.Model, req.Quant, req.BatchMax, req.BatchMin, req.PP = qwen, plan.Quant{}, 0, 0, sizes(1)
				req.TPOTLimit += 6
			}
			if random.IntN(2) == 0 {
				req.EP = plan.Sizes{Searched: true}
				if req.Model = mixture; req.Fidelity != plan.Calibrated {
					req.Model = experts()
				}
			}
			r := newRun(req, price, new(atomic.Bool))
			if err := r.prepare(); err != nil {
				t.Fatal(err)
			}
			got, want := 0.0, everyFleet(t, req, price)
			if v := r.versus(0); v != nil {
				got = v.QPS
			}
			if math.Abs(got-want) > 1e-9*want {
				t.Errorf("seed %d, question %d: %s on %d devices, %d+%d tokens, %v and %v ms, %s: %v req/s, want %v", seed, i,
					req.Model.Name, req.Devices, req.InputLength, req.OutputLength, req.TTFTLimit, req.TPOTLimit, req.Fidelity,
					got, want)
			}
			if want > 0 {
				answered++
			}
			for _, j := range r.jobs[0] {
				for k := range j.tuples {
					if !j.refusal(&j.tuples[k]).IsZero() && !j.refusedStay() {
						refused++
					}
				}
			}
		}
		if answered < 30 || refused < 100 {
			t.Errorf("seed %d: %d questions had an answer, %d layouts are refused", seed, answered, refused)
		}
	}
}
