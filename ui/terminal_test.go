package ui

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fathom/state/field"
	"fathom/ui/sample"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/exp/teatest"
)

// show runs a program in Bubble Tea's own loop, on a terminal of a size.
func show(t *testing.T, a field.Answers, e Engine) *teatest.TestModel {
	t.Helper()
	return teatest.NewTestModel(t, open(t, a, e).p, teatest.WithInitialTermSize(100, 30))
}

func waitFor(t *testing.T, m *teatest.TestModel, texts ...string) {
	t.Helper()
	seen := ""
	teatest.WaitFor(t, m.Output(), func(out []byte) bool {
		seen += string(out)
		for _, s := range texts {
			if !strings.Contains(seen, s) {
				return false
			}
		}
		return true
	}, teatest.WithDuration(patience), teatest.WithCheckInterval(5*time.Millisecond))
}

func leave(t *testing.T, m *teatest.TestModel) *program {
	t.Helper()
	m.Send(press("q"))
	m.WaitFinished(t, teatest.WithFinalTimeout(patience))
	return m.FinalModel(t).(*program)
}

func TestLoopRunsAPlan(t *testing.T) {
	m := show(t, sample.Flagship(), sample.Engine{Steps: 3, Pause: 20 * time.Millisecond})
	waitFor(t, m, "This will run")
	m.Send(press("enter"))
	waitFor(t, m, "1,643 tok/s")
	if p := leave(t, m); p.model.Results.Run != 1 {
		t.Errorf("run %d", p.model.Results.Run)
	}
}

func TestLoopCancelsARun(t *testing.T) {
	m := show(t, sample.Flagship(), sample.Engine{Steps: 2, Stuck: true})
	m.Send(press("enter"))
	waitFor(t, m, "Searching")
	m.Send(press("esc"))
	waitFor(t, m, "partial")
	leave(t, m)
}

func TestLoopTypesAPlan(t *testing.T) {
	m := show(t, field.Answers{}, sample.Engine{})
	waitFor(t, m, "choose with up and down")
	m.Send(press("enter"))
	m.Type(sample.Model)
	m.Send(press("enter"))
	waitFor(t, m, "ATLAS_800_A2_376T_64G") // the list of the next question
	m.Send(press("ctrl+c"))
	waitFor(t, m, "Leave fathom?") // the form holds answers that no run has
	m.Send(press("ctrl+c"))
	m.WaitFinished(t, teatest.WithFinalTimeout(patience))
}

// The process-wide renderer belongs to the server, not to a guest (terminal.md, pitfall 2).
func TestNoGlobalRenderer(t *testing.T) {
	banned := "lipgloss." + "NewStyle("
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		raw, err := os.ReadFile(path)
		if strings.Contains(string(raw), banned) {
			t.Errorf("%s uses the global renderer", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

var _ tea.Model = (*program)(nil)
