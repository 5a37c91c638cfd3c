package ui

import (
	"strings"
	"testing"
)

// The palette by real keys: an action by its name in either language, a key without a use, the run's name in the
// header.
func TestTmuxPalette(t *testing.T) {
	x := inTmux(t, 80, 24, flags...).sees("This will run").keys("Enter").sees("1,643 tok/s", ": actions")
	x.keys("C").sees("C does nothing here", "c compare")
	x.write(":").sees("Do what?").write("反向").sees("reverse the sort").keys("Enter").sees("tok/s ▲")
	x.keys("C-p").sees("Do what?").write("name this").sees("name this run").keys("Enter").sees("Name this run")
	x.write("night").keys("Enter").sees("This run is called night", "#1 night")
	x.keys("m").sees("The mouse belongs to").keys("T").sees("Theme ").keys("L").sees("从现在起使用中文")
	x.write(":").sees("做什么？").write("markdown").sees("Markdown").keys("Escape")
}

// Two languages walk the pages of the presentation by real keys, at the sizes that people have.
func TestTmuxPresentation(t *testing.T) {
	for _, c := range []struct {
		w, h  int
		lang  string
		pages []string
	}{
		{80, 24, "en", []string{"The answer", "Why", "What else there is", "The command"}},
		{120, 40, "zh", []string{"答案", "原因", "其他选择", "命令"}},
		{200, 60, "en", []string{"The answer", "Why", "What else there is", "The command"}},
	} {
		x := inTmux(t, c.w, c.h, append(flags, "--lang",
			c.lang)...).sees("throughput_optimizer").keys("Enter").sees("1,643 tok/s")
		x.keys("t").sees(c.pages[0], "█")
		for _, page := range c.pages[1:] {
			x.keys("Right").sees(page)
		}
		x.keys("y").sees("tmux").keys("Home").sees("3,500").keys("Escape").sees("1,643 tok/s")
	}
}

// What used to trap: images before their size, an error in mid-word, an answer in the way of a question that is not
// asked, and ctrl+c over answers.
func TestTmuxTraps(t *testing.T) {
	x := inTmux(t, 80, 24, append(strings.Fields("Qwen/Qwen3-VL-8B-Instruct"), flags[1:]...)...)
	x.sees("This will run").keys("e").sees("▌ Deployment", "▼")
	for range 40 {
		if strings.Contains(x.screen(), "▌ Images") {
			break
		}
		x.stirs("Tab")
	}
	x.sees("▌ Images").write("2").keys("Enter").sees("▌ Image height").write("4k4").sees("enter next")
	if s := x.screen(); strings.Contains(s, " x ") {
		t.Errorf("half a word is no error:\n%s", s)
	}
	x.keys("C-u").write("1k").keys("Enter").sees("▌ Image width",
		"1000 pixels").write("x").keys("Enter").sees("whole number", "enter next")
	x.keys("C-u").write("640").keys("F9").sees("This will run", "--image-height 1000", "--image-width 640")
	x.keys("Escape").sees("enter next").keys("C-c").sees("Leave fathom?").keys("n").sees("plan")

	y := inTmux(t, 80, 24, append(flags, "--prefill-devices-per-instance", "4")...)
	y.sees("▌ Prefill devices").keys("C-u").keys("F9").sees("This will run")
}
