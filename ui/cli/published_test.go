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
	off := map[string][2]string{}
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
			}
			off[r["case_name"]] = cell
		}
	}
	var table strings.Builder
	table.WriteString("| what is published, and assumed | published | corrected | calibrated | likely reason of what is off |\n" +
		"|---|---|---|---|---|\n")
	for _, r := range records(t, in) {
		cell := off[r["case_name"]]
		fmt.Fprintf(&table, "| %s | %s | %s | %s | %s |\n", r["note"], r["expected"], cell[0], cell[1], r["reason"])
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
