package calibrate

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/score"
)

// truth is what the synthetic runs were made with: moved numbers, as factors on their starts.
var truth = map[string]float64{"arrival": 2.2, "host per step": 1.8, "layer floor": 1.6, "linear memory": 0.92, "host per sequence": 1.5}

// synthetic makes runs of several deployments from known numbers, with noise of the given size on every latency.
func synthetic(t *testing.T, noise float64) []score.Row {
	t.Helper()
	return disturbed(t, deployments(t), truth, true, noise)
}

// deployments are rows of several deployments under several loads, their latencies not yet known.
func deployments(t *testing.T) []score.Row {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(strings.Split("model,gpu,backend,precision,isl,osl,concurrency,tp_size,ttft_ms,tpot_ms", ","))
	for _, d := range []struct{ model, precision, tp string }{
		{"Qwen/Qwen3-8B", "bf16", "1"}, {"Qwen/Qwen3-8B", "fp8", "1"}, {"Qwen/Qwen3-32B", "bf16", "4"}, {"Qwen/Qwen3-32B", "fp8", "2"},
		{"Qwen/Qwen3-14B", "bf16", "2"}, {"meta-llama/Meta-Llama-3.1-8B", "fp8", "1"},
	} {
		for _, l := range [][2]string{{"128", "64"}, {"1024", "96"}} {
			for _, c := range []string{"1", "8", "32"} {
				w.Write([]string{d.model, "H100_SXM", "vllm", d.precision, l[0], l[1], c, d.tp, "1", "1"})
			}
		}
	}
	w.Flush()
	rows, err := score.Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// disturbed gives rows the latencies that factors on the numbers before a fit make, with noise.
func disturbed(t *testing.T, rows []score.Row, factors map[string]float64, fresh bool, noise float64) []score.Row {
	t.Helper()
	all := numbers()
	res, err := score.Run(context.Background(), rows, score.Options{Costs: func(r *score.Row, p *hw.Profile, _ *model.Model) score.Costs {
		c := before(p, engineOf(r), all, fresh)
		for i := range all {
			scale(&c, &all[i], math.Log(cmpOr(factors[all[i].name], 1)), 0)
		}
		return c
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(7, 7))
	for i := range res.Rows {
		f := res.Rows[i].Predicted.Figures
		rows[i].Measured = score.Figures{TTFT: f.TTFT * math.Exp(noise*random.NormFloat64()), TPOT: f.TPOT * math.Exp(noise*random.NormFloat64())}
		rows[i].Derived = false
	}
	return rows
}

func cmpOr(v, or float64) float64 {
	if v == 0 {
		return or
	}
	return v
}

// A fit finds the numbers that runs were made with, through noise; each true value lies in the interval that is claimed, or
// near it, and the predictions of runs that were left out are about as good as the noise allows.
func TestFitRecoversWhatRunsWereMadeWith(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates some thousand runs")
	}
	rows := synthetic(t, 0.03)
	device, _ := hw.Find("H100_SXM")
	r, err := Calibrate(context.Background(), rows, device, Request{Options: Options{Fresh: true}, File: "synthetic.csv"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := numbers()
	inside, told := 0, 0
	for _, m := range r.Numbers {
		for i := range all {
			if all[i].name != m.Name || m.Kept {
				continue
			}
			told++
			want := all[i].start * all[i].per * cmpOr(truth[m.Name], 1)
			if m.Low <= want && want <= m.High {
				inside++
			}
			if m.Told > 0.9 && math.Abs(math.Log(m.After/want)) > 0.25 {
				t.Errorf("%s: %.4g, made with %.4g, told %.2f", m.Name, m.After, want, m.Told)
			}
		}
	}
	if told < 5 || float64(inside) < 0.7*float64(told) {
		t.Errorf("%d of %d intervals hold the value that the runs were made with; they claim eight of ten", inside, told)
	}
	if r.After.TPOTMid > 0.04 || r.After.TTFTMid > 0.05 || r.Before.TPOTMid < 2*r.After.TPOTMid {
		t.Errorf("noise of 3%%: %+v before, %+v when left out", r.Before, r.After)
	}
	for _, b := range r.Bars {
		if *b.TPOT.Held < 0.7 || *b.TTFT.Held < 0.7 || b.TPOT.Low >= 1 || b.TPOT.High <= 1 {
			t.Errorf("%s: bars hold %.2f and %.2f of groups they have not seen: %+v", b.Engine, *b.TTFT.Held, *b.TPOT.Held, b)
		}
	}
	// The written profile reads back, and gives the scores of the one in memory.
	back, err := hw.Parse("x.toml", hw.Template(r.Profile))
	if err != nil {
		t.Fatal(err)
	}
	if back.Name != "H100_SXM_CALIBRATED" || back.Calibrated.Runs != len(rows) || !score.SameDevice("h100_sxm", back) {
		t.Errorf("%s, %d runs, aliases %v", back.Name, back.Calibrated.Runs, back.Aliases)
	}
	if r.Profile.Short != back.Short || back.Short == device.Short {
		t.Errorf("short name %q, read back %q, the device's %q", r.Profile.Short, back.Short, device.Short)
	}
	var files [2]bytes.Buffer
	for i, p := range []*hw.Profile{r.Profile, back} {
		res, err := score.Run(context.Background(), rows, score.Options{Profile: func(string) (*hw.Profile, error) { return p, nil }}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if res.WriteJSON(&files[i]); *res.Overall.TPOTMedian > 0.04 {
			t.Errorf("score of the fitted profile: TPOT median %.3f", *res.Overall.TPOTMedian)
		}
	}
	if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
		t.Error("the profile that was read back gives other scores")
	}
	if strings.Contains(string(hw.Template(device)), "synthetic.csv") {
		t.Error("the built-in profile was changed")
	}
}

// Runs that agree override an earlier fit: numbers far from those of the profile are found from it, with one deployment and with many.
func TestRunsOverrideAnEarlierFit(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates some thousand runs")
	}
	var one strings.Builder
	one.WriteString("model,gpu,backend,precision,isl,osl,concurrency,tp_size,ttft_ms,tpot_ms\n")
	for _, length := range []int{256, 2048} {
		for _, concurrency := range []int{2, 8, 32} {
			for _, tp := range []int{2, 4, 8} {
				fmt.Fprintf(&one, "Qwen/Qwen3-32B,H100_SXM,vllm,fp8,%d,96,%d,%d,1,1\n", length, concurrency, tp)
			}
		}
	}
	single, err := score.Read(strings.NewReader(one.String()))
	if err != nil {
		t.Fatal(err)
	}
	factors := map[string]float64{"arrival": 3.5, "host per step": 2, "layer floor": 1.5}
	device, _ := hw.Find("H100_SXM")
	for name, rows := range map[string][]score.Row{"six deployments": deployments(t), "one": single} {
		r, err := Calibrate(context.Background(), disturbed(t, rows, factors, false, 0.02), device, Request{File: "synthetic.csv"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range r.Numbers {
			factor, moved := factors[m.Name]
			switch want := m.Before * factor; {
			case !moved:
			case m.Told > 0.85 && math.Abs(math.Log(m.After/want)) > 0.15:
				t.Errorf("%s: %s %.4g, made with %.4g, told %.2f", name, m.Name, m.After, want, m.Told)
			case m.Name == "arrival" && (m.Told < 0.85 || m.Low > want*1.05 || m.High < want/1.05):
				t.Errorf("%s: %s %.4g to %.4g, made with %.4g, told %.2f", name, m.Name, m.Low, m.High, want, m.Told)
			}
		}
		if r.After.TTFTMid > 0.03 || r.After.TPOTMid > 0.03 {
			t.Errorf("%s: noise of 2%%: %+v when left out", name, r.After)
		}
	}
}

// The linearised cross-validation gives the errors of fits that are really made without the group.
func TestLeavingOutAgreesWithARealFit(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates some thousand runs")
	}
	rows := synthetic(t, 0.05)
	fit, err := Run(context.Background(), rows, Options{Fresh: true, Rounds: 5}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := fit.CrossValidate(context.Background(), ByDeployment)
	if err != nil {
		t.Fatal(err)
	}
	g := c.Folds[0]
	var kept, left []score.Row
	for i := range rows {
		if group(&rows[i]) == g.Group {
			left = append(left, rows[i])
		} else {
			kept = append(kept, rows[i])
		}
	}
	again, err := Run(context.Background(), kept, Options{Fresh: true, Rounds: 5}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := newProblem(left, again.problem.options)
	got, err := p.predict(context.Background(), p.every(), func(row, n int) float64 {
		var sum float64
		for _, k := range p.factors(n, engineOf(&left[row]), left[row].Device) {
			if i, ok := again.problem.index[k]; ok {
				sum += again.x[i]
			}
		}
		return sum
	})
	if err != nil {
		t.Fatal(err)
	}
	if e := p.error(got, nil); math.Abs(e.TPOT-g.TPOT) > 0.01 || math.Abs(e.TTFT-g.TTFT) > 0.02 {
		t.Errorf("%s: TTFT %.3f and TPOT %.3f, by a real fit %.3f and %.3f", g.Group, g.TTFT, g.TPOT, e.TTFT, e.TPOT)
	}
}

// made writes rows of one deployment with loads and latencies of the given functions.
func made(t *testing.T, n int, load func(i int) (isl, osl, concurrency int), latency func(i int) (ttft, tpot string), more string) []score.Row {
	t.Helper()
	text := "model,gpu,backend,precision,isl,osl,concurrency,tp_size,ttft_ms,tpot_ms,suspect\n"
	for i := range n {
		a, b, c := load(i)
		x, y := latency(i)
		text += fmt.Sprintf("Qwen/Qwen3-8B,H100_SXM,vllm,bf16,%d,%d,%d,1,%s,%s,%s\n", a, b, c, x, y, more)
	}
	rows, err := score.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// A run that cannot be predicted is not used, and its group is none that was left out.
func TestRunsWithoutAPredictionAreNotUsed(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates some hundred runs")
	}
	rows := synthetic(t, 0.03)
	known := len(rows)
	lost := rows[0]
	lost.Model = "Qwen/Qwen3-99B"
	rows = append(rows, lost)
	lost = rows[1]
	lost.Device = "H101_SXM"
	rows = append(rows, lost)
	r, err := Calibrate(context.Background(), rows, nil, Request{Options: Options{Rounds: 1}, File: "lost.csv"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Used != known || r.Before.Rows != known || r.After.Rows != known {
		t.Errorf("%d used, %d before and %d after the fit, want %d", r.Used, r.Before.Rows, r.After.Rows, known)
	}
	for _, f := range r.Folds {
		if strings.Contains(f.Group, "99B") || strings.Contains(f.Group, "H101") {
			t.Errorf("%s is no deployment that was left out: none of its runs has a prediction", f.Group)
		}
	}
	if _, err := Run(context.Background(), rows[known-5:], Options{Rounds: 1}, nil); err == nil || !strings.Contains(err.Error(), "5 of 7 runs can be predicted") {
		t.Errorf("five runs that can be predicted: %v", err)
	}
}

// Runs that cannot tell are refused, with what they lack.
func TestRefusals(t *testing.T) {
	vary := func(i int) (int, int, int) { return 128 << (i % 3), 32, 1 << (i % 4) }
	usual := func(i int) (string, string) { return "60", "12" }
	same := func(int) (int, int, int) { return 128, 32, 4 }
	device, _ := hw.Find("H100_SXM")
	for name, c := range map[string]struct {
		rows []score.Row
		want string
	}{
		"few":     {made(t, 5, vary, usual, ""), "5 usable runs: a fit needs at least 6"},
		"suspect": {made(t, 12, vary, usual, "saturated"), "0 usable runs: a fit needs at least 6. Left out: 12 marked suspect"},
		"faulty": {made(t, 8, vary, func(i int) (string, string) { return "60", []string{"12", "-3"}[i%2] }, ""),
			`4 usable runs: a fit needs at least 6. Left out: 4 faulty: line 3: tpot_ms "-3": want a number from 0`},
		"faster than memory": {made(t, 8, vary, func(i int) (string, string) { return "60", []string{"2.1", "12", "2.1"}[i%3] }, ""),
			"5 of 8 runs are faster than the device can be: line 2: tpot_ms 2.1: reading the weights takes 4."},
		"faster than the cubes": {made(t, 8, vary, func(int) (string, string) { return "0.3", "12" }, ""),
			"8 of 8 runs are faster than the device can be: line 2: ttft_ms 0.3: the products of a prompt take "},
		"one load":           {made(t, 12, same, usual, ""), "1 different loads: with fewer than 3 concurrencies or lengths"},
		"beyond any machine": {made(t, 12, vary, func(int) (string, string) { return "9000000", "90000" }, ""), "the runs tell none of the"},
		"worse than before": {made(t, 12, vary, func(i int) (string, string) { return []string{"30", "200"}[i%2], []string{"5", "22", "9"}[i%3] }, ""),
			"predicted worse"},
	} {
		_, err := Calibrate(context.Background(), c.rows, device, Request{File: "x.csv"}, nil)
		if err == nil || !IsRefusal(err) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want a refusal with %q, got %v", name, c.want, err)
		}
	}
}

// Numbers stay within their physical range whatever the runs say, and those that no run uses stay what they were.
func TestFitStaysPhysical(t *testing.T) {
	rows := made(t, 12, func(i int) (int, int, int) { return 128 << (i % 3), 32, 1 << (i % 4) },
		func(i int) (string, string) { return "9", "5" }, "") // as fast as memory can be read
	fit, err := Run(context.Background(), rows, Options{Rounds: 3}, nil)
	if err != nil {
		t.Fatal(err)
	}
	device, _ := hw.Find("H100_SXM")
	p, moved := fit.Profile(device, "x", nil)
	if _, err := hw.Parse("x.toml", hw.Template(p)); err != nil {
		t.Error(err)
	}
	all := numbers()
	for _, m := range moved {
		for i := range all {
			if n := &all[i]; n.name == m.Name && (m.After < n.low*n.per*0.999 || m.After > n.high*n.per*1.001) {
				t.Errorf("%s: %g %s is outside %g to %g", m.Name, m.After, m.Unit, n.low*n.per, n.high*n.per)
			}
		}
		if strings.HasPrefix(m.Name, "expert") && (!m.Kept || m.After != m.Before) {
			t.Errorf("%s: moved from %g to %g by runs of a dense model", m.Name, m.Before, m.After)
		}
	}
}

// What is kept stands in the written profile as it did, to the last digit, and what is absent stays absent.
func TestKeptIsKept(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates some hundred runs")
	}
	shipped, _ := hw.Find("H100_SXM")
	device := *shipped
	c := *device.Calibrated
	c.ExpertTile, c.AttnDecode, c.Linear[hw.W4] = 0, 0.812345678, hw.Product{}
	c.Engines = slices.Clone(c.Engines)
	c.Engine("vllm").ExpertFloor4, c.Engine("vllm").ArriveSeq = 17.1234567e-6, 0
	device.Calibrated = &c
	find := func(name string) (*hw.Profile, error) {
		if score.SameDevice(name, &device) {
			return &device, nil
		}
		return hw.Find(name)
	}
	for _, engine := range []string{"vllm", "mindie"} { // the fit has one, and not the other
		rows := disturbed(t, deployments(t), map[string]float64{"arrival": 2, "layer floor": 1.3}, false, 0.02)
		for i := range rows {
			rows[i].Engine = score.ParseEngine(engine)
		}
		r, err := Calibrate(context.Background(), rows, &device, Request{Options: Options{Profile: find, Rounds: 3}, File: "synthetic.csv"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		read := func(p *hw.Profile) []string {
			text := string(hw.Template(p))
			return strings.Split(text[strings.Index(text, "[calibrated."):], "\n")
		}
		if source := r.Profile.Calibrated.Source; !strings.Contains(source, "trtllm") || !strings.Contains(source, "do not tell: "+c.Source[:40]) || len(source) > 2000 {
			t.Errorf("source %q does not say where the other engines' numbers are from", source)
		}
		moved, absent := map[string]bool{}, []string{"expert_tile", "[calibrated.linear.4bit]"}
		for _, m := range r.Numbers {
			moved[m.Name] = !m.Kept
			if strings.HasPrefix(m.Name, "expert") && !m.Kept {
				t.Errorf("%s: %s is told by runs of dense models", engine, m.Name)
			}
		}
		if !moved["layer floor"] || moved["attention decode"] {
			t.Fatalf("%s: %+v", engine, r.Numbers)
		}
		after := strings.Join(read(r.Profile), "\n")
		for _, line := range read(&device) {
			if strings.HasPrefix(line, "attention_decode") || strings.HasPrefix(line, "expert_floor_4bit_us = 17.1234567") || strings.HasPrefix(line, "[calibrated.expert") {
				if !strings.Contains(after, line+"\n") {
					t.Errorf("%s: %q is not in the fitted profile", engine, line)
				}
			}
		}
		for _, key := range absent {
			if strings.Contains(after, "\n"+key) {
				t.Errorf("%s: %s was absent and kept, the fitted profile has it", engine, key)
			}
		}
		for _, e := range r.Profile.Calibrated.Engines {
			if first := c.Engine(e.Name); first != nil && e.Name != engine && !reflect.DeepEqual(*first, e) {
				t.Errorf("%s changed %s", engine, e.Name)
			}
		}
	}
}

// Runs of one concurrency cannot tell what grows with requests from what does not, runs of one length not what grows with lengths.
func TestOneLoadTellsNoSlope(t *testing.T) {
	one := made(t, 12, func(i int) (int, int, int) { return 128 << (i % 3), 32 << (i % 2), 8 }, func(i int) (string, string) { return "60", "12" }, "")
	even := made(t, 12, func(i int) (int, int, int) { return 512, 64, 1 << (i % 4) }, func(i int) (string, string) { return "60", "12" }, "")
	both := append(slices.Clone(one), even...)
	for i := range both[:len(one)] {
		both[i].Engine = score.SGLang
	}
	for name, c := range map[string]struct {
		rows []score.Row
		kept map[string][]int // rows that tell a number
	}{
		"one concurrency": {one, map[string][]int{"arrival per request": nil, "host per sequence": nil, "attention prefill": upTo(0, 12), "arrival": upTo(0, 12)}},
		"one length":      {even, map[string][]int{"arrival per request": upTo(0, 12), "attention prefill": nil, "attention decode": nil}},
		"by engine":       {both, map[string][]int{"arrival per request": upTo(12, 24), "attention prefill": upTo(0, 12), "layer floor": upTo(0, 24)}},
	} {
		p := newProblem(c.rows, Options{Profile: hw.Find})
		for n := range p.all {
			if want, ok := c.kept[p.all[n].name]; ok && !slices.Equal(p.users[n], want) {
				t.Errorf("%s: %s is told by rows %v, want %v", name, p.all[n].name, p.users[n], want)
			}
		}
	}
	device, _ := hw.Find("H100_SXM")
	fit, err := Run(context.Background(), one, Options{Rounds: 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, moved := fit.Profile(device, "x", nil)
	for _, m := range moved {
		if slope := m.Name == "arrival per request" || m.Name == "host per sequence"; slope && (!m.Kept || m.Told > 1e-9) {
			t.Errorf("%s: %+v", m.Name, m)
		}
	}
}

func upTo(from, to int) (out []int) {
	for i := from; i < to; i++ {
		out = append(out, i)
	}
	return out
}

// A fit that is interrupted ends with the cause.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := errors.New("enough")
	rows := made(t, 12, func(i int) (int, int, int) { return 128 << (i % 3), 32, 1 << (i % 4) }, func(int) (string, string) { return "60", "12" }, "")
	var last Progress
	_, err := Run(ctx, rows, Options{}, func(p Progress) {
		if last = p; p.Done > p.Total/3 {
			cancel(stop)
		}
	})
	if !errors.Is(err, stop) || last.Done == 0 || last.Done > last.Total {
		t.Errorf("%v, progress %+v", err, last)
	}
}

// Bars hold as many of groups that they have not seen as they claim, whatever the groups have in common.
func TestBarsHoldUnseenGroups(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var held, all float64
	for range 200 {
		var points []point
		draw := func(name string) []point {
			shift := 0.15 * random.NormFloat64()
			var out []point
			for range 3 + random.IntN(20) {
				out = append(out, point{shift + 0.1*random.NormFloat64(), name, name})
			}
			return out
		}
		for g := range 12 {
			points = append(points, draw(fmt.Sprint(g))...)
		}
		c := covered(points)
		unseen := draw("new")
		for _, q := range unseen {
			if x := math.Exp(q.x); x >= c.Low && x <= c.High {
				held += 1 / float64(len(unseen))
			}
		}
		all++
		if *c.Held < 0.5 || c.Low >= c.High {
			t.Fatalf("%+v", c)
		}
	}
	if share := held / all; share < 0.77 || share > 0.92 {
		t.Errorf("bars hold %.2f of unseen groups; they claim 0.80", share)
	}
	if c := covered(make([]point, 30)); c != (Covered{}) {
		t.Errorf("a bar from a single group: %+v", c)
	}
}

// Parts of one deployment say as little of the next one as the deployment: the bar is three times as wide as what its runs have.
func TestBarsOfOneDeployment(t *testing.T) {
	var one, many []point
	for g := range 8 {
		for i := range 11 {
			x := 0.01 * float64(i-5)
			one = append(one, point{x, fmt.Sprint(g), "only"})
			many = append(many, point{x, fmt.Sprint(g), fmt.Sprint(g)})
		}
	}
	width := func(c Covered) float64 { return math.Log(c.High / c.Low) }
	if a, b := width(covered(one)), width(covered(many)); math.Abs(a/b-3/1.25) > 0.05 {
		t.Errorf("width %.3f from one deployment, %.3f from eight", a, b)
	}
	if c := covered(one[:33]); c.High == 0 || c.Held != nil {
		t.Errorf("three groups: nothing is left to test a bar of two: %+v", c)
	}
	for i := range one {
		one[i].x += 0.4
	}
	if c := covered(one); c.Low > 1 || c.High < 1 || c.beside < 0.2 {
		t.Errorf("a bar holds the prediction itself: %+v", c)
	}
}
