package serve

import (
	"regexp"
	"strings"
	"testing"

	"fathom/ui"

	"github.com/charmbracelet/x/ansi"
)

// Viewers see the presenter's screen drawn for their own size, in their own colours and language; their keys only
// leave.
func TestFollow(t *testing.T) {
	r := start(t, func(o *Options) { o.Follow, o.Lang = true, "" })
	presenter := open(t, r.client(t, ana), 120, 40)
	presenter.wants("choose with up and down")
	wide, narrow := open(t, r.client(t, bob), 160, 50), open(t, r.client(t, bob), 62, 20, "LANG", "zh_CN.UTF-8",
		"NO_COLOR", "1")
	wide.wants("You watch ana@laptop")
	wide.wants("2 watching")
	narrow.wants("你在观看 ana@laptop")
	wide.wants("choose with up and down")

	wide.press(paste(question)) // means nothing
	wide.press("\r\x1b[Bjx")
	wide.wants("Watchers' keys do nothing")
	narrow.press("\x1b") // ends nothing
	narrow.wants("观看者不能操作")
	presenter.press(paste(question))
	wide.wants("This will run")
	presenter.press("\r")
	for _, s := range []*screen{presenter, wide, narrow} {
		s.wants("1,643")
	}
	if s := narrow.raw(); strings.Contains(s, "\x1b[1;36m") {
		t.Error("a viewer without colour gets some")
	}
	for _, l := range regexp.MustCompile(`\r\n|\x1b\[[0-9;]*H`).Split(narrow.raw(), -1) {
		if w := ansi.StringWidth(l); w > 62 {
			t.Errorf("%d cells for a terminal of 62: %q", w, l)
		}
	}
	wide.forget()
	wide.session.WindowChange(24, 80)
	wide.wants("1,643")
	wide.forget()
	presenter.press("=")
	presenter.press("?")
	wide.wants("Keys")

	wide.press("q")
	if wide.status() != 0 {
		t.Error("a viewer does not leave in peace")
	}
	narrow.wants("1 人观看")
	narrow.forget()
	r.logs(t, "who=ana@laptop", "as=presenter")
	r.logs(t, "who=bob@desk", "as=viewer")

	presenter.session.Close()
	narrow.wants("目前没有人演示")
	next := open(t, r.client(t, bob), 80, 24) // who comes next presents
	next.wants("choose with up and down")
	narrow.wants("你在观看 bob@desk")
}

// With --presenter only that key presents, whenever it comes, and a full house does not keep it out.
func TestNamedPresenter(t *testing.T) {
	r := start(t, func(o *Options) { o.Follow, o.Presenter, o.MaxSessions = true, "ana@laptop", 1 })
	viewer := open(t, r.client(t, bob), 80, 24)
	viewer.wants("Nobody presents")
	if s := open(t, r.client(t, bob), 80, 24); s.status() != 1 {
		t.Errorf("a viewer too many sees %s", s.text())
	}
	presenter := open(t, r.client(t, ana), 80, 24)
	presenter.wants("You present")
	viewer.wants("You watch ana@laptop")
	viewer.wants("choose with up and down")
	if s := open(t, r.client(t, ana), 80, 24); s.status() != 1 { // a second session of the presenter is one more viewer
		t.Errorf("sees %s", s.text())
	}
}

// A viewer is not idle while it watches, and one that takes no bytes holds up neither presenter nor others.
func TestViewersHoldUpNobody(t *testing.T) {
	var b bells
	r := start(t, func(o *Options) { o.Follow, o.after = true, b.after(IdleLimit) })
	presenter := open(t, r.client(t, ana), 120, 40)
	presenter.wants("choose with up and down")
	stuck, err := r.client(t, bob).NewSession()
	if err != nil {
		t.Fatal(err)
	}
	stuck.RequestPty("xterm", 200, 400, nil)
	if _, err := stuck.StdoutPipe(); err != nil { // which nobody reads
		t.Fatal(err)
	}
	if err := stuck.Shell(); err != nil {
		t.Fatal(err)
	}
	viewer := open(t, r.client(t, bob), 120, 40)
	viewer.wants("choose with up and down")
	for range 60 { // ctrl+l draws the whole frame
		presenter.press("\x1b[B\x0c")
	}
	presenter.press(paste(question))
	viewer.wants("This will run")
	b.only(t).ring()                     // the presenter's: viewers have none
	if c := presenter.status(); c != 1 { // who presents and leaves the room is idle
		t.Errorf("exit status %d", c)
	}
	viewer.wants("Nobody presents")
}

func TestStage(t *testing.T) {
	g := newStage()
	shows, leave := g.join()
	newest := func() ui.Show {
		select {
		case s := <-shows:
			return s
		default:
			t.Helper()
			t.Fatal("nothing to show")
		}
		return ui.Show{}
	}
	if s := newest(); s.Presenter != "" || s.Viewers != 1 {
		t.Errorf("an empty stage shows %q", s.Presenter)
	}
	watch, off, ok := g.take("ana")
	if _, _, twice := g.take("bob"); !ok || twice {
		t.Error("one presents, not two")
	}
	for i := range 100 { // nobody reads, and nobody waits
		watch(ui.Scene{Tick: i})
	}
	if s := newest(); s.Presenter != "ana" || s.Scene.Tick != 99 {
		t.Errorf("shows %q, tick %d", s.Presenter, s.Scene.Tick)
	}
	off()
	if s := newest(); s.Presenter != "" {
		t.Errorf("still shows %q", s.Presenter)
	}
	watch(ui.Scene{Tick: 7}) // late
	again, _, ok := g.take("bob")
	if !ok {
		t.Fatal("the stage is not free")
	}
	watch(ui.Scene{Tick: 8}) // later still
	again(ui.Scene{Tick: 1})
	if s := newest(); s.Presenter != "bob" || s.Scene.Tick != 1 || s.Turn != 2 {
		t.Errorf("%q, tick %d, turn %d", s.Presenter, s.Scene.Tick, s.Turn)
	}
	leave()
	again(ui.Scene{})
	if len(shows) != 0 {
		t.Error("who left is still told")
	}
}
