package cli

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"fathom/assets"
	"fathom/hw/unraced"
)

// The help topic's table of published systems has what the cases that ship say, run as a user runs them.
func TestPublishedSystems(t *testing.T) {
	unraced.Skip(t)
	const topic, from, to = "../../assets/docs/search-and-serving.md", "<!-- published -->\n", "<!-- end published -->\n"
	dir := t.TempDir()
	in := filepath.Join(dir, "in.csv")
	if err := os.WriteFile(in, []byte(ok(t, "cases", "--template", "published")), 0o600); err != nil {
		t.Fatal(err)
	}
	off, reach := map[string][2]string{}, map[string]string{}
	for i, fidelity := range []string{"corrected", "calibrated"} {
		out := filepath.Join(dir, fidelity+".csv")
		if o := newLab(t).run(t, "cases", in, "--fidelity", fidelity, "-o", out); o.code != Done {
			t.Fatal(o.stderr)
		}
		for _, r := range records(t, out) {
			cell := off[r["case_name"]]
			if cell[i] = "no batch holds the limit"; r["off"] != "" {
				x, _ := strconv.ParseFloat(r["off"], 64)
				v, _ := strconv.ParseFloat(r["throughput_tok_s_device"], 64)
				cell[i] = fmt.Sprintf("%.0f (%+.0f%%)", v, 100*x)
				reach[r["case_name"]] = rangeOf(t, r)
			}
			off[r["case_name"]] = cell
		}
	}
	var table strings.Builder
	table.WriteString("| what is published, and assumed | published | corrected | calibrated | its interval | likely reason of what is off |\n" +
		"|---|---|---|---|---|---|\n")
	for _, r := range records(t, in) {
		cell := off[r["case_name"]]
		fmt.Fprintf(&table, "| %s | %s | %s | %s | %s | %s |\n", r["note"], r["expected"], cell[0], cell[1],
			reach[r["case_name"]], r["reason"])
	}
	doc, err := os.ReadFile(topic)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, open := strings.Cut(string(doc), from)
	is, after, closed := strings.Cut(rest, to)
	switch {
	case !open || !closed:
		t.Fatalf("%s has no %s", topic, from)
	case *update:
		if err := os.WriteFile(topic, []byte(before+from+table.String()+to+after), 0o644); err != nil {
			t.Fatal(err)
		}
	case is != table.String():
		t.Errorf("the table of the help topic is\n%swant (go test ./ui/cli -run Published -update)\n%s", is, table.String())
	}
	if string(assets.Published) != ok(t, "cases", "--template", "published") {
		t.Error("the template is not the file that ships")
	}
}

// rangeOf is the interval of a case in tokens per second of a device, and whether what was published lies in it.
func rangeOf(t *testing.T, r map[string]string) string {
	t.Helper()
	if r["throughput_low"] == "" {
		return ""
	}
	figure := func(column string) float64 {
		v, err := strconv.ParseFloat(r[column], 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	devices := figure("throughput_tok_s") / figure("throughput_tok_s_device")
	low, high, was := figure("throughput_low")/devices, figure("throughput_high")/devices, figure("expected_tok_s_device")
	if was < low || was > high {
		return fmt.Sprintf("%.0f to %.0f: not in it", low, high)
	}
	return fmt.Sprintf("%.0f to %.0f", low, high)
}

// records are the lines of a CSV file by column.
func records(t *testing.T, path string) (list []map[string]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		r := map[string]string{}
		for i, name := range lines[0] {
			r[name] = line[i]
		}
		list = append(list, r)
	}
	return list
}
