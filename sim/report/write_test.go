package report

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
)

func pdSample() *Report {
	r := sample()
	b := r.Devices[0].Aggregation.Best
	p, d := *b, *b
	p.Phase, d.Phase = plan.PhasePrefill, plan.PhaseDecode
	p.TPOT, d.TTFT = nil, nil
	pair := Ratio{Prefill: p, Decode: d, PrefillQPS: 4.836493, DecodeQPS: 2.510247, Balanced: 2.510247, PDRatio: 0.519022,
		Bottleneck:       "decode",
		PrefillInstances: ptr(1), DecodeInstances: ptr(2), TotalDevices: ptr(20), SystemQPS: ptr(4.836493)}
	r.Mode, r.Request.KeepAll = plan.PDRatio, false
	dev := &r.Devices[0]
	dev.Aggregation, dev.PDRatio = nil, &RatioSection{Best: &pair, Candidates: []Ratio{pair}}
	dev.Capacity = &Capacity{QPS: 20, Plan: &Fleet{Ratio: &pair, Prefills: 5, Decodes: 8, Devices: 84, QPS: 20.08,
		Concurrency: 1504}, Breaks: message.New("breaks.serve", 80, 19.3, 20.0)}
	r.Cross = []Cross{{Device: "A3", Throughput: 3765, RatioToFirst: 1, Ratio: &pair}}
	return r
}

func TestPDRatioHoldsTheSchema(t *testing.T) {
	doc := validate(t, pdSample())
	best := doc["devices"].([]any)[0].(map[string]any)["pd_ratio"].(map[string]any)["best"].(map[string]any)
	if best["pd_ratio"] != 0.519022 || best["prefill_instances"] != 1.0 {
		t.Errorf("got %v", best)
	}
}

func TestTextReportReads(t *testing.T) {
	text := string(Text(sample()))
	for _, want := range []string{
		"Qwen/Qwen3-32B, aggregation\n=====", "8 x A3\n------",
		"Best: 1643.49 tok/s, 205.44 per device, TP=8 | PP=1 | DP=1, batch 22, concurrency 22, TTFT 1964.26 ms, TPOT " +
			"13.39 ms, 45.86 GiB free",
		"  #    tok/s  /device  TTFT ms  TPOT ms  conc  batch  strategy            budget",
		"  1  1643.49   205.44  1964.26    13.39    22     22  TP=8 | PP=1 | DP=1   14000",
		"reserved memory 10 → 6.80 GiB", "causal prefill  +3.12%  -20.00%", "1 combinations not valid", "Note: a note",
		"- warning: no heads", "throughput_optimizer Qwen/Qwen3-32B", Disclaimer.String(),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}

// What has no answer says why; lengths and hardware are shown where they matter.
func TestDetailsWhereTheyMatter(t *testing.T) {
	r := sample()
	r.Devices[0].Aggregation.Best.Samples = []Sample{{Tokens: 250, Ratio: 0.2472, Requests: 2}}
	r.Request.Profiles = append(r.Request.Profiles, &hw.Profile{Name: "A2", Reference: true, MemoryBytes: 64 << 30,
		Grid: hw.Grid{Shape: []int{128, 8}}})
	r.Request.Prices = []plan.Price{{Device: "A2", PerHour: 1.5}}
	text := string(Text(r))
	for _, want := range []string{"Strategies without an answer",
		"aggregation  TP=3 | PP=1  skipped  TP=3 does not divide 8 devices", "250  0.247         2",
		"Hardware: what is reached", "128x8", "1.50"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	for i := range 40 {
		r.Devices[0].Outcomes = append(r.Devices[0].Outcomes, Outcome{Label: fmt.Sprint(i), End: OverLimit})
	}
	if text = string(Text(r)); !strings.Contains(text, "and 17 more") {
		t.Errorf("got\n%s", text)
	}
}

// Asked for, every point stands in the tables for people too, with its status and reason.
func TestAllPointsInTables(t *testing.T) {
	r := sample()
	text := string(Text(r))
	for _, want := range []string{"All points", "oom      prefill needs 3.20 GiB more", "TP=3 | PP=1              -",
		"invalid  TP=3 does not divide 8 devices"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
	r.Request.KeepAll = false
	if strings.Contains(string(Text(r)), "All points") {
		t.Error("points that nobody asked for")
	}
}

func TestMarkdownCanBePasted(t *testing.T) {
	text := string(Markdown(sample()))
	for _, want := range []string{"# Qwen/Qwen3-32B, aggregation\n", "## 8 x A3\n", "| # | tok/s |", "| ---: | ---: |",
		`TP=8 \| PP=1 \| DP=1`, "```sh\npython -m", "| input length | 3500 | request |"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}

// A text is read from the top: the answer, why, what to run, the tables, what was taken for granted, every point.
func TestMarkdownOpensWithTheAnswer(t *testing.T) {
	r := sample()
	r.Command, r.Ours = "python -m x", "fathom plan x"
	r.Devices[0].Explained = []Explanation{{Phase: plan.PhaseAggregation, Label: "TP=8", Evidence: "optimizer"}}
	text, at := string(Markdown(r)), -1
	for _, want := range []string{"# Qwen/Qwen3-32B", "## 8 x A3", "Best: ", "## Why", "### Why: ", "## Commands",
		"fathom plan x", "python -m x", "## Tables", "| # | tok/s |", "## Conditions", "### All points", Disclaimer.String()} {
		next := strings.Index(text, want)
		if next <= at {
			t.Errorf("%q stands at %d, behind what should follow it:\n%s", want, next, text)
		}
		at = next
	}
}

func TestPDRatioReads(t *testing.T) {
	text := string(Text(pdSample()))
	for _, want := range []string{"Best: P:D = 0.52, prefill 4.84 req/s", "1 prefill + 2 decode instances on 20 devices serve 4.84 req/s, bottleneck: decode",
		"For 20.00 req/s: 5 prefill + 8 decode instances, 84 devices", "One step cheaper: 80 devices serve 19.3"} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}

func TestCSVIsRectangular(t *testing.T) {
	for name, r := range map[string]*Report{"points": sample(), "pairs": pdSample()} {
		data, err := CSV(r)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(strings.NewReader(string(data))).ReadAll() // refuses ragged lines
		if err != nil || len(lines) < 2 || lines[1][0] != "A3" {
			t.Errorf("%s: %v, %v", name, lines, err)
		}
	}
	r := sample()
	r.Request.KeepAll = false
	data, _ := CSV(r)
	if n := strings.Count(string(data), "\n"); n != 2 {
		t.Errorf("%d lines, want the header and one candidate", n)
	}
}

func TestInfeasibleReportSaysSo(t *testing.T) {
	r := sample()
	r.Devices[0].Aggregation = &Section{}
	text := string(Text(r))
	if !strings.Contains(text, "No configuration meets the limits and fits into memory.") || !strings.Contains(text, "Nearest points") {
		t.Errorf("got\n%s", text)
	}
	validate(t, r)
}

// Names come from files: a terminal must never obey them, a table must stay a table.
func TestNoWriterPassesControlSequences(t *testing.T) {
	evil := "\x1b[31mred\x1b]0;title\x07\u009b2J\r\nnext | *bold*"
	r := sample()
	r.Request.Model.Name, r.Command, r.Devices[0].Device, r.Devices[0].Notes = evil, evil, evil, []message.Message{message.Literal(evil)}
	r.Devices[0].Aggregation.Candidates[0].Label = evil
	r.Issues[0].Message, r.Cross[0].Device = message.Literal(evil), evil
	for _, format := range []string{"table", "json", "csv", "md"} {
		data, err := Render(r, format)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range string(data) {
			if c < ' ' && c != '\n' || c >= 0x7f && c < 0xa0 {
				t.Errorf("%s: control character %q at %d", format, c, i)
				break
			}
		}
		validate(t, r)
	}
	if _, err := Render(r, "xml"); err == nil || !strings.Contains(fmt.Sprint(err), `"xml"`) {
		t.Errorf("got %v", err)
	}
}

// A plan of pairs has its money where one of phases has it.
func TestPairsHaveTheirCost(t *testing.T) {
	n, cost, month, rate := 1, 2.5, 1460.0, 9.0
	row := Row{Label: "TP=1 | PP=1 | DP=1"}
	pair := Ratio{Prefill: row, Decode: row, PrefillInstances: &n, DecodeInstances: &n, TotalDevices: &n, SystemQPS: &rate, CostPerMTok: &cost, CostPerMonth: &month}
	r := &Report{Mode: plan.PDRatio, Devices: []Device{{Device: "A", PDRatio: &RatioSection{Best: &pair, Candidates: []Ratio{pair}}}}}
	data, err := CSV(r)
	lines := strings.Split(string(data), "\n")
	at := slices.Index(strings.Split(lines[0], ","), "cost_per_mtok")
	if err != nil || at < 0 || strings.Split(lines[1], ",")[at] != "2.5" || strings.Split(lines[1], ",")[at+1] != "1460" {
		t.Errorf("%v\n%s", err, data)
	}
	if md := string(Markdown(r)); !strings.Contains(md, "| cost/Mtok | cost/month |") || !strings.Contains(md, "| 2.50 | 1460.00 |") {
		t.Error(md)
	}
	pair.CostPerMTok = nil
	r.Devices[0].PDRatio.Candidates[0] = pair
	if md := string(Markdown(r)); strings.Contains(md, "cost") {
		t.Error(md)
	}
}
