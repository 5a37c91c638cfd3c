package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fathom/sim/engine"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/search"
	"fathom/state/field"
)

// asks and typedAsks are how many random requests a run of the tests makes, and how many of them are typed as whole
// command lines.
const asks, typedAsks = 2400, 12

// question of the property test, in flags, with what is needed to ask it again in other words.
type asking struct {
	model, devices, rest string
	at                   string // the statistic that the limits bind, with its equals sign
	ttft, tpot           float64
}

func (a asking) line() []string {
	s := a.model + " --device " + a.devices + " " + a.rest
	if a.ttft > 0 {
		s += fmt.Sprintf(" --ttft-limit %s%g", a.at, a.ttft)
	}
	if a.tpot > 0 {
		s += fmt.Sprintf(" --tpot-limit %s%g", a.at, a.tpot)
	}
	return strings.Fields(s)
}

// random draws a small question: a few devices, a narrow batch range, every mode, fidelity and search.
func random(r *rand.Rand) asking {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	a := asking{model: pick("Qwen/Qwen3-8B", "Qwen/Qwen3-30B-A3B", "meta-llama/Meta-Llama-3.1-8B",
		"deepseek-ai/DeepSeek-V2-Lite")}
	ascend := []string{"ATLAS_800_A3_752T_128G_DIE", "ATLAS_800_A2_376T_64G", "TEST_DEVICE", "ATLAS_800_A2_280T_64G"}
	nvidia := []string{"H100_SXM", "L40S", "H200_SXM"}
	fidelity, from := pick("", "reference", "corrected", "calibrated"), ascend
	switch {
	case fidelity == "calibrated":
		from = []string{ascend[0], ascend[1], nvidia[0], nvidia[1]}
	case fidelity == "corrected":
		from = append(ascend[:4:4], nvidia...)
	case fidelity == "" && r.IntN(2) == 0:
		from = []string{ascend[0], nvidia[0], ascend[2]}
	}
	names := r.Perm(len(from))[:1+r.IntN(3)]
	for _, i := range names {
		a.devices += from[i] + " "
	}
	n := 1 << r.IntN(3)
	a.rest = fmt.Sprintf("--num-devices %d --input-length %d --output-length %d --batch-range %d "+
		"--quantize-attention-action %s --quantize-linear-action %s", n, 1+r.IntN(6000), 1+r.IntN(800), 1+r.IntN(12),
		pick("DISABLED", "INT8"),
		pick("W8A8_DYNAMIC", "DISABLED", "W8A8_DYNAMIC"))
	a.ttft, a.tpot = float64(5+r.IntN(4000)), float64(1+r.IntN(120))
	switch r.IntN(5) {
	case 0:
		a.rest += " --disagg"
	case 1:
		a.rest += " --enable-optimize-prefill-decode-ratio" // the sizes are searched
		if r.IntN(2) == 0 {
			a.rest += fmt.Sprintf(" --prefill-devices-per-instance %d --decode-devices-per-instance %d", max(1, n/2),
				max(1, n/4))
		} else if len(names) > 1 && r.IntN(2) == 0 {
			both := strings.Fields(a.devices)
			a.rest += " --prefill-device " + both[0] + " --decode-device " + both[1]
			a.devices = both[0] + " " + both[1]
		}
		a.rest = strings.Replace(a.rest, fmt.Sprintf("--num-devices %d", n), fmt.Sprintf("--num-devices %d", 2*n), 1)
	case 2:
		a.tpot = 0
	case 3:
		if r.IntN(12) == 0 { // each point of it is played
			a.at = pick("p50=", "p90=", "p99=")
		}
		if r.IntN(3) == 0 {
			a.rest += pick(" --traffic closed", " --traffic poisson --qps 2", " --target-qps 3")
		}
	}
	if fidelity != "" {
		a.rest += " --fidelity " + fidelity
	}
	if s := pick("", "", "reference", "exhaustive"); s != "" {
		a.rest += " --search " + s
	}
	for _, flag := range []string{"--compile", "--tp-sizes", "--pp-sizes 1", "--prefix-cache-hit-rate 0.4",
		"--max-batched-tokens 2048"} {
		if r.IntN(4) == 0 {
			a.rest += " " + flag
		}
	}
	return a
}

// request is a line as a request; nil where it is refused, which random lines may be.
func request(t *testing.T, a asking) *plan.Request {
	t.Helper()
	_, req := understood(t, a.line())
	return req
}

// understood is a line as its answers and its request; nil where it is refused.
func understood(t *testing.T, line []string) (*question, *plan.Request) {
	t.Helper()
	p := &Program{Getenv: func(string) string { return "" }}
	q, err := p.prepare("plan", line)
	if err != nil {
		return nil, nil
	}
	req, _ := field.Request(field.FillDefaults(field.Derive(q.answers)), *q.catalog)
	return q, req
}

// printedIsAsked: the command that a report of a line names is the same request, with the same inputs and commands, so
// that it answers in the same bytes; and it says a single batch as one number.
func printedIsAsked(t *testing.T, where string, a asking) {
	t.Helper()
	q, req := understood(t, a.line())
	ours := field.Shell(field.PlanCommand(q.answers, *q.catalog))
	again, same := understood(t, strings.Fields(ours)[2:])
	if again == nil {
		t.Errorf("%s\nthe printed command is refused: %s", where, ours)
		return
	}
	if second := field.Shell(field.PlanCommand(again.answers, *again.catalog)); second != ours {
		t.Errorf("%s\nprints %s\nwhich prints %s", where, ours, second)
	}
	if x, y := field.Shell(field.Command(req)), field.Shell(field.Command(same)); x != y {
		t.Errorf("%s\nis for the reference tool %s\nand from its printed command %s", where, x, y)
	}
	if x, y := field.Inputs(q.answers, *q.catalog), field.Inputs(again.answers, *again.catalog); !reflect.DeepEqual(x, y) {
		t.Errorf("%s\nhas the inputs %v\nits printed command %v", where, x, y)
	}
	if !reflect.DeepEqual(req, same) {
		t.Errorf("%s\nis another request as %s", where, ours)
	}
	if b := batchRange.FindString(" " + strings.Join(a.line(), " ") + " "); b != "" && !strings.Contains(ours+" ", b+" ") {
		t.Errorf("%s\nprints %s without%s", where, ours, b)
	}
}

// best is the answer of a lean search.
func best(t *testing.T, q *plan.Request) *report.Report {
	t.Helper()
	r, err := search.Best(context.Background(), q, engine.Price, 0, nil)
	if err != nil {
		return nil
	}
	return r
}

// winners are the bests of a device by what they are of: a row each, and of a pair its rate.
func winners(d *report.Device) map[string]report.Row {
	out := map[string]report.Row{}
	for name, s := range map[string]*report.Section{"aggregation": d.Aggregation, "prefill": d.Prefill,
		"decode": d.Decode} {
		if s != nil && s.Best != nil {
			out[name] = *s.Best
		}
	}
	if d.PDRatio != nil && d.PDRatio.Best != nil {
		b := d.PDRatio.Best
		out["pair"] = report.Row{Label: b.Prefill.Label + " / " + b.Decode.Label, Throughput: b.Balanced,
			TTFT: b.Prefill.TTFT, TPOT: b.Decode.TPOT, QPS: &b.PrefillQPS}
	}
	return out
}

// near compares two figures that may be absent, but for what the reference tool's own rounding leaves open.
func near(a, b *float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return math.Abs(*a-*b) <= 5e-5*math.Max(*a, *b)
}

// tabled are the figures of the tables of a device, line by line.
func tabled(d *report.Device) map[string][]float64 {
	out := map[string][]float64{}
	value := func(v *float64) float64 {
		if v == nil {
			return 0
		}
		return *v
	}
	for name, s := range map[string]*report.Section{"aggregation": d.Aggregation, "prefill": d.Prefill,
		"decode": d.Decode} {
		if s != nil {
			for _, r := range s.Candidates {
				out[name] = append(out[name], r.Throughput, value(r.TTFT), value(r.TPOT))
			}
		}
	}
	if d.PDRatio != nil {
		for _, r := range d.PDRatio.Candidates {
			out["pair"] = append(out["pair"], r.Balanced, r.PrefillQPS, r.DecodeQPS, value(r.Prefill.TTFT),
				value(r.Decode.TPOT))
		}
	}
	return out
}

// TestAnswersHoldTogether asks random questions in several ways, whose answers must agree.
func TestAnswersHoldTogether(t *testing.T) {
	n := asks
	if testing.Short() {
		n /= 60 // random questions are for figures; the race detector needs each kind of plan a few times
	}
	answered, beside, looser := 0, 0, 0
	for seed := range n {
		a := random(rand.New(rand.NewPCG(16, uint64(seed))))
		q := request(t, a)
		if q == nil {
			continue
		}
		rep := best(t, q)
		if rep == nil {
			continue
		}
		answered++
		where := fmt.Sprintf("seed %d: fathom plan %s", seed, strings.Join(a.line(), " "))
		sound(t, where, q, rep)
		oneFigure(t, where, rep)
		printedIsAsked(t, where, a)
		if len(q.Profiles) > 1 && len(q.PrefillPools) == 0 { // who plays a role is not beside anybody
			beside++
			aloneAndBeside(t, where, q, rep)
		}
		if seed%3 == 0 && rep.Devices[0].Search == plan.SearchExhaustive {
			looser++
			looserIsNoWorse(t, where, q, rep)
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d questions, %d of several profiles, %d with looser limits", answered, beside, looser)
	if !testing.Short() && (answered < n/2 || beside < n/5 || looser < n/30) {
		t.Error("too few of the lines are questions")
	}
}

// aloneAndBeside: a profile has the same best and the same table alone and beside others, or says what it has alone.
func aloneAndBeside(t *testing.T, where string, q *plan.Request, rep *report.Report) {
	t.Helper()
	for i, p := range q.Profiles {
		own := *q
		own.Profiles = q.Profiles[i : i+1]
		alone := best(t, &own)
		if alone == nil {
			t.Errorf("%s\n%s has an answer only beside others", where, p.Name)
			return
		}
		a, b := winners(&alone.Devices[0]), winners(&rep.Devices[i])
		for name := range map[string]bool{"aggregation": true, "prefill": true, "decode": true, "pair": true} {
			x, y := a[name], b[name]
			phase := map[string]plan.Phase{"prefill": plan.PhasePrefill, "decode": plan.PhaseDecode}[name]
			owed := rep.Devices[i].RepricedOf(phase, name == "pair")
			in := rep.Devices[i].RepricedIn(phase, name == "pair")
			same := x.Label == y.Label && x.Batch == y.Batch && near(&x.Throughput, &y.Throughput) && near(x.TTFT, y.TTFT) &&
				near(x.TPOT, y.TPOT) && near(x.QPS, y.QPS)
			list, others := tabled(&alone.Devices[0])[name], tabled(&rep.Devices[i])[name]
			switch {
			case owed == nil && !same:
				t.Errorf("%s\n%s, %s: %s with %g alone, %s with %g here, and nothing is said", where, p.Name, name, x.Label,
					x.Throughput, y.Label, y.Throughput)
			case in == nil && !slices.EqualFunc(list, others, func(a, b float64) bool { return near(&a, &b) }):
				t.Errorf("%s\n%s, %s: the table has %v alone, %v here, and nothing is said", where, p.Name, name, list, others)
			case owed != nil && (owed.Alone != x.Throughput || owed.AloneLabel != x.Label || owed.Value != y.Throughput):
				t.Errorf("%s\n%s, %s: it is said that alone it is %s with %g, it is %s with %g", where, p.Name, name,
					owed.AloneLabel, owed.Alone, x.Label, x.Throughput)
			}
		}
	}
}

// looserIsNoWorse: limits that let more pass never lower the best.
func looserIsNoWorse(t *testing.T, where string, q *plan.Request, rep *report.Report) {
	t.Helper()
	own := *q
	own.TTFTLimit, own.TPOTLimit = 1.3*q.TTFTLimit, 1.2*q.TPOTLimit
	wide := best(t, &own)
	if wide == nil {
		t.Errorf("%s\nno answer with looser limits", where)
		return
	}
	for i := range rep.Devices {
		for name, was := range winners(&rep.Devices[i]) {
			if is := winners(&wide.Devices[i])[name]; name != "pair" && is.Throughput < was.Throughput*(1-1e-9) {
				t.Errorf("%s\n%s, %s: %g with %s, with looser limits %g with %s", where, rep.Devices[i].Device, name,
					was.Throughput, was.Label, is.Throughput, is.Label)
			}
		}
	}
}

// elapsed is the one figure that differs from run to run.
var elapsed = regexp.MustCompile(`"elapsed_ms": [\d.]+`)

// TestPrintedCommandGivesTheSameBytes: the command that a report names answers as the line that it came from.
func TestPrintedCommandGivesTheSameBytes(t *testing.T) {
	n := typedAsks
	if testing.Short() {
		n /= 4
	}
	l := newLab(t)
	for seed, done := 0, 0; done < n && seed < 50*n; seed++ {
		a := random(rand.New(rand.NewPCG(1616, uint64(seed))))
		if request(t, a) == nil {
			continue
		}
		first := l.run(t, append([]string{"plan", "--format", "json"}, a.line()...)...)
		if first.code != Done && first.code != Infeasible {
			continue
		}
		done++
		var r struct {
			Ours string `json:"fathom_command"`
		}
		if err := json.Unmarshal([]byte(first.stdout), &r); err != nil {
			t.Fatal(err)
		}
		second := l.run(t, append(strings.Fields(r.Ours)[1:], "--format", "json")...)
		x, y := elapsed.ReplaceAllString(first.stdout, ""), elapsed.ReplaceAllString(second.stdout, "")
		if x != y || first.code != second.code {
			t.Errorf("seed %d: %s\n%s\nexit %d and %d, %d and %d bytes, from here on:\n%.200s\n%.200s", seed,
				strings.Join(a.line(), " "), r.Ours, first.code, second.code, len(x), len(y), x[common(x, y):], y[common(x, y):])
		}
	}
}

func common(x, y string) int {
	i := 0
	for i < len(x) && i < len(y) && x[i] == y[i] {
		i++
	}
	return i
}
