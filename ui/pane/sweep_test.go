package pane

import (
	"testing"

	"fathom/hw/unraced"
	"fathom/sim/chart"
	"fathom/sim/plan"
	"fathom/sim/sweep"
	"fathom/state"
	"fathom/state/field"
	"fathom/ui/sample"

	"github.com/muesli/termenv"
)

// over is the flagship with a sweep over its results.
func over(text string) *sample.Session {
	return sample.Results(sample.Flagship()).Do(state.OverRanges).Type(text).Do(state.Accept)
}

// Every cell, opened as a plan, is that plan: whatever knob is swept, the rates and strategies are the same.
func TestCellsAreThePlansThatTheyOpen(t *testing.T) {
	unraced.Skip(t)
	mtp := oneProfile()
	mtp[field.MTP] = field.Answer{Text: "on", Source: field.You}
	mtp[field.MTPTokens] = field.Answer{Text: "1 2", Source: field.You}
	mtp[field.DeviceCost] = field.Answer{Text: sample.A3 + "=2", Source: field.You}
	draft := oneProfile()
	for id, text := range map[field.ID]string{field.Draft: "eagle", field.SpecTokens: "3", field.AcceptanceLength: "2",
		field.DraftShare: "0.1"} {
		draft[id] = field.Answer{Text: text, Source: field.You}
	}
	one := mtp
	one[field.MTPTokens] = field.Answer{Text: "1", Source: field.You}
	tails := oneProfile()
	tails[field.TTFT] = field.Answer{Text: "p90=4000", Source: field.You}
	pairs := oneProfile()
	for id, text := range map[field.ID]string{field.Mode: "pd_ratio", field.PrefillDevices: "4", field.DecodeDevices: "8",
		field.DeviceCount: "32"} {
		pairs[id] = field.Answer{Text: text, Source: field.You}
	}
	for _, c := range []struct {
		answers field.Answers
		text    string
	}{
		{oneProfile(), "input-length=900,3500 tpot-limit=12,50"}, {oneProfile(), "num-devices=2,8 hit-rate=0.1,0.5"},
		{oneProfile(), "concurrency=4,16,4096"}, {oneProfile(), "batch-range=4,16 ttft-limit=900,2000"},
		{draft, "acceptance-length=1.5,3 draft-share=0.05,0.2"}, {one, "acceptance-length=1,1.8"},
		{tails, "ttft-limit=1500,4000"}, {oneProfile(), "e2e-limit=30000,90000"},
		{oneProfile(), "max-batched-tokens=2048,8192 reserved=0,30"}, {oneProfile(), "output-length=100,4000"},
		{mtp, "acceptance=0.3,0.9 price=1,4"}, {pairs, "decode-devices=4,8 serving-cost=0,20"},
	} {
		s := real(c.answers)
		s.Quiet = false // what else each plan would be is not asked here
		s.Do(state.Accept, state.OverRanges).Type(c.text).Do(state.Accept)
		if s.M.Scope() != state.InSweep || s.M.Results.Sweep.Result == nil {
			t.Fatalf("%s: %+v, %v", c.text, s.M.Overlay.Fault, s.M.Results.Sweep.Fault)
		}
		pic := s.M.Results.Sweep.Picture()
		for y := range pic.Rows {
			for x := range pic.Rows[y] {
				cell := pic.Rows[y][x].Cell
				s.Do(state.Accept)
				r := s.M.Report()
				if s.M.Overlay.Kind != state.NoOverlay || r == nil {
					t.Fatalf("%s %v: not opened: %+v", c.text, cell.At, s.M.Notice)
				}
				alike(t, c.text, cell, r.Devices[0].PDRatio != nil, &s.M)
				if s.Do(state.Back); s.M.Scope() != state.InSweep {
					t.Fatalf("%s: not back: scope %d", c.text, s.M.Scope())
				}
				s.Do(state.Right)
			}
			s.Do(state.Home, state.Up)
		}
	}
}

func alike(t *testing.T, text string, c *sweep.Cell, pair bool, m *state.Model) {
	t.Helper()
	d := &m.Report().Devices[0]
	if pair {
		b := d.PDRatio.Best
		if (b == nil) != (c.Label == "") || b != nil && c.Throughput != b.Serves()*float64(m.Report().Request.OutputLength) {
			t.Errorf("%s %v: cell %s %.2f, plan %+v", text, c.At, c.Label, c.Throughput, b)
		}
		return
	}
	b := d.Section(plan.PhaseAggregation).Best
	if (b == nil) != (c.Label == "") || b != nil && (b.Label != c.Label || b.Throughput != c.Throughput ||
		(b.CostPerMTok == nil) != (c.Cost == nil) || c.Cost != nil && *b.CostPerMTok != *c.Cost) {
		t.Errorf("%s %v: cell %s %.2f, plan %+v", text, c.At, c.Label, c.Throughput, b)
	}
}

// The cursor of a map with 10,000 cells moves at 16 ms a key, frame and all, in 256 colours on a large screen.
func BenchmarkPan(b *testing.B) {
	s := over("input-length=512..32k:log:100 tpot-limit=10..100:100")
	if n := len(s.M.Results.Sweep.Result.Cells); n != 20000 {
		b.Fatal(n)
	}
	th, c, cache := theme(false, termenv.ANSI256), texts(b, "en", false), &Cache{}
	keys := []state.Action{state.Right, state.Up, state.Right, state.PageUp, state.Up, state.End, state.Home, state.Down}
	n := 0
	paces(b, func() {
		s.Do(keys[n%len(keys)])
		n++
		p := Painter{T: th, C: c, M: &s.M, W: 200, H: 60, Cache: cache}
		p.Frame()
	})
}

// The next figure of 20,000 cells makes every picture anew.
func BenchmarkNextFigure(b *testing.B) {
	s := over("input-length=512..32k:log:100 tpot-limit=10..100:100")
	paces(b, func() { s.Do(state.NextPlot) })
	if s.M.Results.Sweep.Figure >= chart.NumFigures {
		b.Fatal("no figure")
	}
}
