package state

import (
	"os"
	"slices"
	"strings"
	"testing"

	"fathom/sim/report"
)

// No key may mean two things at once: the first binding would hide the second for ever.
func TestKeysAreUnambiguous(t *testing.T) {
	for scope := Scope(1); scope < endOfScopes; scope <<= 1 {
		seen := map[string]Action{}
		for _, b := range Bindings {
			if b.Scopes&scope == 0 {
				continue
			}
			for _, k := range b.Keys {
				if other, ok := seen[k]; ok && other != b.Action {
					t.Errorf("scope %b: %s means %s and %s", scope, k, other, b.Action)
				}
				seen[k] = b.Action
			}
		}
	}
}

func TestEveryActionCanBeReached(t *testing.T) {
	for a := NoAction + 1; a < NumActions; a++ {
		if !slices.ContainsFunc(Bindings, func(b Binding) bool { return b.Action == a }) {
			t.Errorf("no key for %s", a)
		}
		if actionNames[a] == "" || slices.Index(actionNames[:], actionNames[a]) != int(a) {
			t.Errorf("action %d has no name of its own: %q", a, actionNames[a])
		}
	}
	for _, b := range Bindings {
		if b.Group == "" || len(b.Keys) == 0 || b.Scopes == 0 {
			t.Errorf("%+v", b)
		}
	}
}

// While text is typed, a printable key is text.
func TestTypingScopesBindNoLetters(t *testing.T) {
	for _, b := range Bindings {
		if b.Scopes&typing == 0 {
			continue
		}
		for _, k := range b.Keys {
			if len([]rune(k)) == 1 {
				t.Errorf("%q is bound to %s where text is typed", k, b.Action)
			}
		}
	}
}

// The keys of the contract (cli.md, "Keys that scripts rely on").
func TestContractKeys(t *testing.T) {
	for _, c := range []struct {
		scopes Scope
		keys   map[string]Action
	}{
		{everywhere, map[string]Action{"esc": Back, "ctrl+c": Interrupt}},
		{everywhere &^ (InRunning | InCompare | InFullText), map[string]Action{"enter": Accept}},
		{InText | InChoice | inResults, map[string]Action{"tab": Next, "shift+tab": Prev}},
		{InText | InChoice, map[string]Action{"ctrl+s": Suggest, "ctrl+v": PasteCommand, "ctrl+o": OpenPlan, "f1": Help}},
		{inPanes, map[string]Action{"?": Help, "f1": Help, "q": Quit}},
		{inResults, map[string]Action{"]": NextDevice, "[": PrevDevice, "=": Cross, "1": DetailBreakdown, "2": DetailMemory,
			"3": DetailPlot, "4": DetailOps,
			"5": DetailWhy, "s": SortMenu, "S": Reverse, "/": Filter, "a": AllPoints, " ": Mark, "e": WhatIf, "f": Fidelity,
			"y": CopyMenu, "x": ExportMenu,
			"u": Undo, "P": Pin, "X": Exhaustive, "+": More, "-": Less, "Y": FullText}},
		{InConfirm, map[string]Action{"y": CopyCommand, "e": Edit, "w": SavePlan, "g": SwitchEngine}},
	} {
		for scope := Scope(1); scope < endOfScopes; scope <<= 1 {
			if scope&c.scopes == 0 {
				continue
			}
			for key, want := range c.keys {
				got := NoAction
				for _, b := range Bindings {
					if b.Scopes&scope != 0 && slices.Contains(b.Keys, key) {
						got = b.Action
						break
					}
				}
				if got != want {
					t.Errorf("scope %b: %q is %q, want %q", scope, key, got, want)
				}
			}
		}
	}
}

func TestDisabledKeysSayWhy(t *testing.T) {
	j := results(t)
	b, ok := j.m.Lookup("{")
	if !ok || b.Reason != "off.one-part" {
		t.Errorf("%+v", b)
	}
	j.do(b.Action)
	if j.m.Notice.Key != "off.one-part" {
		t.Errorf("%+v", j.m.Notice)
	}
	for _, b := range j.m.Footer() {
		if b.Reason != "" {
			t.Errorf("the footer offers %s, which does nothing", b.Action)
		}
	}
}

func TestHelpIsOfThePaneAndFiltered(t *testing.T) {
	j := results(t).do(Help)
	if j.m.Scope() != InHelp || j.m.Overlay.Over != InTable {
		t.Fatal("help is about the pane below")
	}
	same := func(key string) string { return key }
	all := j.m.HelpLines(same)
	j.send(Typed{"SORT menu"})
	some := j.m.HelpLines(same)
	if len(some) != 2 || some[0].Keys != nil || some[1].Text != "action.sort-menu" || len(all) < 40 {
		t.Errorf("%d lines, filtered %+v", len(all), some)
	}
	j.do(Back)
	if j.m.Overlay.Kind != NoOverlay || j.m.Pane != Showing {
		t.Error("escape closes help only")
	}
}

// The machine has no clock, no disk and no terminal (architecture.md).
func TestImports(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		data, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, banned := range []string{`"os"`, `"time"`, `"context"`, `"os/exec"`, `"fathom/ui`, `"fathom/sim/engine"`,
			`"fathom/sim/search"`, `charmbracelet`} {
			if strings.Contains(string(data), "\n\t"+banned) || strings.Contains(string(data), "import "+banned) {
				t.Errorf("%s imports %s", f.Name(), banned)
			}
		}
	}
}

// Escape goes one step back from the help of an overlay: to the overlay, where it was, and not to the table under it.
func TestEscapeFromHelpIsOneStep(t *testing.T) {
	j := shelf(t, "a", "b", "c").do(Down).do(Help)
	if j.m.Scope() != InHelp || j.m.Overlay.Over != InLibrary {
		t.Fatalf("%+v", j.m.Overlay)
	}
	if j.do(Back); j.m.Overlay.Kind != LibraryOverlay || j.m.scenario() == nil || j.m.scenario().Name != "b" {
		t.Errorf("%+v", j.m.Overlay)
	}
	j.do(Help).send(Shelved{List: scenarios("a")}).do(Back) // shorter meanwhile
	if j.m.Overlay.Kind != LibraryOverlay || j.m.scenario() == nil {
		t.Errorf("%+v", j.m.Overlay)
	}
	if j.do(Back); j.m.Overlay.Kind != NoOverlay {
		t.Error("the second step leaves the library")
	}
	j = results(t).do(Mark).do(Down).do(Mark).do(Compare)
	if j.m.Overlay.Kind != CompareOverlay {
		t.Fatalf("%+v %+v", j.m.Overlay, j.m.Notice)
	}
	j.do(Right).do(Help).do(Back)
	if j.m.Overlay.Kind != CompareOverlay || j.m.Overlay.Left != 1 {
		t.Errorf("%+v", j.m.Overlay)
	}
}

// Where no strategy is within the limits there is no row to open: enter is not offered, and it and the views say why.
func TestNothingToOpenSaysWhy(t *testing.T) {
	j := begin(t, Options{Answers: flagship(a3)}).do(Accept)
	start := j.last("Start").(Start)
	r := many(9, start.Request)
	r.Devices[0].Aggregation = &report.Section{}
	j.send(Finished{Run: start.Run, Report: r}).pane(Showing)
	for _, b := range j.m.Footer() {
		if b.Action == Accept {
			t.Error("enter is offered")
		}
	}
	for _, key := range []string{"enter", "1", "2", "3", "4", "5", "6", "7", "8", "9", "v"} {
		j.m.Notice = Notice{}
		b, _ := j.m.Lookup(key)
		if j.do(b.Action); j.m.Notice.Key != "off.none-within" || j.m.Results.Detail != BreakdownTab {
			t.Errorf("%s: %+v, detail %v", key, j.m.Notice, j.m.Results.Detail)
		}
	}
	j.do(Next, Accept) // from the empty details enter leads back
	if j.m.Results.Focus != OnTable {
		t.Errorf("focus %v", j.m.Results.Focus)
	}
	j.do(AllPoints)
	if b, _ := j.m.Lookup("enter"); b.Reason != "" {
		t.Errorf("all points: enter is off, %s", b.Reason)
	}
	if j.do(Accept); j.m.Results.Focus != OnDetail {
		t.Errorf("enter opens no details: focus %v", j.m.Results.Focus)
	}
}
