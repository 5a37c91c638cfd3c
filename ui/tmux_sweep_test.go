package ui

import (
	"strings"
	"testing"
)

// A sweep by real keys, at the sizes and in the languages that people have: a knob chosen from the list, a range at
// fault mended, a map read by its cursor, a cell opened as a plan and left again, another figure, and what the decision
// hangs on.
func TestTmuxSweep(t *testing.T) {
	for _, c := range []struct {
		w, h                                int
		lang                                string
		ask, plans, fault, cell, per, hangs string
	}{
		{80, 24, "en", "Which knob", "250 plans;", "runs backwards", "Input length 1102", "tok/s per device:", "wins"},
		{120, 40, "zh", "哪个参数", "250 个方案；", "范围方向反了", "输入长度 1102", "每卡 tok/s:", "最优"},
	} {
		x := inTmux(t, c.w, c.h, append(flags, "--lang", c.lang)...).sees("throughput_optimizer").keys("Enter").
			sees("1,643 tok/s")
		x.keys("w").sees(c.ask, "input-length=875..14000:log:25").keys("Down", "Enter").sees("> input-length=875")
		x.write(" tpot-limit=50..10").sees(c.fault).keys("Enter").sees(c.fault, c.ask)
		x.keys("BSpace", "BSpace", "BSpace", "BSpace", "BSpace", "BSpace").write("10..55").sees(c.plans)
		x.keys("Enter").sees("10>").keys("Right", "Right", "Up", "Up").sees(c.cell, "20>")
		x.keys("v").sees(c.per).keys("Enter").sees("1,102", "#2").keys("Escape").sees(c.cell)
		x.keys("y").sees("tmux").keys("x").sees("CSV").keys("Escape").sees(c.cell)
		x.keys("Escape").sees("1,643 tok/s").keys("D").sees(c.hangs, "0..0.9")
		x.keys("Escape").sees("1,643 tok/s")
	}
}

// A sweep of many plans is drawn while it runs, and escape ends it and keeps what is there.
func TestTmuxSweepIsCancelled(t *testing.T) {
	x := inTmux(t, 120, 40, append(flags, "--search",
		"exhaustive")...).sees("This will run").keys("Enter").sees("1,823 tok/s")
	x.keys("w").sees("Which knob").write("input-length=512..32k:log:150 tpot-limit=10..100:150").keys("Enter")
	x.sees("of 22,500 plans", "Input length").keys("Escape").sees("stopped after").keys("Right", "Up")
	if s := x.screen(); !strings.Contains(s, "of 150 x 150 in sight") {
		t.Errorf("no map:\n%s", s)
	}
	x.keys("Escape").sees("1,823 tok/s")
}
