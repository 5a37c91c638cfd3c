package score

import (
	"context"
	"encoding/csv"
	flags "flag"
	"fmt"
	"os"
	"strings"
	"testing"
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
	table.WriteString("| published | in flight | tok/s published | predicted | likely reason |\n|---|---|---|---|---|\n")
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
		fmt.Fprintf(&table, "| %s | %d | %.0f | %.0f | %s |\n", what, flight, s.Row.Measured.Throughput,
			s.Predicted.Throughput, reason)
	}
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
