package ui

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"fathom/ui/sample"
)

// Two dashboards on one state directory, and a third one that comes later: it finds what both have run and chosen.
func TestTwoDashboardsShareAStateDirectory(t *testing.T) {
	a, b := open(t, sample.Flagship(), sample.Engine{}), open(t, sample.Flagship(), sample.Engine{})
	b.p.options.StateDir = a.p.options.StateDir
	var group sync.WaitGroup
	for _, s := range []*stage{a, b} {
		group.Go(func() { s.press("enter") })
	}
	group.Wait()
	a.press("T", "q")
	b.press("q")
	memory, _ := a.p.recall()
	if len(memory.Runs) != 2 || memory.Theme != "dark" {
		t.Errorf("%d runs of two dashboards, theme %q", len(memory.Runs), memory.Theme)
	}
	if left, _ := filepath.Glob(filepath.Join(a.p.options.StateDir, ".fathom-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A state directory that cannot be written to is told on the screen.
func TestStateDirectoryThatRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, sample.Flagship(), sample.Engine{})
	s.p.options.StateDir = filepath.Join(file, "state") // below a file, which nobody can make, root neither
	s.press("enter")
	if frame := s.p.View(); !strings.Contains(frame, "not remembered") {
		t.Errorf("%s", frame)
	}
	s.press("down")
	if frame := s.p.View(); strings.Contains(frame, "not remembered") {
		t.Errorf("said again: %s", frame)
	}
}
