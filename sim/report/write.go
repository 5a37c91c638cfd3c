package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"fathom/hw"
)

// Render writes a report in one of the formats of the command line: table, json, csv or md.
func Render(r *Report, format string) ([]byte, error) { return Voice{}.Render(r, format) }

// Render is Render in the voice's language. JSON and CSV are for programs: they are the same in every language.
func (v Voice) Render(r *Report, format string) ([]byte, error) {
	switch format {
	case "table", "":
		return v.Text(r), nil
	case "json":
		return JSON(r)
	case "csv":
		return CSV(r)
	case "md":
		return v.Markdown(r), nil
	}
	return nil, fmt.Errorf("format %q: want table, json, csv or md", hw.Clean(format))
}

// Text writes a report for a terminal or a log: plain characters, no colour, nothing that a terminal would obey.
func Text(r *Report) []byte { return Voice{}.Text(r) }

// Text is Text in the voice's language.
func (v Voice) Text(r *Report) []byte {
	var b strings.Builder
	for i, p := range document(r) {
		if p.level > 3 {
			continue // the commands of the best rows: Markdown and JSON have them
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		if !p.heading.IsZero() {
			h := v.say(p.heading)
			b.WriteString(h + "\n")
			if p.level > 0 && p.level < 3 {
				b.WriteString(strings.Repeat([]string{"=", "=", "-"}[p.level], v.width(h)) + "\n")
			}
		}
		for _, l := range v.words(&p) {
			b.WriteString(l + "\n")
		}
		if p.table != nil {
			p.table.text(&b, "  ", v)
		}
		if p.code != "" {
			b.WriteString("  " + p.code + "\n")
		}
	}
	return []byte(b.String())
}

// Markdown writes a report that can be pasted into a document as it is: the answer first, every point last.
func Markdown(r *Report) []byte { return Voice{}.Markdown(r) }

// Markdown is Markdown in the voice's language.
func (v Voice) Markdown(r *Report) []byte {
	var b strings.Builder
	for i, p := range paper(document(r)) {
		if i > 0 {
			b.WriteByte('\n')
		}
		if !p.heading.IsZero() {
			b.WriteString(strings.Repeat("#", p.level) + " " + escape(v.say(p.heading)) + "\n\n")
		}
		lines := v.words(&p)
		for k, l := range lines {
			item := strings.HasPrefix(l, "- ")
			if k > 0 && !item {
				b.WriteByte('\n')
			}
			b.WriteString(escape(l) + "\n")
		}
		if len(lines) > 0 && (p.table != nil || p.code != "") {
			b.WriteByte('\n')
		}
		if p.table != nil {
			p.table.markdown(&b, v)
		}
		if p.code != "" {
			b.WriteString("```sh\n" + p.code + "\n```\n")
		}
	}
	return []byte(b.String())
}

// escape keeps characters of names from being read as Markdown.
func escape(s string) string {
	return strings.NewReplacer("*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;").Replace(s)
}

// CSV writes one line per candidate, or per point where all were kept; in PD ratio one line per pair with its two rows.
func CSV(r *Report) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	pairs := false
	for i := range r.Devices {
		pairs = pairs || r.Devices[i].PDRatio != nil
	}
	all := r.Request != nil && r.Request.KeepAll
	served, fleets := false, false
	for i := range r.Devices {
		served, fleets = served || r.Devices[i].Service != nil, fleets || r.Devices[i].Day != nil
	}
	switch {
	case fleets:
		writeFleets(w, r)
	case served:
		writeServices(w, r)
	case pairs && !all:
		writePairs(w, r)
	default:
		writeRows(w, r, all)
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func writeRows(w *csv.Writer, r *Report, all bool) {
	head := append([]string{"device"}, RowHeader...)
	more := heldColumns(r)
	head = append(head, "listed", "pareto", "cost_per_mtok", "cost_per_month", "standing",
		"watts", "tokens_per_watt", "kwh_per_mtok")
	w.Write(append(head, more...))
	standing := ""
	line := func(d *Device, x *Row) {
		rec := append([]string{hw.Clean(d.Device)}, RowRecord(x)...)
		rec = append(append(rec, strconv.FormatBool(x.Listed), strconv.FormatBool(x.Pareto), optional(x.CostPerMTok),
			optional(x.CostPerMonth), standing), powerCells(x.Power)...)
		w.Write(append(rec, heldCells(x.Held, more)...))
	}
	for i := range r.Devices {
		d := &r.Devices[i]
		s, _ := r.Standing(d)
		standing = string(s)
		if all {
			for k := range d.Points {
				line(d, &d.Points[k])
			}
			continue
		}
		for _, s := range []*Section{d.Aggregation, d.Prefill, d.Decode} {
			if s != nil {
				for k := range s.Candidates {
					line(d, &s.Candidates[k])
				}
			}
		}
	}
}

func writePairs(w *csv.Writer, r *Report) {
	head := []string{"device", "pd_ratio", "balanced_qps", "prefill_instances", "decode_instances", "prefill_qps",
		"decode_qps", "total_devices",
		"system_qps", "bottleneck", "cost_per_mtok", "cost_per_month"}
	tail := []string{"balanced_low", "balanced_high", "standing",
		"watts", "tokens_per_watt", "kwh_per_mtok", "prefill_device", "decode_device", "ttft_ms", "kv_bytes_per_request",
		"kv_transfer_ms", "kv_transfer_exposed_ms", "kv_path"} // behind the rows, where no script counts columns
	for _, side := range []string{"prefill_", "decode_"} {
		for _, h := range RowHeader {
			head = append(head, side+"row_"+h)
		}
	}
	more := heldColumns(r)
	w.Write(append(append(head, tail...), more...))
	for i := range r.Devices {
		d := &r.Devices[i]
		standing, _ := r.Standing(d)
		if d.PDRatio == nil {
			continue
		}
		for k := range d.PDRatio.Candidates {
			x := &d.PDRatio.Candidates[k]
			rec := append([]string{hw.Clean(d.Device)}, SplitRecord(x)...)
			total := ""
			if x.TotalDevices != nil {
				total = strconv.Itoa(*x.TotalDevices)
			}
			rec = append(rec, Decimal(x.PrefillQPS), Decimal(x.DecodeQPS), total, optional(x.SystemQPS), x.Bottleneck,
				optional(x.CostPerMTok), optional(x.CostPerMonth))
			rec = append(rec, RowRecord(&x.Prefill)...)
			rec = append(rec, RowRecord(&x.Decode)...)
			low, high := "", ""
			if b := x.Range(); b != nil {
				low, high = Decimal(b.Low), Decimal(b.High)
			}
			rec = append(append(rec, low, high, string(standing)), powerCells(x.Power)...)
			rec = append(rec, hw.Clean(x.PrefillDevice), hw.Clean(x.DecodeDevice), optional(x.TTFT()))
			if t := x.Transfer; t != nil {
				rec = append(rec, Decimal(t.Bytes), Decimal(t.MS), Decimal(t.Exposed), t.Path)
			} else {
				rec = append(rec, "", "", "", "")
			}
			w.Write(append(rec, heldCells(x.Held, more)...))
		}
	}
}
