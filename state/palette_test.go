package state

import (
	"slices"
	"strings"
	"testing"
)

// Every action that has a key somewhere, and is more than moving, is in the palette of every pane, once.
func TestPaletteHasEveryAction(t *testing.T) {
	for name, j := range map[string]*journey{"form": begin(t, Options{}), "confirm": begin(t,
		Options{Answers: flagship()}),
		"results": results(t)} {
		j.do(Palette)
		for i := range Bindings {
			b := &Bindings[i]
			n := 0
			for _, item := range j.m.Overlay.Items {
				if item.Action == b.Action {
					n++
				}
			}
			want := 1
			if b.Group == "moving" || b.Group == "leave" || b.Action == Palette {
				want = 0
			}
			if n != want && want == 1 {
				t.Errorf("%s: %s stands %d times", name, b.Action, n)
			}
		}
	}
}

func TestPaletteDoesWhatTheKeyDoes(t *testing.T) {
	j := results(t)
	j.m.Words = Words{Reverse: "reverse the sort 反向排序"}
	j.do(Palette).send(Typed{"反向"})
	if len(j.m.Overlay.Items) != 1 || j.m.Overlay.Items[0].Action != Reverse {
		t.Fatalf("%+v", j.m.Overlay.Items)
	}
	was := j.m.Results.Table.Sort.Down
	if j.do(Accept); j.m.Overlay.Kind != NoOverlay || j.m.Results.Table.Sort.Down == was {
		t.Error("the sort is as it was")
	}
	j.do(Palette).send(Typed{"copy-checks"}).do(Accept)
	if c, ok := j.last("Copy").(Copy); !ok || c.What != TheChecks {
		t.Errorf("what a menu takes, the palette takes: %+v", j.last("Copy"))
	}
	j.do(Palette).send(Typed{"compare"})
	at := slices.IndexFunc(j.m.Overlay.Items, func(i MenuItem) bool { return i.Action == Compare })
	for range at {
		j.do(Down)
	}
	if j.do(Accept); j.m.Notice.Key != "off.few-marks" || j.m.Overlay.Kind != PaletteOverlay {
		t.Errorf("what cannot be done now says why: %+v", j.m.Notice)
	}
}

func TestStrayKeysSayWhatIsNear(t *testing.T) {
	j := results(t).send(Strayed{"C"})
	if n := j.m.Notice; n.Key != "no-key" || len(n.Near) == 0 || n.Near[0].Action != Compare {
		t.Errorf("%+v", n)
	}
	if j.send(Strayed{"f4"}); len(j.m.Notice.Near) != 1 || !strings.HasPrefix(j.m.Notice.Near[0].Where, "off.in-form") {
		t.Errorf("%+v", j.m.Notice)
	}
}

// One action is near once, however many menus have it, and no question is answered from afar.
func TestNearNamesAnActionOnce(t *testing.T) {
	for _, key := range []string{"y", "n", "c", "x"} {
		seen := map[Action]bool{}
		for _, n := range begin(t, Options{}).m.Near(key) {
			if seen[n.Action] || n.Action == Back {
				t.Errorf("%s: %s", key, n.Action)
			}
			seen[n.Action] = true
		}
	}
}

// A pane is nearer than what lies over one.
func TestNearIsAPaneFirst(t *testing.T) {
	if n := begin(t, Options{}).m.Near("y"); len(n) == 0 || n[0].Action != CopyMenu || n[0].Where != "off.in-results" {
		t.Errorf("%+v", n)
	}
}

// A switch says what it did.
func TestSwitchesSpeak(t *testing.T) {
	for action, key := range map[Action]string{Mouse: "mouse-on", Theme: "theme", Language: "language"} {
		if j := results(t).do(action); j.m.Notice.Key != key {
			t.Errorf("%s says %+v", action, j.m.Notice)
		}
	}
	j := results(t).do(Name).send(Typed{"night"}).do(Accept)
	if n := j.m.Notice; n.Key != "named" || n.Pairs[1] != "night" {
		t.Errorf("%+v", n)
	}
	j = results(t)
	for _, s := range j.starts() {
		j.send(Finished{Run: s.Run, Report: faster(s.Request, 1.1)})
	}
	for _, a := range []Action{Fidelity, Fidelity, Exhaustive} {
		if j.do(a); j.m.Notice.Key != "turned" {
			t.Errorf("%s says %+v", a, j.m.Notice)
		}
	}
}
