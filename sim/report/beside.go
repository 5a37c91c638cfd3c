package report

import (
	"strconv"

	"fathom/hw"
	"fathom/hw/message"
)

// differenceJSON is a row or ratio beside the same one of another engine; figures are ours / theirs - 1.
type differenceJSON struct {
	Device      string     `json:"device"`
	Phase       *string    `json:"phase"` // null for ratios
	Label       string     `json:"label"`
	SameBatch   bool       `json:"same_batch"`
	Throughput  *float64   `json:"throughput_difference"` // of balanced requests per second for ratios
	TTFT        *float64   `json:"ttft_difference"`
	TPOT        *float64   `json:"tpot_difference"`
	Ours        *rowJSON   `json:"ours"`
	Theirs      *rowJSON   `json:"theirs"`
	OurRatio    *ratioJSON `json:"our_ratio,omitempty"`
	TheirsRatio *ratioJSON `json:"their_ratio,omitempty"`
}

func differences(list []Difference) []differenceJSON {
	var out []differenceJSON
	for i := range list {
		d := &list[i]
		j := differenceJSON{Device: hw.Clean(d.Device), Label: hw.Clean(d.Label), SameBatch: d.SameBatch,
			Throughput: Maybe(d.Throughput), TTFT: Maybe(d.TTFT), TPOT: Maybe(d.TPOT)}
		if d.OurRatio == nil && d.TheirRatio == nil {
			j.Phase = ptr(d.Phase.String())
		}
		if d.Ours != nil {
			j.Ours = ptr(row(d.Ours))
		}
		if d.Theirs != nil {
			j.Theirs = ptr(row(d.Theirs))
		}
		if d.OurRatio != nil {
			j.OurRatio = ptr(ratio(d.OurRatio))
		}
		if d.TheirRatio != nil {
			j.TheirsRatio = ptr(ratio(d.TheirRatio))
		}
		out = append(out, j)
	}
	return out
}

// differenceTable sets both engines' figures side by side: ours, theirs and the difference of each.
func differenceTable(list []Difference) *grid {
	var g grid
	g.column("device", false)
	g.column("phase", false)
	g.column("strategy", false)
	for _, h := range []string{"batch", "theirs", "tok-s", "theirs", "diff", "ttft-ms", "theirs", "diff", "tpot-ms",
		"theirs", "diff"} {
		g.column(h, true)
	}
	for i := range list {
		d := &list[i]
		ours, theirs := d.Ours, d.Theirs
		var phase any = d.Phase
		if d.OurRatio != nil || d.TheirRatio != nil {
			phase = message.New("col.pd-req-s")
			ours, theirs = d.OurRatio.asRow(), d.TheirRatio.asRow()
		}
		batch := func(r *Row) string {
			if r == nil || r.Batch == 0 {
				return "-"
			}
			return strconv.Itoa(r.Batch)
		}
		figure := func(r *Row, of func(*Row) *float64) string {
			if r == nil {
				return "-"
			}
			return optionalTwo(of(r))
		}
		cells := []any{d.Device, phase, d.Label, batch(ours), batch(theirs)}
		for _, f := range []struct {
			of   func(*Row) *float64
			diff *float64
		}{
			{func(r *Row) *float64 { return unlessZero(r.Throughput) }, d.Throughput},
			{func(r *Row) *float64 { return r.TTFT }, d.TTFT},
			{func(r *Row) *float64 { return r.TPOT }, d.TPOT},
		} {
			cells = append(cells, figure(ours, f.of), figure(theirs, f.of), percent(f.diff))
		}
		g.add(cells...)
	}
	return &g
}

// asRow puts the figures of a ratio where a row has them; nil of nil.
func (r *Ratio) asRow() *Row {
	if r == nil {
		return nil
	}
	return &Row{Throughput: r.Balanced, TTFT: r.Prefill.TTFT, TPOT: r.Decode.TPOT}
}
