package pane

import (
	"strings"
	"testing"

	"fathom/hw/unraced"
	"fathom/state"
	"fathom/ui/number"

	"github.com/muesli/termenv"
)

// What copies, half batches and attention and experts apart buy stands in the P:D pane and in the Why tab, with the
// report's figures, at both usual sizes and in both languages.
func TestExpertsOnScreen(t *testing.T) {
	unraced.Skip(t)
	s, rep := answered(t, "deepseek-ai/DeepSeek-V3.1 --enable-optimize-prefill-decode-ratio --num-devices 48 "+
		"--prefill-devices-per-instance 16 --decode-devices-per-instance 32 --device ATLAS_800_A3_752T_128G_DIE "+
		"--input-length 3500 --output-length 1500 --ttft-limit 5000 --tpot-limit 50 --compile --tp-sizes 2 --expert-skew 0.5 "+
		"--redundant-experts --two-batch-overlap auto --afd --quantize-linear-action W8A8_DYNAMIC "+
		"--quantize-attention-action DISABLED --fidelity corrected --batch-range 1 8")
	d := &rep.Devices[0]
	if len(d.Experts) != 2 || d.AFD == nil || len(d.AFD.Points) == 0 || d.AFD.Lead() == nil {
		t.Fatalf("experts %d, apart %+v", len(d.Experts), d.AFD)
	}
	x := &d.AFD.Points[0]
	division := number.Int(x.Attention) + ":" + number.Int(x.Experts)
	lead := number.Change(1, 1+*d.AFD.Lead())
	look := func(lang string, w, h int, want ...string) {
		t.Helper()
		got := strings.Join(shoot(s, theme(true, termenv.Ascii), texts(t, lang, true), w, h), "\n")
		for _, x := range want {
			if !strings.Contains(got, x) {
				t.Errorf("%s at %dx%d lacks %q:\n%s", lang, w, h, x, got)
			}
		}
	}
	var changes []string // of the points with figures beside the row's own
	for i := range d.Experts {
		e := &d.Experts[i]
		for _, x := range e.Points[1:] {
			if x.Throughput > 0 {
				changes = append(changes, number.Change(e.Points[0].Throughput, x.Throughput))
			}
		}
	}
	if len(changes) < 3 {
		t.Fatalf("little to compare with: %v", changes)
	}
	for _, lang := range []string{"en", "zh"} {
		look(lang, 80, 24, division+" "+lead)
		look(lang, 120, 40, division+" "+lead, changes[0], changes[len(changes)-1], "RED=")
	}
	s.Do(state.Accept)
	s.Do(state.DetailWhy)
	for _, lang := range []string{"en", "zh"} {
		look(lang, 160, 80, append(changes, number.Digits(x.Throughput, 4)+" tok/s  "+number.Digits(x.TPOT, 3)+" ms")...)
	}
}
