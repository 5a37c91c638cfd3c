package cli

import (
	"cmp"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/sim/plan/file"
	"fathom/state/field"
	"fathom/ui/library"
)

// plain is a figure as programs read it; "" where there is none.
func plain(v float64) string {
	if v == 0 {
		return ""
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// bestColumns are the columns of a best result, named as in the JSON.
var bestColumns = []string{"device", "phase", "label", "throughput_tok_s", "throughput_low", "throughput_high",
	"throughput_tok_s_device", "ttft_ms", "tpot_ms", "concurrency", "cost_per_mtok"}

// bestCells are the cells of bestColumns; all are empty where there is no result.
func bestCells(b *file.Result) []string {
	if b == nil {
		return make([]string, len(bestColumns))
	}
	return []string{hw.Clean(b.Device), hw.Clean(b.Phase), hw.Clean(b.Strategy), plain(b.Throughput), plain(b.Low),
		plain(b.High), plain(b.PerDevice), plain(b.TTFT), plain(b.TPOT), plain(float64(b.Concurrency)), plain(b.Cost)}
}

// listCSV is a line a scenario with its kept best. Figures and names are the same in every language.
func listCSV(heads []library.Head) []byte {
	s := &sheet{titles: append([]string{"name", "model", "devices", "kept_at", "program"}, bestColumns...)}
	for _, h := range heads {
		k := cmp.Or(h.Kept, &file.Kept{})
		s.add(append([]string{h.Name, hw.Clean(strings.Join(h.Models, " ")), hw.Clean(strings.Join(h.Devices, " ")),
			hw.Clean(k.At), hw.Clean(k.Program)}, bestCells(k.Best())...)...)
	}
	return s.csv()
}

// ranCSV is a line a scenario with its best of today and the figure that was kept; differ are inputs to put before
// them.
func ranCSV(ran []*library.Ran, plans []field.Answers, differ []field.ID) []byte {
	s := &sheet{titles: []string{"name"}}
	for _, id := range differ {
		s.titles = append(s.titles, "input_"+id.String())
	}
	s.titles = append(append(s.titles, bestColumns...), "was_throughput_tok_s", "change", "changed", "error")
	for _, r := range ran {
		cells := []string{r.Name}
		for _, id := range differ {
			cells = append(cells, hw.Clean(plans[len(s.rows)][id].Text))
		}
		v, was, change := ranOf(r), 0.0, ""
		if b := r.Was.Best(); b != nil {
			was = b.Throughput
			if now := r.Now.Best(); now != nil {
				if d, ok := library.Moved(was, now.Throughput); ok {
					change = strconv.FormatFloat(d, 'f', -1, 64)
				}
			}
		}
		fault := ""
		if v.Error != nil {
			fault = *v.Error
		}
		s.add(append(append(cells, bestCells(r.Now.Best())...), plain(was), change, strings.Join(v.Changed, "; "), fault)...)
	}
	return s.csv()
}
