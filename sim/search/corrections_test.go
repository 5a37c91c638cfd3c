package search

import (
	"math"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"fathom/assets"
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/serve"
)

// Every switch is listed once, in the order of its struct.
func TestEverySwitchIsADeparture(t *testing.T) {
	fields := reflect.TypeFor[plan.Switches]()
	if fields.NumField() != len(departures) {
		t.Fatalf("%d switches, %d departures", fields.NumField(), len(departures))
	}
	every := reflect.ValueOf(plan.EverySwitch())
	for i, d := range departures {
		var on plan.Switches
		*d.of(&on) = true
		if !reflect.ValueOf(on).Field(i).Bool() {
			t.Errorf("%s does not turn on %s", d.key, fields.Field(i).Name)
		}
		if !every.Field(i).Bool() {
			t.Errorf("corrected leaves out %s", fields.Field(i).Name)
		}
	}
}

func corrections(d report.Device) map[string]report.Correction {
	found := map[string]report.Correction{}
	for _, c := range d.Corrections {
		found[c.Name.String()] = c
	}
	return found
}

// The reference tool takes the budget of 4 prompts (504.8 tok/s in search-and-serving 3.2), the switch alone the one of
// 2.
func TestTheTokenBudgetIsWeighedOverTheSearch(t *testing.T) {
	req := question()
	req.InputLength, req.OutputLength, req.BatchMax, req.Fidelity = 1000, 1000, 512, plan.Corrected
	c := corrections(answer(t, req, func(pass.Setup) (serve.Forward, error) {
		return hungry{},
			nil
	}).Devices[0])["token budget"]
	if c.Throughput == nil || *c.Throughput < 4 || !strings.HasPrefix(c.Note.String(), "best with ") ||
		!strings.HasSuffix(c.Note.String(), " instead of 4000") {
		t.Errorf("got %+v", c)
	}
	req.MaxBatchedTokens = 4000
	c = corrections(answer(t, req, func(pass.Setup) (serve.Forward, error) {
		return hungry{},
			nil
	}).Devices[0])["token budget"]
	if c.Throughput != nil || !c.Note.IsZero() {
		t.Errorf("a budget that is asked for is no departure: %+v", c)
	}
}

func TestTheSplitIsWeighedOverTheSearch(t *testing.T) {
	req := question()
	req.Mode, req.Devices, req.PrefillDevices, req.DecodeDevices, req.Fidelity = plan.PDRatio, 64, 8, 8, plan.Corrected
	req.TTFTLimit, req.TPOTLimit = 3000, 30
	d := answer(t, req, pricer(64)).Devices[0]
	c := corrections(d)["PD split"]
	if c.QPS == nil || *c.QPS < 0 || !strings.Contains(c.Note.String(), "instances instead of") {
		t.Fatalf("got %+v", c)
	}
	// The figure is that of two reference searches that differ in the split alone.
	own := *req
	own.Fidelity = plan.Reference
	base := answer(t, &own, pricer(64)).Devices[0].PDRatio.Best
	q := &run{req: &own, price: pricer(64), only: &plan.Switches{SplitByRate: true},
		stopped: new(atomic.Bool)}
	if err := q.prepare(); err != nil {
		t.Fatal(err)
	}
	q.searchAll()
	split := q.snapshot().Devices[0].PDRatio.Best
	if want := *split.SystemQPS / *base.SystemQPS - 1; math.Abs(*c.QPS-want) > 1e-12 {
		t.Errorf("got %v, want %v", *c.QPS, want)
	}
	if *split.TotalDevices <= *base.TotalDevices {
		t.Errorf("the switch alone uses %d devices, the reference %d", *split.TotalDevices, *base.TotalDevices)
	}
}

// Alone, the switch prices every profile directly; without it the second is re-priced.
func TestSwitchPriceDirectly(t *testing.T) {
	for direct, want := range map[bool]bool{false: true, true: false} {
		req := question()
		req.Profiles, req.Fidelity = []*hw.Profile{device("A"), device("B")}, plan.Reference
		replays := map[string]int{}
		q := &run{req: req, only: &plan.Switches{PriceDirectly: direct}, stopped: new(atomic.Bool),
			price: func(s pass.Setup) (serve.Forward, error) {
				return countReplays{synthetic{s.Strategy.TP, max(1, s.Strategy.DP), 64}, s.Profile.Name, replays}, nil
			}}
		if err := q.prepare(); err != nil {
			t.Fatal(err)
		}
		if q.searchAll(); replays["B"] > 0 != want {
			t.Errorf("priced directly %v: %v", direct, replays)
		}
	}
}

// True shares of 60/0/30/10 are printed as 60/30/10/0 (search-and-serving 8.1), and static cost stands nowhere.
func TestSwitchRightLabels(t *testing.T) {
	own := report.Shares{Mem: 0.6, Cube: 0.3, Vec: 0.1, Static: 0.2}
	if got := (&job{}).labelled(own); got != (report.Shares{Mem: 0.6, Comm: 0.3, Cube: 0.1}) {
		t.Errorf("reference: %v", got)
	}
	if got := (&job{switches: plan.Switches{RightLabels: true}}).labelled(own); got != own {
		t.Errorf("corrected: %v", got)
	}
	if got := (&job{switches: Switches(plan.Reference)}).labelled(own); got != own {
		t.Errorf("rows are never shown under wrong names: %v", got)
	}
}

// Milliseconds of serving cost change nothing in aggregation; money per device and hour is a cost of every token.
func TestSwitchCostInMoney(t *testing.T) {
	req := question()
	plain := answer(t, req, pricer(64)).Devices[0].Aggregation.Best
	req.ServingCostMS = 1000
	if got := answer(t, req, pricer(64)).Devices[0].Aggregation.Best; got.Throughput != plain.Throughput ||
		got.CostPerMTok != nil {
		t.Errorf("reference: %+v", got)
	}
	req.Prices = []plan.Price{{Device: "A", PerHour: 3.6}}
	got := answer(t, req, pricer(64)).Devices[0].Aggregation.Best
	// 3.6 an hour is 0.001 a second
	if want := 1000 / plain.Throughput; got.CostPerMTok == nil || math.Abs(*got.CostPerMTok-want) > 1e-9 {
		t.Errorf("corrected: %v for a million tokens, want %v", got.CostPerMTok, want)
	}
}

// Every departure is a row of the text that fathom help corrected prints.
func TestDeparturesStandInTheText(t *testing.T) {
	text, err := assets.Docs.ReadFile("docs/corrected.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range departures {
		if name := message.New("correction." + d.key + ".name").String(); !strings.Contains(string(text), "\n| "+name+" |") {
			t.Errorf("corrected.md has no row %q", name)
		}
	}
}
