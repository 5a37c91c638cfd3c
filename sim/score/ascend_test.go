package score

import (
	"context"
	"encoding/csv"
	flags "flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/traffic"
)

var update = flags.Bool("update", false, "write the table of published rates into the help topic")

// The help topic's table of published rates on Ascend that contradict predictions has what the fits that ship predict.
func TestAscendBesidePublishedRates(t *testing.T) {
	const topic, from, to = "../../assets/docs/calibration.md", "<!-- ascend -->\n", "<!-- end ascend -->\n"
	text, err := os.ReadFile("testdata/ascend_published.csv")
	if err != nil {
		t.Fatal(err)
	}
	c := csv.NewReader(strings.NewReader(string(text)))
	c.Comment = '#'
	cells, err := c.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := Read(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	res, err := Run(context.Background(), rows, Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| published | in flight | tok/s published | predicted | TPOT ms published | predicted | likely reason |\n" +
		"|---|---|---|---|---|---|---|\n")
	for i := range res.Rows {
		s, line := &res.Rows[i], cells[i+1]
		if s.Predicted == nil {
			t.Fatal(line, s.Reason)
		}
		flight := s.Row.Concurrency
		if s.Row.Burst {
			flight = s.Row.Requests
		}
		what, reason := line[len(line)-2], line[len(line)-1]
		if reason == "" {
			t.Errorf("%s: no likely reason", what)
		}
		tpot := "-"
		if s.Row.Measured.TPOT > 0 {
			tpot = fmt.Sprintf("%.1f", 1e3*s.Row.Measured.TPOT)
		}
		fmt.Fprintf(&table, "| %s | %d | %.0f | %.0f | %s | %.1f | %s |\n", what, flight, s.Row.Measured.Throughput,
			s.Predicted.Throughput, tpot, 1e3*s.Predicted.TPOT, reason)
	}
	table.WriteString(cloudMatrix(t))
	doc, err := os.ReadFile(topic)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(doc), from)
	is, after, closed := strings.Cut(rest, to)
	switch {
	case !ok || !closed:
		t.Fatalf("%s has no %s", topic, from)
	case *update:
		if err := os.WriteFile(topic, []byte(before+from+table.String()+to+after), 0o644); err != nil {
			t.Fatal(err)
		}
	case is != table.String():
		t.Errorf("the table of the help topic is\n%swant (go test ./sim/score -run Ascend -update)\n%s", is, table.String())
	}
}

// cloudMatrix are the decode rates of CloudMatrix384 beside the decode step of this fit at the same load: requests in
// flight of a chip of two dies are its rate times its TPOT (arXiv 2506.12708: contexts of 4096, W8A8, EP 320, one token
// guessed ahead). Experts are not copied here, so that EP is 256.
func cloudMatrix(t *testing.T) string {
	row := Row{Model: "DeepSeek-R1", Device: "ascend_a3_die", Precision: "w8a8", Engine: plan.ParseServing("vllm-ascend"),
		Decode: Side{Workers: 1, TP: 1, DP: 256, EP: 256, MoETP: 1}}
	names, err := names()
	if err != nil {
		t.Fatal(err)
	}
	m, err := names.modelOf(&row)
	if err != nil {
		t.Fatal(err)
	}
	p, err := names.profileOf(&row, hw.Find)
	if err != nil {
		t.Fatal(err)
	}
	formats, err := names.formatsOf(&row, m)
	if err != nil {
		t.Fatal(err)
	}
	costs, _ := (&oracle{}).priced(&row, p, m)
	setup := row.Decode.Setup(m, p)
	setup.Given = &price.Given{Formats: formats, Costs: costs}
	step, err := price.New(setup)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, c := range []struct {
		chip         int
		rate, tpotMS float64
	}{{96, 1943, 49.4}, {8, 538, 14.9}} {
		n := 256 * c.chip / 2
		h := step.Host()
		s := step.Clock().Seconds(traffic.State{Decoding: n, Width: 1, Context: float64(n) * 4096}) + h.Step +
			h.Sequence*float64(c.chip/2)
		fmt.Fprintf(&text, "| DeepSeek-R1 W8A8, CloudMatrix384, decode at EP 320, MTP, of a chip | %d | %.0f | %.0f | %.1f | "+
			"%.1f | without speculation: the fit's fixed time of experts is that of vllm-ascend on one server, without their fused "+
			"dispatch; MTP gives 1.7 tokens a step |\n", c.chip, c.rate, float64(c.chip)/s, c.tpotMS, s*1e3)
	}
	return text.String()
}
