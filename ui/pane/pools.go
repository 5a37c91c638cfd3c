package pane

import (
	"strings"

	"fathom/sim/report"
	"fathom/state"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/style"
)

// pools draws both pools with what flows through them: requests and their prompts into the prefill pool, KV caches over
// the link, answers out of the decode pool. What holds the whole up is marked as well as coloured. Of several forms it
// takes the first that fits.
func (p *Painter) pools(x *report.Ratio, t state.Totals, w int) string {
	in, out := 0.0, 0.0
	if q := p.request(); q != nil {
		in, out = t.System*float64(q.InputLength), t.System*float64(q.OutputLength)
	}
	part := func(name string, ink style.Ink, text string) string {
		if t.Bottleneck == name {
			return p.T.Warn.Paint("! " + text)
		}
		return ink.Paint(text)
	}
	arrow := " " + p.T.Marks.Arrow + " "
	side := func(name, device string, n, each int, boxes, named bool) string {
		s := name + " " + number.Int(n) + " x [" + number.Int(each) + "]"
		if boxes && n*(each+2) <= 40 {
			s = name + " " + strings.Repeat("["+strings.Repeat(p.T.Marks.Full, each)+"]", n)
		}
		if named && device != "" {
			s += " " + p.device(device)
		}
		return s
	}
	for _, form := range []struct{ boxes, named, requests, rates, unit bool }{{true, true, true, true, true},
		{false, true, true, true, true}, {false, true, false, true, true}, {false, false, true, true, true},
		{false, false, false, true, true}, {false, false, false, true, false}, {}} {
		line := part("prefill", p.T.Accent, side("P", x.PrefillDevice, t.P, t.PerPrefill, form.boxes, form.named)) + arrow
		if c := x.Transfer; c != nil {
			kv := "KV"
			if form.unit {
				kv += " " + number.Digits(t.System*c.Bytes/1e9, 3) + " GB/s"
			}
			line += part("link", p.T.Text, kv) + arrow
		}
		line += part("decode", p.T.Good, side("D", x.DecodeDevice, t.D, t.PerDecode, form.boxes, form.named))
		if form.rates && in > 0 {
			sent := number.Digits(in, 3) + " tok/s"
			if form.requests {
				sent = number.Digits(t.System, 3) + " req/s, " + sent
			}
			line = sent + arrow + line + arrow + number.Digits(out, 3) + " tok/s"
		}
		if t.Left > 0 && t.Left <= 64 {
			line += "  " + p.T.Warn.Paint(strings.Repeat(p.T.Marks.Dot, min(t.Left, 8)))
		}
		if cell.Width(line) <= w {
			return line
		}
	}
	return p.diagram(t, w)[0]
}

// transfer is one line about the way of a request's KV cache: its bytes, the link, its time, and its share of TTFT
// where that counts.
func (p *Painter) transfer(x *report.Ratio, w int) string {
	c := x.Transfer
	if c == nil {
		return ""
	}
	line := p.T.Title.Paint(cell.Left(p.t("ratio.kv"), 17, "")) + " " +
		p.T.Strong.Paint(p.t("ratio.kv_bytes", "v", number.Digits(c.Bytes/1e6, 3)))
	wait := p.t("ratio.kv_aside", "v", number.Digits(c.Exposed, 3))
	if total := x.TTFT(); c.Counted && total != nil && *total > 0 {
		wait = p.t("ratio.kv_wait", "v", number.Digits(c.Exposed, 3), "share", number.Percent(c.Exposed / *total))
	}
	how := p.t("ratio.kv_done")
	if c.ByLayer {
		how = p.t("ratio.kv_layer")
	}
	for _, s := range []string{wait, p.t("ratio.kv_time", "v", number.Digits(c.MS, 3)),
		p.t("ratio.kv_path", "path", p.t("path."+c.Path), "gbs", number.Digits(c.GBs, 3)), how} {
		if cell.Width(line)+cell.Width(s)+2 <= w {
			line += "  " + s
		}
	}
	return line
}
