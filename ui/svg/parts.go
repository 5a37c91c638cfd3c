package svg

import (
	"fmt"
	"strings"

	"fathom/sim/report"
	"fathom/ui/number"
)

const barH = 20.0

// Ladder draws the best answers step by step, each as a bar with its interval.
func (p Pen) Ladder(device string, list []report.Rung) Chart {
	c := Chart{W: plotW, Title: p.t("drawing_title.ladder", "device", device)}
	s := &sheet{w: plotW}
	top := 1e-12
	for i := range list {
		top = max(top, list[i].Throughput)
		if r := list[i].Range; r != nil {
			top = max(top, r.High)
		}
	}
	const from, to = 92.0, plotW - 14
	at := func(v float64) float64 { return from + (to-from)*v/top }
	y := 10.0
	var says []string
	for i := range list {
		r := &list[i]
		name := p.t("fidelity." + r.Step.String())
		if r.Step == report.StepExhaustive {
			name = p.t("drawing.exhaustive")
		}
		if r.Alone {
			name += " *"
		}
		s.text(from-8, y+14, "e", brief(name, 12))
		words := p.t("drawing.none")
		if r.Throughput > 0 {
			s.rect("f0", from, y, max(1, at(r.Throughput)-from), barH)
			if x := r.Range; x != nil {
				s.line("ax", at(x.Low), y+barH/2, at(x.High), y+barH/2)
				s.line("ax", at(x.Low), y+4, at(x.Low), y+barH-4)
				s.line("ax", at(x.High), y+4, at(x.High), y+barH-4)
			}
			words = number.Digits(r.Throughput, 4) + " tok/s  " + report.Brief(r.Label)
			if r.Change != nil {
				words += "  " + number.Signed(100**r.Change, 1) + "%"
			}
			if x := r.Range; x != nil {
				s.text(from, y+barH+31, "m", p.t("drawing.range", "low", number.Digits(x.Low, 3), "high", number.Digits(x.High, 3)))
				words += "   " + p.t("drawing.range", "low", number.Digits(x.Low, 3), "high", number.Digits(x.High, 3))
			}
		}
		s.text(from, y+barH+14, "m", brief(strings.Split(words, "   ")[0], 34))
		says = append(says, name+": "+words+". "+p.Texts.Tell(r.What())+".")
		y += barH + 24
		if r.Range != nil {
			y += 17
		}
	}
	c.H, c.Desc, c.body = y, strings.Join(says, " "), s.String()
	return c
}

// Memory draws what fills one device at a row. A row without memory figures has no drawing.
func (p Pen) Memory(device string, r *report.Row, reserved float64) (Chart, bool) {
	if r == nil || r.NoMemory {
		return Chart{}, false
	}
	if r.ReservedGB != 0 {
		reserved = r.ReservedGB
	}
	c := Chart{W: plotW, Title: p.t("drawing_title.memory", "device", device, "label", report.Brief(r.Label))}
	s := &sheet{w: plotW}
	total := r.WeightGB + r.KVGB + r.ActivationGB + reserved + max(0, r.AvailableGB)
	x := 10.0
	var list []entry
	var says []string
	for i, part := range []struct {
		key string
		gib float64
	}{{"weights", r.WeightGB}, {"kv", r.KVGB}, {"activations", r.ActivationGB}, {"reserved", reserved},
		{"free", max(0, r.AvailableGB)}} {
		if part.gib <= 0 || total <= 0 {
			continue
		}
		w := (plotW - 20) * part.gib / total
		words := p.t("memory."+part.key) + "  " + number.Fixed(part.gib, 2) + " GiB  " + number.Percent(part.gib/total)
		if part.key == "free" {
			fmt.Fprintf(s, `<rect x="%s" y="10" width="%s" height="26" style="fill:none;stroke:var(--muted)"/>`, f(x), f(w))
			list = append(list, entry{-1, "□", words})
		} else {
			s.rect(fmt.Sprintf("f%d", i), x, 10, w, 26)
			list = append(list, entry{i, "■", words})
		}
		says = append(says, words)
		x += w
	}
	c.H = s.legend(46, list)
	c.Desc, c.body = strings.Join(says, "; "), s.String()
	return c, true
}

// mostBoxes is how many instances of a side are drawn one by one.
const mostBoxes = 24

// Pair draws the instances of a P:D plan with what flows between them.
func (p Pen) Pair(device string, x *report.Ratio, prefillDevices, decodeDevices int) (Chart, bool) {
	if x == nil || x.PrefillInstances == nil || x.DecodeInstances == nil {
		return Chart{}, false
	}
	c := Chart{W: plotW, Title: p.t("drawing_title.pair", "device", device)}
	s := &sheet{w: plotW}
	side := func(at float64, h, n, devices int, name string, row *report.Row, rate float64) {
		s.text(at, 22, fmt.Sprintf("b f%d", h), brief(p.t("drawing.instances", "n", number.Int(n), "side", name, "devices",
			number.Int(devices)), 20))
		cols := 4
		for i := range min(n, mostBoxes) {
			s.rect(fmt.Sprintf("f%d", h), at+float64(i%cols)*41, 34+float64(i/cols)*22, 36, 16)
		}
		rows := (min(n, mostBoxes) + cols - 1) / cols
		y := 34 + float64(rows)*22 + 14
		if n > mostBoxes {
			s.text(at, y, "m", p.t("drawing.more", "n", number.Int(n-mostBoxes)))
			y += 17
		}
		s.text(at, y, "m", brief(report.Brief(row.Label), 19))
		s.text(at, y+17, "m", number.Digits(rate, 3)+" req/s")
		c.H = max(c.H, y+48)
	}
	np, nd := *x.PrefillInstances, *x.DecodeInstances
	side(10, 0, np, prefillDevices, p.t("part.prefill"), &x.Prefill, float64(np)*x.PrefillQPS)
	side(222, 1, nd, decodeDevices, p.t("part.decode"), &x.Decode, float64(nd)*x.DecodeQPS)
	fmt.Fprintf(s, `<path class="ax" stroke-width="2" d="M184 42H212M205 36l7 6l-7 6"/>`)
	words := p.t("drawing.serves", "v", number.Digits(x.Serves(), 4), "ratio", number.Digits(x.PDRatio, 3), "bottleneck",
		p.t("bottleneck."+x.Bottleneck))
	s.text(10, c.H-8, "", words)
	c.Desc = p.t("drawing.pair", "np", number.Int(np), "p", x.Prefill.Label, "nd", number.Int(nd), "d", x.Decode.Label) +
		" " + words
	c.body = s.String()
	return c, true
}
