package cli

import (
	"encoding/csv"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"fathom/sim/report"
)

// oneFigure: JSON, CSV, Markdown and the table say the same of every candidate.
func oneFigure(t *testing.T, where string, rep *report.Report) {
	t.Helper()
	var out [4]string
	for i, format := range []string{"json", "csv", "md", "table"} {
		data, err := report.Render(rep, format)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = string(data)
		if strings.Contains(out[i], "NaN") || strings.Contains(out[i], "Inf") {
			t.Errorf("%s\n%s has a figure that is no number", where, format)
		}
	}
	type jsonRow struct {
		Label      string
		Throughput *float64 `json:"throughput_tok_s"`
		TTFT       *float64 `json:"ttft_ms"`
		TPOT       *float64 `json:"tpot_ms"`
		QPS        *float64 `json:"qps"`
		Free       *float64 `json:"available_gb"`
		Batch      *float64 `json:"batch_size"`
	}
	type section struct{ Candidates []jsonRow }
	var r struct {
		Devices []struct {
			Aggregation, Prefill, Decode section
			PDRatio                      *struct {
				Candidates []struct {
					Balanced        float64 `json:"balanced_qps"`
					Prefill, Decode jsonRow
				}
			} `json:"pd_ratio"`
		}
	}
	if err := json.Unmarshal([]byte(out[0]), &r); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(strings.NewReader(out[1])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, h := range records[0] {
		at[h] = i
	}
	line := 1
	check := func(x jsonRow, prefix string) {
		rec := records[line]
		for _, f := range []struct {
			column string
			v      *float64
		}{{"throughput_tok_s", x.Throughput}, {"ttft_ms", x.TTFT}, {"tpot_ms", x.TPOT}, {"qps", x.QPS},
			{"available_gb", x.Free}, {"batch_size", x.Batch}} {
			text := ""
			if f.v != nil {
				text = strconv.FormatFloat(*f.v, 'f', -1, 64)
			}
			if got := rec[at[prefix+f.column]]; got != text || rec[at[prefix+"label"]] != x.Label {
				t.Errorf("%s\nCSV line %d has %s%s %s of %s, JSON %s of %s", where, line, prefix, f.column, got,
					rec[at[prefix+"label"]], text, x.Label)
			}
		}
		if x.Throughput == nil {
			return
		}
		two := strconv.FormatFloat(*x.Throughput, 'f', 2, 64)
		for i, format := range []string{"md", "table"} {
			if prefix == "" && !strings.Contains(out[2+i], two) {
				t.Errorf("%s\n%s lacks %s tok/s of %s", where, format, two, x.Label)
			}
		}
	}
	for _, d := range r.Devices {
		if d.PDRatio != nil {
			for _, x := range d.PDRatio.Candidates {
				if got := records[line][at["balanced_qps"]]; got != strconv.FormatFloat(x.Balanced, 'f', -1, 64) {
					t.Errorf("%s\nCSV line %d has %s req/s, JSON %g", where, line, got, x.Balanced)
				}
				check(x.Prefill, "prefill_row_")
				check(x.Decode, "decode_row_")
				line++
			}
			continue
		}
		for _, s := range []section{d.Aggregation, d.Prefill, d.Decode} {
			for _, x := range s.Candidates {
				check(x, "")
				line++
			}
		}
	}
	if line != len(records) {
		t.Errorf("%s\nCSV has %d lines, JSON %d rows", where, len(records)-1, line-1)
	}
}
