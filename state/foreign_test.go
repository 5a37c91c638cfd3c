package state

import (
	"slices"
	"testing"
)

// The reference tool refuses a device that it does not ship: its command is then ours, and the menu says so.
func TestForeignDevicesGetOurCommand(t *testing.T) {
	for _, c := range []struct {
		device string
		ours   bool
	}{{a3, false}, {"H100_SXM", true}} {
		j := begin(t, Options{Answers: flagship(c.device)}).do(Accept)
		q := j.last("Start").(Start).Request
		j.send(Finished{Run: 1, Report: flagshipReport(q)}).pane(Showing)
		if got := len(j.m.Foreign()) > 0; got != c.ours {
			t.Errorf("%s: foreign %v", c.device, j.m.Foreign())
		}
		want, what := "python", TheCommand
		if c.ours {
			want, what = "fathom", TheOurs
		}
		if argv := j.m.Command(); argv[0] != want {
			t.Errorf("%s: %q stands behind the answer", c.device, argv)
		}
		j.do(CopyMenu)
		said := slices.ContainsFunc(j.m.Overlay.Items, func(i MenuItem) bool { return i.Text == "copy.ours_foreign" })
		if j.do(CopyCommand); said != c.ours || j.last("Copy").(Copy).What != what {
			t.Errorf("%s: the menu says it %v and gives %v", c.device, said, j.last("Copy"))
		}
	}
}
