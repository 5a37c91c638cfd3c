package calibrate

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/hw/unraced"
	"fathom/sim/model"
	"fathom/sim/score"
)

// truth is what the synthetic runs were made with: moved numbers, as factors on their starts.
var truth = map[string]float64{"arrival overhead": 2.2, "host overhead per step": 1.8, "layer overhead": 1.6,
	"linear memory efficiency":   0.92,
	"host overhead per sequence": 1.5}

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
		{"Qwen/Qwen3-8B", "bf16", "1"}, {"Qwen/Qwen3-8B", "fp8", "1"}, {"Qwen/Qwen3-32B", "bf16", "4"},
		{"Qwen/Qwen3-32B", "fp8", "2"},
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
	res, err := score.Run(context.Background(), rows, score.Options{Costs: func(r *score.Row, p *hw.Profile,
		_ *model.Model) score.Costs {
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
		rows[i].Measured = score.Figures{TTFT: f.TTFT * math.Exp(noise*random.NormFloat64()),
			TPOT: f.TPOT * math.Exp(noise*random.NormFloat64())}
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

// A fit finds the numbers that runs were made with, through noise; each true value lies in the interval that is
// claimed, or near it, and the predictions of runs that were left out are about as good as the noise allows.
func TestFitRecoversWhatRunsWereMadeWith(t *testing.T) {
	unraced.Skip(t)
	rows := synthetic(t, 0.03)
	device, _ := hw.Find("H100_SXM")
	r, err := Calibrate(context.Background(), rows, device, Request{Options: Options{Fresh: true}, File: "synthetic.csv"},
		nil)
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
			// A quarter of the spread is left where .94 is told: the layer overhead, .958, claims 17% to either side for eight
			// of ten, so that a bound of 15% would be narrower than the claim. Twice the claim is one of a hundred.
			if off := math.Abs(math.Log(m.After / want)); m.Identifiable > 0.94 && (off > 0.2 || off > math.Log(m.High/m.Low)) {
				t.Errorf("%s: %.4g in %.4g to %.4g, made with %.4g, told %.2f", m.Name, m.After, m.Low, m.High, want, m.Identifiable)
			}
		}
	}
	c := r.Profile.Calibrated
	for _, n := range c.Numbers(c.Engines[0].Name) { // as a profile has them
		if t0 := n.Told; t0.High > 0 && (t0.Low > n.Value || t0.High < n.Value || t0.Share < 0 || t0.Share > 1) {
			t.Errorf("%s: %g in %+v", n.Key, n.Value, t0)
		}
	}
	if len(c.Told) < told {
		t.Errorf("%d numbers of the profile have an interval, %d are told", len(c.Told), told)
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
		res, err := score.Run(context.Background(), rows, score.Options{Profile: func(string) (*hw.Profile, error) {
			return p,
				nil
		}}, nil)
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

// The linearised cross-validation gives the errors of fits that are really made without the group.
func TestLeavingOutAgreesWithARealFit(t *testing.T) {
	unraced.Skip(t)
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
				sum += again.view.x[i]
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
func made(t *testing.T, n int, load func(i int) (isl, osl, concurrency int), latency func(i int) (ttft, tpot string),
	more string) []score.Row {
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
	unraced.Skip(t)
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
	if _, err := Run(context.Background(), rows[known-5:], Options{Rounds: 1}, nil); err == nil ||
		!strings.Contains(err.Error(), "5 of 7 runs can be predicted") {
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
		"few": {made(t, 5, vary, usual, ""), "5 usable runs: a fit needs at least 6"},
		"suspect": {made(t, 12, vary, usual, "saturated"),
			"0 usable runs: a fit needs at least 6. Left out: 12 marked suspect"},
		"faulty": {made(t, 8, vary, func(i int) (string, string) { return "60", []string{"12", "-3"}[i%2] }, ""),
			`4 usable runs: a fit needs at least 6. Left out: 4 faulty: line 3: tpot_ms "-3": want a number from 0`},
		"faster than memory": {made(t, 8, vary, func(i int) (string, string) {
			return "60",
				[]string{"2.1", "12", "2.1"}[i%3]
		}, ""),
			"5 of 8 runs are faster than the device can be: line 2: tpot_ms 2.1: reading the weights takes 4."},
		"faster than the cubes": {made(t, 8, func(i int) (int, int, int) { return 512 << (i % 3), 32, 1 << (i % 4) },
			func(int) (string, string) { return "1.5", "12" }, ""),
			"8 of 8 runs are faster than the device can be: line 2: ttft_ms 1.5: the products of a prompt take "},
		"one load": {made(t, 12, same, usual, ""), "1 different loads: with fewer than 3 concurrencies or lengths"},
		"beyond any machine": {made(t, 12, vary, func(int) (string, string) { return "9000000", "90000" }, ""),
			"give ttft_ms and tpot_ms; runs that were left out are predicted with"},
		"worse than before": {made(t, 12, vary, func(i int) (string, string) {
			return []string{"30", "200"}[i%2],
				[]string{"5", "22", "9"}[i%3]
		}, ""),
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

// A fit that is interrupted ends with the cause.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	stop := errors.New("enough")
	rows := made(t, 12, func(i int) (int, int, int) { return 128 << (i % 3), 32, 1 << (i % 4) },
		func(int) (string, string) { return "60", "12" }, "")
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
