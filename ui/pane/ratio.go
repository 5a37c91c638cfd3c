package pane

import (
	"fathom/sim/report"
	"fathom/state"
	"fathom/state/table"
	"fathom/ui/cell"
	"fathom/ui/layout"
	"fathom/ui/number"
	"fathom/ui/plot"
)

// ratio draws the P:D plan: the two shapes, what the chosen numbers of instances amount to, and below the table of all
// pairs.
func (p *Painter) ratio(r layout.Rect) []layout.Piece {
	item, ok := p.M.Selected()
	if !ok || item.Ratio == nil {
		return []layout.Piece{{Rect: r, Lines: p.table(r)}}
	}
	if p.M.Results.Focus == state.OnDetail {
		return []layout.Piece{{Rect: r, Lines: p.detailPair(p.M.Results.Detail, item.Ratio, r)}}
	}
	lines := p.instances(r)
	if r.H >= 12 {
		lines = append(p.shapes(item.Ratio), lines...)
	}
	if r.H >= 16 {
		lines = append(lines, "")
	}
	top, rest := r, r
	top.H = min(len(lines), r.H-3)
	rest.Y += top.H
	rest.H -= top.H
	pieces := []layout.Piece{{Rect: top, Lines: lines}}
	if rest.H-pairRows >= min(p.M.Results.Table.Len()+1, 16) { // what the table leaves shows what the selected pair does
		under := rest
		rest.H -= pairRows
		under.Y, under.H = rest.Y+rest.H, pairRows
		pieces = append(pieces, layout.Piece{Rect: under, Lines: append([]string{""},
			p.detailPair(p.M.Results.Detail, item.Ratio, layout.Rect{X: under.X, Y: under.Y + 1, W: under.W,
				H: under.H - 1})...)})
	}
	return append(pieces, layout.Piece{Rect: rest, Lines: p.table(rest)})
}

// pairRows is what the details of a pair take under its table: a breakdown with what it means.
const pairRows = 12

// shapes are the two instances side by side, or one under the other.
func (p *Painter) shapes(x *report.Ratio) []string {
	in, out, ttft, tpot := 0, 0, 0.0, 0.0
	if q := p.request(); q != nil {
		in, out, ttft, tpot = q.InputLength, q.OutputLength, q.TTFTLimit, q.TPOTLimit
	}
	return []string{p.instance("prefill", &x.Prefill, x.TTFT(), "ttft", 4, ttft, x.PrefillQPS, in),
		p.instance("decode", &x.Decode, x.Decode.TPOT, "tpot", 3, tpot, x.DecodeQPS, out)}
}

// instance is one line about an instance: its devices, its latency against the limit, and what it serves in requests
// and in tokens of its own phase. What the width does not hold is dropped whole, the last first.
func (p *Painter) instance(side string, r *report.Row, latency *float64, name string, digits int, limit, qps float64,
	tokens int) string {
	line := " " + p.T.Title.Paint(cell.Left(p.t("ratio."+side), 17, "")) + " " + p.T.Strong.Paint(table.ShortLabel(r))
	gauge := ""
	if latency != nil && limit > 0 {
		ink := p.T.Good
		if *latency > limit {
			ink = p.T.Bad
		}
		gauge = " " + ink.Paint(plot.Gauge(*latency/limit, max(8, min(24, p.W/10)), p.T.Marks))
	}
	var items []string
	switch {
	case latency != nil && limit > 0:
		items = append(items, p.t("head."+name+"_of", "v", number.Digits(*latency, digits), "limit",
			number.Short(limit, 4))+gauge)
	case latency != nil:
		items = append(items, p.t("head."+name, "v", number.Digits(*latency, digits)))
	}
	items = append(items, number.Digits(qps, 3)+" req/s")
	if tokens > 0 {
		items = append(items, p.t("ratio.tokens_"+side, "v", number.Digits(qps*float64(tokens), 4)))
	}
	items = append(items, p.C.N("ratio.devices", r.Strategy.World(), number.Int(r.Strategy.World())))
	for _, s := range items {
		if cell.Width(line)+cell.Width(s)+2 > p.W-1 {
			continue
		}
		line += "  " + s
	}
	return p.cut(line, p.W-1)
}

// instances are the two bars that + and - move, and the totals.
func (p *Painter) instances(r layout.Rect) []string {
	t, ok := p.M.Totals()
	if !ok {
		return nil
	}
	widest := max(t.PrefillQPS, t.DecodeQPS, 1e-12)
	bar := func(side int, key string, n int, qps float64) string {
		mark := " "
		if p.M.Results.Split.Side == side {
			mark = p.T.Accent.Paint(p.T.Marks.Focus)
		}
		ink, sign := p.T.Good, " "
		if t.Bottleneck == []string{"prefill", "decode"}[side] {
			ink, sign = p.T.Warn, p.T.Warn.Paint("!")
		}
		head := " " + mark + " " + cell.Left(p.t("ratio."+key), 17, "") + "- " +
			p.T.Strong.Paint(cell.Apart(number.Int(n), 3)) + " + " + sign
		w := max(8, r.W-cell.Width(head)-16)
		return head + ink.Paint(plot.Bar(qps/widest, w, p.T.Marks)) + cell.Apart(number.Digits(qps, 3), 7) + " req/s"
	}
	y := r.Y
	if r.H >= 12 {
		y += len(p.shapes(p.mustRatio()))
	}
	p.zone(layout.Rect{X: r.X, Y: y, W: r.W, H: 1}, state.TargetSide, 0)
	p.zone(layout.Rect{X: r.X, Y: y + 1, W: r.W, H: 1}, state.TargetSide, 1)
	out := []string{bar(0, "p_instances", t.P, t.PrefillQPS), bar(1, "d_instances", t.D, t.DecodeQPS), p.totals(t)}
	if r.H >= 12 {
		out = append(out, "   "+p.cut(p.spare(t), r.W-4))
		if s := p.transfer(p.mustRatio(), r.W-3); s != "" {
			out = append(out, " "+s)
		}
		out = append(out, "   "+p.cut(p.pools(p.mustRatio(), t, r.W-4), r.W-4))
		for _, s := range p.wide(p.mustRatio(), r.W-3, r.H < 20) {
			out = append(out, " "+s)
		}
	}
	return out
}

// spare says of devices that are left over what would use them; where none is, which splits there are.
func (p *Painter) spare(t state.Totals) string {
	if t.Left <= 0 || t.Spare.System <= t.System {
		key := "ratio.splits"
		if q := p.request(); q != nil && q.SplitSearched() {
			key = "ratio.found"
		}
		return p.T.Muted.Paint(p.t(key, "reference", p.split(t.ReferenceP, t.ReferenceD), "best",
			p.split(t.BestP, t.BestD)))
	}
	what := "ratio.one_prefill"
	switch {
	case t.Spare.Prefills > 0 && t.Spare.Decodes > 0:
		what = "ratio.one_each"
	case t.Spare.Decodes > 0:
		what = "ratio.one_decode"
	}
	key := "ratio.spare_needs"
	if t.Spare.Need == 0 {
		key = "ratio.spare_fits"
	}
	return p.T.Warn.Paint(p.C.N(key, t.Left, number.Int(t.Left), "need", number.Int(t.Spare.Need), "what", p.t(what),
		"v", number.Digits(t.Spare.System, 3)))
}

func (p *Painter) split(prefills, decodes int) string {
	if prefills == 0 || decodes == 0 {
		return p.t("head.nosplit")
	}
	return p.t("ratio.split", "p", number.Int(prefills), "d", number.Int(decodes))
}

func (p *Painter) mustRatio() *report.Ratio {
	item, _ := p.M.Selected()
	return item.Ratio
}

// budget is the devices of both sides against those there are, too many of them in warning.
func (p *Painter) budget(t state.Totals) string {
	devices := p.t("ratio.used", "p", number.Int(t.P*t.PerPrefill), "d", number.Int(t.D*t.PerDecode),
		"sum", number.Int(t.Devices), "budget", number.Int(t.Budget))
	switch {
	case t.Budget > 0 && t.Left < 0:
		return p.T.Bad.Paint("x " + devices + " " + p.C.N("ratio.over", -t.Left, number.Int(-t.Left)))
	case t.Budget > 0 && t.Left > 0:
		devices += " " + p.C.N("ratio.left", t.Left, number.Int(t.Left))
	}
	return devices
}

// totals is one line under the bars: devices, what goes through, and who waits for whom.
func (p *Painter) totals(t state.Totals) string {
	items := []string{p.budget(t), p.T.Strong.Paint(p.system(t)),
		p.t("head.bottleneck", "side", p.t("bottleneck."+t.Bottleneck))}
	if t.IdlePrefill > 0.0005 {
		items = append(items, p.t("ratio.idle_prefill", "share", number.Percent(t.IdlePrefill)))
	}
	if t.IdleDecode > 0.0005 {
		items = append(items, p.t("ratio.idle_decode", "share", number.Percent(t.IdleDecode)))
	}
	line := " "
	for _, s := range items {
		if cell.Width(line)+cell.Width(s)+3 > p.W {
			break
		}
		line += "  " + s
	}
	return line
}

// system is what goes through, in requests and in tokens of answers.
func (p *Painter) system(t state.Totals) string {
	s := p.t("ratio.system", "v", number.Digits(t.System, 3))
	if q := p.request(); q != nil && q.OutputLength > 0 {
		s += " = " + p.t("head.throughput", "v", number.Digits(t.System*float64(q.OutputLength), 4))
	}
	return s
}

// cross is the comparison of the profiles: the table, and under it a bar each where there is room.
func (p *Painter) cross(r layout.Rect) []string {
	rep := p.report()
	if rep == nil {
		return nil
	}
	t := &p.M.Results.Table
	n := t.Len()
	if r.H < 2*n+3 {
		return p.table(r)
	}
	above := r
	above.H = n + 2
	lines := append(p.table(above), "")
	for len(lines) < above.H+1 {
		lines = append(lines, "")
	}
	widest, ranged := map[string]float64{}, false // by phase: tokens that go in are none that come out
	phase := table.Columns[table.ColPhase].Text
	for i := range rep.Cross {
		c := &rep.Cross[i]
		of := phase(table.Item{Cross: c, Row: c.Row})
		ranged = ranged || c.Range() != nil
		widest[of] = max(widest[of], c.Throughput)
	}
	names := 26
	if _, one := widest[""]; !one {
		names = 30
	}
	for i := range n {
		item, ok := t.At(i)
		if !ok || item.Cross == nil {
			continue
		}
		c := item.Cross
		of, name := phase(item), p.device(c.Device)
		if of != "" {
			name += " " + p.t("part."+of)
		}
		name = "   " + cell.Left(name, names, p.T.Marks.More) + " "
		if !item.Answered() {
			lines = append(lines, p.noAnswer(rep, c.Device, name, r.W)...)
			continue
		}
		share := 0.0
		if w := widest[of]; w > 0 {
			share = c.Throughput / w
		}
		sign := ""
		if p.restsOnRepriced(c) {
			sign = p.T.Warn.Paint("*")
		}
		w, reach := r.W-24-names, ""
		switch b := c.Range(); {
		case b != nil && c.Ratio != nil:
			reach = p.reached(b) + " req/s"
		case b != nil:
			reach = p.reached(b)
		case ranged:
			reach = p.t("notes.uncalibrated")
		}
		if ranged {
			w -= 18
			reach = cell.Apart(reach, 18)
		}
		lines = append(lines, name+p.T.Accent.Paint(plot.Bar(share, max(8, w),
			p.T.Marks))+cell.Apart(number.Fixed(c.RatioToFirst, 2), 7)+" x"+sign+reach)
	}
	return lines
}

// noAnswer says of a profile why it has no figures: what would admit its nearest point.
func (p *Painter) noAnswer(rep *report.Report, device, name string, w int) []string {
	text := p.t("cross.none")
	for i := range rep.Devices {
		if d := &rep.Devices[i]; d.Device == device && len(d.Nearest) > 0 {
			n := &d.Nearest[0]
			text = p.t("cross.nearest", "label", table.ShortLabel(&n.Row), "batch", number.Int(n.Row.Batch), "relax",
				p.C.Tell(n.Relax))
		}
	}
	var out []string
	for i, s := range cell.Wrap(text, max(20, w-cell.Width(name)-2)) {
		if i > 0 {
			name = cell.Space(cell.Width(name))
		}
		out = append(out, name+p.T.Muted.Paint(s))
	}
	return out
}
