package cli

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/hw/unraced"
	"fathom/sim/engine"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/sweep"
	"fathom/ui/cell"
	"fathom/ui/style"
	"fathom/ui/text"

	"github.com/muesli/termenv"
)

var update = flag.Bool("update", false, "write the goldens anew")

// sweepJSON is the contract of fathom.sweep/1.
type sweepJSON struct {
	Schema  string
	Partial bool
	Knobs   []struct {
		Name   string
		Values []float64
	}
	Cells []struct {
		At         []float64
		Device     string
		Label      *string
		Throughput *float64    `json:"throughput_tok_s"`
		PerDevice  *float64    `json:"throughput_tok_s_device"`
		Interval   *[2]float64 `json:"interval"`
		Cost       *float64    `json:"cost_per_mtok"`
		Status     string
		Reason     string
		Wins       *bool
	}
	Changes []struct {
		From, To float64
		Was, Now *string
	}
}

func sweepOf(t *testing.T, stdout string) (s sweepJSON) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(stdout))
	if err := d.Decode(&s); err != nil || s.Schema != "fathom.sweep/1" {
		t.Fatalf("%v\n%s", err, stdout)
	}
	return s
}

// A cell of the command line is what `plan` prints with the knob's own flag.
func TestSweepCellsAreWhatPlanPrints(t *testing.T) {
	unraced.Skip(t)
	for flag, values := range map[string][]string{
		"input-length": {"512", "7000", "64000"}, "output-length": {"1", "3000"}, "ttft-limit": {"300", "2000"},
		"tpot-limit": {"9", "12.5"}, "concurrency": {"1", "12", "300"}, "acceptance-length": {"1",
			"1.5"}, "num-devices": {"2", "16", "100000"}, "batch-range": {"4", "40"},
		"max-batched-tokens": {"4096"}, "prefix-cache-hit-rate": {"0.3"}, "mtp-acceptance-rates": {"0.5"},
		"reserved-memory-gb": {"0", "40"}, "device-cost": {"2.5"},
	} {
		line := "plan " + flagship + " --num-mtp-tokens 0 1 --format json"
		sweep := newLab(t).run(t, strings.Fields(line+" --sweep "+flag+"="+strings.Join(values, ","))...)
		got := sweepOf(t, sweep.stdout)
		if len(got.Knobs) != 1 || got.Knobs[0].Name != flag || len(got.Cells) != len(values) {
			t.Fatalf("%s: %+v", flag, got.Knobs)
		}
		for i, v := range values {
			single := v
			if flag == "device-cost" {
				single = die + "=" + v
			}
			c := got.Cells[i]
			o := newLab(t).run(t, strings.Fields(line+" --"+flag+" "+single)...)
			if o.code == BadInput {
				if c.Status != "invalid" || c.Reason == "" || c.Label != nil || c.Throughput != nil {
					t.Errorf("%s %s: plan refuses it, the cell is %+v", flag, v, c)
				}
				continue
			}
			best := planOf(t, o.stdout).Devices[0].Aggregation.Best
			switch {
			case best == nil:
				if c.Label != nil || c.Status == "ok" || c.Reason == "" {
					t.Errorf("%s %s: plan has no answer, the cell is %+v", flag, v, c)
				}
			case c.Label == nil || *c.Label != best.Label ||
				*c.Throughput != planOf(t, o.stdout).Devices[0].Aggregation.Candidates[0].Throughput || c.Status != "ok":
				t.Errorf("%s %s: plan has %+v, the cell is %+v", flag, v, best, c)
			case (c.Cost != nil) != (flag == "device-cost"):
				t.Errorf("%s %s: cost %v", flag, v, c.Cost)
			}
		}
	}
}

// CSV has the cells of JSON, and both name every device.
func TestSweepCSV(t *testing.T) {
	line := strings.Fields("plan " + strings.Replace(flagship, die, die+" ATLAS_800_A2_313T_64G", 1) +
		" --sweep input-length=1k,30k --sweep tpot-limit=20,50 --format")
	got := sweepOf(t, ok(t, append(line, "json")...))
	records, err := csv.NewReader(strings.NewReader(ok(t, append(line, "csv")...))).ReadAll()
	if err != nil || len(records) != 1+len(got.Cells) || len(got.Cells) != 8 {
		t.Fatalf("%v: %d records, %d cells", err, len(records), len(got.Cells))
	}
	wins := 0
	for i, c := range got.Cells {
		r := records[i+1]
		x, _ := strconv.ParseFloat(r[0], 64)
		y, _ := strconv.ParseFloat(r[1], 64)
		rate := ""
		if c.Throughput != nil {
			rate = strconv.FormatFloat(*c.Throughput, 'f', -1, 64)
		}
		if x != c.At[0] || y != c.At[1] || r[2] != c.Device || r[5] != rate || r[13] != c.Status || c.Wins == nil ||
			r[15] != strconv.FormatBool(*c.Wins) {
			t.Errorf("%v and %+v", r, c)
		}
		if *c.Wins {
			wins++
		}
	}
	if wins == 0 || wins > 4 {
		t.Errorf("%d winners at four places", wins)
	}
}

func TestBadSweepsOnTheLine(t *testing.T) {
	for args, want := range map[string]string{
		"--sweep tpot-limit=50..10":                                         "tpot-limit=50..10: the range runs backwards; write tpot-limit=10..50",
		"--sweep tpot-limit=1..1e300":                                       "is out of its range: values lie above 0 to 1000000000",
		"--sweep input-length=1..99999999999999999999:5":                    "is out of its range",
		"--sweep tpot-limit=1..9:log:1000000000":                            "a range has 2 to 1000",
		"--sweep tpot-limit=nan..inf":                                       "is no value of tpot-limit",
		"--sweep temperature=0..1":                                          "is no knob; knobs are",
		"--sweep tpot-limit":                                                "needs values",
		"--sweep":                                                           "needs a value",
		"--sweep acceptance=0..1":                                           "give --num-mtp-tokens",
		"--sweep tpot-limit=10..20 --copy serve":                            "leave --copy or --sweep out",
		"--sweep tpot-limit=10..20 --engine msmodeling --msmodeling-root .": "leave --engine or --sweep out",
		"--sweep tpot=1..9 --sweep ttft=1..9 --sweep input=1,2":             "at most two knobs",
	} {
		o := newLab(t).run(t, strings.Fields("plan "+flagship+" "+args)...)
		if o.code != BadInput || o.stdout != "" || !strings.Contains(o.stderr, want) {
			t.Errorf("%s: exit %d, %s", args, o.code, o.stderr)
		}
	}
	l := newLab(t)
	l.terminal = true
	if o := l.run(t, strings.Fields(flagship+" --sweep tpot-limit=10..20")...); o.code != BadInput ||
		!strings.Contains(o.stderr, "belongs to fathom plan") {
		t.Errorf("the dashboard took a sweep: exit %d, %s", o.code, o.stderr)
	}
	o := newLab(t).run(t, strings.Fields("plan "+flagship+" --sweep ttft-limit=0.1,0.2")...)
	if o.code != Infeasible || !strings.Contains(o.stdout, "over TTFT") {
		t.Errorf("no cell has an answer: exit %d, %s", o.code, o.stdout)
	}
}

// Help and completion know every knob.
func TestHelpAndCompletionKnowKnobs(t *testing.T) {
	complete := ok(t, "__complete", "plan", "--sweep", "")
	for _, lang := range text.Languages {
		c := catalog(lang)
		for _, k := range sweep.Names() {
			if !strings.Contains(c.T("field.sweep.help"), k) || !strings.Contains(complete, k+"=") {
				t.Errorf("%s: %s is not named", lang, k)
			}
			s := sweepSheet{texts: c}
			for i := range sweep.Knobs {
				if name := s.knob(&sweep.Knobs[i]); strings.HasPrefix(name, "<") {
					t.Errorf("%s: knob %s has no name", lang, sweep.Knobs[i].Name)
				}
			}
		}
	}
}

// The forms for people, in both languages: a curve and a map, in 256 colours, in 16, without, and in ASCII.
func TestSweepPictures(t *testing.T) {
	m, err := model.Find("Qwen/Qwen3-32B")
	if err != nil {
		t.Fatal(err)
	}
	var profiles []*hw.Profile
	for _, name := range []string{die, "ATLAS_800_A2_313T_64G"} {
		p, err := hw.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		profiles = append(profiles, p)
	}
	req := &plan.Request{Model: m, Profiles: profiles[:1], Devices: 8, InputLength: 3500, OutputLength: 1500,
		TTFTLimit: 2000, TPOTLimit: 50, ReservedGB: 10, Quant: plan.Quant{Linear: plan.W8A8Dynamic},
		Options: plan.Options{Compile: true}, Prices: []plan.Price{{Device: die, PerHour: 2}}}
	two := *req
	two.Profiles = profiles
	for _, c := range []struct {
		name   string
		req    *plan.Request
		sweeps []string
	}{
		{"curve", req, []string{"input-length=512..32k:log:8"}},
		{"map", req, []string{"input-length=512..32k:log:12", "tpot-limit=8..32:7"}},
		{"rivals", &two, []string{"concurrency=1..512:log:6"}},
	} {
		axes, err := sweep.Parse(c.sweeps, c.req)
		if err != nil {
			t.Fatal(err)
		}
		out, err := engine.Sweep(context.Background(), c.req, axes, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range text.Languages {
			for _, look := range []struct {
				name    string
				profile termenv.Profile
				ascii   bool
			}{{"256", termenv.ANSI256, false}, {"16", termenv.ANSI, false}, {"plain", termenv.Ascii, false},
				{"ascii", termenv.Ascii, true}} {
				env := func(string) string { return "" }
				s := sweepSheet{out: out, texts: catalog(lang), width: 80,
					theme: style.Make(os.Stderr, look.profile, style.Wish{ASCII: look.ascii}, env)}
				if look.ascii && lang == text.Languages[0] {
					s.texts = s.texts.Plain()
				}
				lines := s.lines()
				got := strings.Join(lines, "\n") + "\n"
				golden(t, filepath.Join("testdata", "sweep", lang+"-"+c.name+"-"+look.name+".txt"), got)
				if strings.ContainsRune(got, '\x1b') != (look.profile != termenv.Ascii) {
					t.Errorf("%s %s: colour where there is none, or none", c.name, look.name)
				}
				for _, l := range lines {
					if strings.Contains(l, "<") && strings.Contains(l, ">") && lang != "en" && strings.Contains(l, "sweep.") {
						t.Errorf("a text is missing: %s", l)
					}
					if cell.Width(l) > 80 {
						t.Errorf("%d cells: %q", cell.Width(l), l)
					}
				}
			}
		}
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("%s: %v; differs from:\n%s", path, err, got)
	}
}
