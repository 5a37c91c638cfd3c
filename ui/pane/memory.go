package pane

import (
	"math"

	"fathom/sim/report"
	"fathom/ui/cell"
	"fathom/ui/number"
	"fathom/ui/plot"
)

// memory draws what fills one device: weights, KV cache, activations, reserve, and what is free or missing.
func (p *Painter) memory(r *report.Row, w, h int) []string {
	if r.NoMemory {
		return append([]string{p.of(r), ""}, p.wrap(p.T.Muted, p.t("memory.unknown"), w-1, 1)...)
	}
	reserved := 0.0
	if q := p.request(); q != nil {
		reserved = q.ReservedGB
	}
	if r.ReservedGB != 0 {
		reserved = r.ReservedGB
	}
	signs := []string{"█", "▓", "▒", "░", "·"}
	if p.T.ASCII {
		signs = []string{"W", "K", "A", "R", "."}
	}
	free := max(0, r.AvailableGB)
	parts := []plot.Part{
		{Size: r.WeightGB, Ink: p.T.Mem, Sign: signs[0]},
		{Size: r.KVGB, Ink: p.T.Comm, Sign: signs[1]},
		{Size: r.ActivationGB, Ink: p.T.Cube, Sign: signs[2]},
		{Size: reserved, Ink: p.T.Vec, Sign: signs[3]},
		{Size: free, Ink: p.T.Muted, Sign: signs[4]},
	}
	total := 0.0
	for _, x := range parts {
		total += x.Size
	}
	out := []string{p.of(r), " " + plot.Stacked(parts, w-2)}
	if h >= 10 {
		out = append(out, "")
	}
	for i, key := range []string{"weights", "kv", "activations", "reserved", "free"} {
		x := parts[i]
		if key == "reserved" && x.Size == 0 {
			continue
		}
		share := 0.0
		if total > 0 {
			share = x.Size / total
		}
		out = append(out, " "+x.Ink.Paint(x.Sign)+" "+cell.Left(p.t("memory."+key), 16, "")+
			cell.Apart(number.Fixed(x.Size, 2), 9)+" GiB"+cell.Apart(number.Percent(share), 6))
	}
	if r.AvailableGB < 0 {
		out = append(out, " "+p.T.Bad.Paint("x "+p.t("memory.missing", "gib", number.Fixed(math.Abs(r.AvailableGB), 2))))
	} else {
		if h >= 10 {
			out = append(out, "")
		}
		out = append(out, "   "+cell.Left(p.t("memory.total"), 16, "")+cell.Apart(number.Fixed(total, 2), 9)+" GiB")
	}
	return out
}
