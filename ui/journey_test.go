package ui

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fathom/state"
	"fathom/state/field"
	"fathom/state/table"
	"fathom/ui/sample"
	"fathom/ui/style"

	tea "github.com/charmbracelet/bubbletea"
)

// The whole way with keys alone: every question, the command, the run, the result, the command on the clipboard, and
// out.
func TestFormToCopiedCommand(t *testing.T) {
	s := open(t, field.Answers{}, sample.Engine{}).pane(state.Editing)
	s.press("enter").write(sample.Model).press("enter").write(sample.A3).press("enter").write("8").press("enter").write("3500").press("enter")
	s.press("ctrl+s").sees("heuristic: answers of chat models").press("enter").write("2000").press("enter").write("50").press("enter")
	for range 8 { // the questions that stand on a choice
		if s.p.model.Pane != state.Editing {
			break
		}
		s.press("enter")
	}
	s.pane(state.Confirming).sees("This will run", "throughput_optimizer "+sample.Model, "--ttft-limit 2000")
	s.press("enter").pane(state.Showing).sees("1,643 tok/s", "TP=8 DP=1", "validate with real workload tests")
	s.press("y").sees("Copy").press("c").sees("Sent the command by the terminal (OSC 52)")
	sent := strings.TrimSuffix(strings.TrimPrefix(s.wire.String(), "\x1b]52;c;"), "\a")
	text, err := base64.StdEncoding.DecodeString(sent)
	if err != nil || !strings.HasPrefix(string(text), "python -m cli.inference.throughput_optimizer "+sample.Model) {
		t.Errorf("on the wire: %q %v", s.wire, err)
	}
	if kept, _ := os.ReadFile(filepath.Join(s.p.options.StateDir, "clipboard.txt")); string(kept) != string(text) {
		t.Errorf("in the file: %q", kept)
	}
	if s.press("q"); !s.quit {
		t.Error("q does not leave")
	}
	if line := s.p.farewell(); !strings.HasPrefix(line, "1,643 tok/s with TP=8 DP=1, batch 22: python -m") {
		t.Errorf("farewell %q", line)
	}
}

func TestKeysInATextFieldAreText(t *testing.T) {
	a := sample.Flagship()
	a[field.Model] = field.Answer{}
	s := open(t, a, sample.Engine{})
	s.write("q?yx/").sees("q?yx/").press("left", "left", "backspace").write("Q").sees("q?Q")
	if got := s.p.model.Form.Answers[field.Model].Text; got != "q?Qx/" {
		t.Errorf("typed %q", got)
	}
	if s.quit {
		t.Error("q left the program")
	}
	s.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("\x1b[31m\a")})
	if got := s.p.model.Form.Answers[field.Model].Text; got != "q?Qx/" {
		t.Errorf("control characters were typed: %q", got)
	}
}

func TestPastedCommandFillsTheForm(t *testing.T) {
	s := open(t, field.Answers{}, sample.Engine{})
	s.send(tea.KeyMsg{Type: tea.KeyRunes, Paste: true, Runes: []rune("python -m cli.inference.throughput_optimizer " +
		sample.Model + " \\\r\n --device " +
		sample.A3 + " --num-devices 8 --input-length 3500 \\\n --output-length 1500 --ttft-limits 2000 --tpot-limit 50 " +
		"--quantize-linear-action W8A8_DYNAMIC --quantize-attention-action DISABLED")})
	if got := s.p.model.Form.Answers[field.OutputLength]; got.Text != "1500" || got.Source != field.FromPaste {
		t.Fatalf("%+v\n%s", got, s.p.View())
	}
	s.sees("pasted command")
}

func TestCancelThenLeave(t *testing.T) {
	s := open(t, sample.Flagship(), sample.Engine{Steps: 1, Stuck: true})
	_, cmd := s.p.Update(press("enter"))
	wait := make(chan struct{})
	go func() { defer close(wait); cmd() }()
	s.pane(state.Running)
	j := s.p.jobs[s.p.model.Live.Run]
	_, _ = s.p.Update(press("ctrl+c"))
	f := state.Finished{}
	for f.Run == 0 {
		switch m := j.wait().(type) {
		case happened:
			f = m.event.(state.Finished)
		}
	}
	<-wait
	s.send(happened{f}).pane(state.Showing).sees("partial")
	if s.press("ctrl+c"); !s.quit {
		t.Error("the second ctrl+c does not leave")
	}
}

func TestFailureLeadsToTheField(t *testing.T) {
	a := sample.Flagship()
	a[field.BatchRange] = field.Answer{Text: "4", Source: field.You}
	s := open(t, a, sample.Engine{Err: sample.Failure()})
	s.press("enter").pane(state.Failing).sees("The run failed", "parameters are at fault", "give the smaller one first",
		"Batch range")
	s.press("enter").pane(state.Editing)
	if got := s.p.model.Form.Answers[field.BatchRange].Text; got != "2 4" {
		t.Errorf("the correction is not applied: %q", got)
	}
}

func TestExportAndPlanAreWrittenWhole(t *testing.T) {
	s := open(t, sample.Flagship(), sample.Engine{})
	s.press("w").sees("Save the plan").press("enter")
	plans, _ := filepath.Glob(filepath.Join(s.p.options.WorkingDir, "*.toml"))
	if len(plans) != 1 {
		t.Fatalf("plans %v\n%s", plans, s.p.View())
	}
	s.press("enter").press("x", "j").sees("Saved to").press("x", "m").press("x", "c")
	for _, ext := range []string{"json", "md", "csv"} {
		path := filepath.Join(s.p.options.WorkingDir, "fathom-Qwen3-32B-19700101-000000."+ext)
		if data, err := os.ReadFile(path); err != nil || len(data) < 100 {
			t.Errorf("%s: %d bytes, %v", path, len(data), err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(s.p.options.WorkingDir, ".fathom-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	again := open(t, field.Answers{}, sample.Engine{})
	again.press("ctrl+o", "ctrl+u").write(plans[0]).press("enter").sees("plan file")
}

func TestSessionIsRememberedAndNeverRun(t *testing.T) {
	s := open(t, sample.Flagship(), sample.Engine{})
	s.press("enter", "S", "q")
	dir := s.p.options.StateDir
	memory, damaged := s.p.recall()
	if damaged != "" || len(memory.Runs) != 1 || memory.Answers["num_devices"].Text != "8" {
		t.Fatalf("%+v %q", memory, damaged)
	}
	s.press("T", "q") // to the theme after auto
	for wish, want := range map[string]string{"": "dark", "light": "light"} {
		s.p.options.Theme = wish
		if m, _ := s.p.begin(); m.Settings.Theme != want {
			t.Errorf("theme %q is asked for, dark was left: %q", wish, m.Settings.Theme)
		}
	}
	path := filepath.Join(dir, memoryFile)
	if err := os.WriteFile(path, []byte("{not json"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, _ := s.p.begin()
	if m.Notice.Key != "memory-damaged" {
		t.Errorf("notice %+v", m.Notice)
	}
	if _, err := os.Stat(path + ".damaged"); err != nil {
		t.Errorf("not set aside: %v", err)
	}
}

func TestMouse(t *testing.T) {
	s := open(t, sample.Flagship(), sample.Engine{}).press("enter")
	at := func(text string) tea.MouseMsg {
		t.Helper()
		for y, line := range strings.Split(s.p.View(), "\n") {
			if x := strings.Index(line, text); x >= 0 {
				return tea.MouseMsg{X: len([]rune(line[:x])), Y: y, Action: tea.MouseActionPress, Button: tea.MouseButtonLeft}
			}
		}
		t.Fatalf("%q is not on the screen", text)
		return tea.MouseMsg{}
	}
	s.send(at("1,581.4"))
	if s.p.model.Results.Table.Cursor != 1 {
		t.Errorf("cursor %d", s.p.model.Results.Table.Cursor)
	}
	s.send(at("TTFT ms"))
	if c := s.p.model.Results.Table.Sort.Column; c != table.ColTTFT {
		t.Errorf("sorted by column %d", c)
	}
	s.send(at("A2_376T"))
	if s.p.model.Results.Device != 1 {
		t.Error("the hardware tab does not answer")
	}
	// the wheel turns what lies under it, whatever the keys move in
	s.send(tea.WindowSizeMsg{Width: 120, Height: 40}).press("8")
	cursor, over := s.p.model.Results.Table.Cursor, at("left out of the fit")
	over.Button = tea.MouseButtonWheelDown
	s.send(over)
	if r := &s.p.model.Results; r.Table.Cursor != cursor || r.Scroll == 0 || r.Focus != state.OnTable {
		t.Errorf("cursor %d, details scrolled by %d, focus %d", r.Table.Cursor, r.Scroll, r.Focus)
	}
	s.send(tea.WindowSizeMsg{Width: 80, Height: 24}).send(at("2 Memory")) // one place for table and details
	if r := &s.p.model.Results; r.Detail != state.MemoryTab || r.Focus != state.OnDetail {
		t.Errorf("detail %s, focus %d", r.Detail, r.Focus)
	}
	s.send(at("Table"))
	if s.p.model.Results.Focus != state.OnTable {
		t.Error("a click on the table's name does not go back to it")
	}
	s.press("m")
	if !s.asked("disableMouseMsg") {
		t.Errorf("m does not release the mouse: %v", s.asks)
	}
}

func (s *stage) asked(kind string) bool {
	for _, a := range s.asks {
		if strings.EqualFold(a, kind) {
			return true
		}
	}
	return false
}

func TestMouseChoosesInTheForm(t *testing.T) {
	s := open(t, field.Answers{}, sample.Engine{})
	for y, line := range strings.Split(s.p.View(), "\n") {
		if strings.Contains(line, "PD ratio (P/D") {
			s.send(tea.MouseMsg{X: 30, Y: y, Action: tea.MouseActionPress, Button: tea.MouseButtonLeft})
			break
		}
	}
	if s.p.model.Form.Choice != 2 {
		t.Errorf("choice %d", s.p.model.Form.Choice)
	}
}

func TestProgramKeys(t *testing.T) {
	s := open(t, sample.Flagship(), sample.Engine{}).press("enter", "ctrl+l", "ctrl+z")
	if !s.asked("clearScreenMsg") || !s.asked("SuspendMsg") {
		t.Errorf("asked for %v", s.asks)
	}
	s.press("?").sees("Keys").press("esc").press("T")
	if s.p.model.Settings.Theme != "dark" {
		t.Errorf("theme %q", s.p.model.Settings.Theme)
	}
	s.press("L")
	if s.p.texts.Lang != "zh" {
		t.Errorf("language %q", s.p.texts.Lang)
	}
}

// While a text is shown for selection by hand the mouse belongs to the terminal.
func TestTextForSelectionReleasesTheMouse(t *testing.T) {
	s := open(t, sample.Flagship(), sample.Engine{}).press("Y").sees("python -m cli.inference.throughput_optimizer",
		"select with the mouse")
	if !s.asked("disableMouseMsg") || s.asked("enableMouseCellMotionMsg") {
		t.Errorf("asked for %v", s.asks)
	}
	if s.press("esc"); !s.asked("enableMouseCellMotionMsg") {
		t.Errorf("asked for %v", s.asks)
	}
}

func TestTooSmallAndBack(t *testing.T) {
	s := open(t, sample.Flagship(), sample.Engine{}).press("enter")
	before := s.p.View()
	s.send(tea.WindowSizeMsg{Width: 40, Height: 10}).sees("40x10", "60x16")
	if s.send(tea.WindowSizeMsg{Width: 100, Height: 30}); s.p.View() != before {
		t.Error("the screen does not come back as it was")
	}
}

// A panic of ours is told, with its stack in a file, and never stays on the screen.
func TestPanicIsToldAfterwards(t *testing.T) {
	s := open(t, sample.Flagship(), sample.Engine{}).press("enter")
	s.p.theme = func(string) style.Theme { panic("no colours today") }
	s.press("T")
	if !s.quit {
		t.Fatal("the program goes on")
	}
	err := s.p.outcome(s.p, nil, nil, s.wire)
	if err == nil || !strings.Contains(err.Error(), "crash.txt") {
		t.Fatalf("told: %v", err)
	}
	if stack, _ := os.ReadFile(filepath.Join(s.p.options.StateDir, "crash.txt")); !strings.Contains(string(stack),
		"(*program).apply") {
		t.Errorf("no stack: %s", stack)
	}
}

func TestNoClipboardIsSaid(t *testing.T) {
	open(t, field.Answers{}, sample.Engine{}).press("ctrl+v").sees("No clipboard can be read from here")
}
