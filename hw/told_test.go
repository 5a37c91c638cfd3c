package hw

import (
	"strings"
	"testing"
)

// Numbers are listed once, with their intervals in SI: widths that share one are one entry, those that a fit does not
// tell apart are none.
func TestNumbersOfAFit(t *testing.T) {
	c := calibrated()
	by := map[string]FittedNumber{}
	for _, n := range c.Numbers("sglang") {
		if by[n.Key].Key != "" {
			t.Errorf("%s twice", n.Key)
		}
		by[n.Key] = n
	}
	if n := by["linear.16bit.memory"]; len(n.Widths) != 3 || n.Name != "linear_memory" || n.Time || n.Told != (Told{}) {
		t.Errorf("16-bit, 4-bit and int4 products share a number, those of 8 bits have an interval: %+v", n)
	}
	if n := by["linear.8bit.memory"]; len(n.Widths) != 1 || n.Told != (Told{0.84, 0.88, 0.9}) {
		t.Errorf("%+v", n)
	}
	if n := by["engine.sglang.host_us"]; !n.Time || n.Value != 4e-4 || n.Told.High != 5e-4 || n.Engine != "sglang" {
		t.Errorf("%+v", n)
	}
	if n := by["engine.sglang.expert_compute"]; n.Engine != "sglang" || n.Told.Share != 1 || n.Widths[0] != W8 {
		t.Errorf("%+v", n)
	}
	if _, ok := by["step.widening"]; ok || by["engine.sglang.dispatch_us"].Key != "" {
		t.Error("a number that the fit does not have is listed")
	}
}

// What is no interval of a number of this fit is refused with the line that would be right.
func TestIntervalsOfNumbersAreRefused(t *testing.T) {
	p, err := Find("H100_SXM")
	if err != nil {
		t.Fatal(err)
	}
	own := *p
	own.Calibrated = calibrated()
	good := string(Template(&own))
	for _, c := range []struct{ old, new, want string }{
		{`"linear.8bit.memory" = [0.84, 0.88, 0.9]`, `"linear.8bit.memory" = [0.88, 0.84, 0.9]`, "least, most, share"},
		{`"linear.8bit.memory" = [0.84, 0.88, 0.9]`, `"linear.8bit.memory" = [0.84, 0.88, 9]`, "least, most, share"},
		{`"linear.8bit.memory" = [0.84, 0.88, 0.9]`, `"linear.9bit.memory" = [0.84, 0.88, 0.9]`, "least, most, share"},
		{`ttft_growth = [0.9, 0.1, 0, 2]`, `ttft_growth = [0.9, 0.1]`, "four numbers"},
		{`ttft_growth = [0.9, 0.1, 0, 2]`, `ttft_growth = -1`, "four numbers"},
		{`tpot_beyond = [0.8, 1.05]`, `tpot_beyond = [1.05, 0.8]`, "least and the most"},
	} {
		if !strings.Contains(good, c.old) {
			t.Fatalf("no %s in\n%s", c.old, good)
		}
		_, err := Parse("x.toml", []byte(strings.ReplaceAll(good, c.old, c.new)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.new, err)
		}
	}
	old, err := Parse("x.toml", []byte(strings.ReplaceAll(good, `ttft_growth = [0.9, 0.1, 0, 2]`, `ttft_growth = 0.4`)))
	if err != nil || old.Calibrated.Engines[0].Seen.Growth[0] != (Growth{0.4, 0.4, 0.4, 0.4}) {
		t.Errorf("a growth as files of earlier versions have it: %v", err)
	}
}
