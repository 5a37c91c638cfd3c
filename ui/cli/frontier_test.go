package cli

import (
	"encoding/csv"
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"fathom/hw/unraced"
	"fathom/ui/cell"
)

// frontierJSON is the contract of fathom.frontier/1.
type frontierJSON struct {
	Schema    string
	Frontiers []struct {
		X, Y   string
		Limits []struct{ MS, At float64 }
		Sets   []struct {
			Name     *string
			Device   string
			Measured bool
			Points   []struct {
				X, Y            float64
				Label           *string
				Concurrency     *int
				OK, Front, Hull bool
			}
		}
	}
}

func frontierOf(t *testing.T, stdout string) (f frontierJSON) {
	t.Helper()
	if err := json.Unmarshal([]byte(stdout), &f); err != nil || f.Schema != "fathom.frontier/1" {
		t.Fatalf("%v\n%s", err, stdout)
	}
	return f
}

// The points of a frontier are those of --all-points, each by its TPOT and rate; the front is that of the report.
func TestFrontierHasThePointsOfThePlan(t *testing.T) {
	f := frontierOf(t, ok(t, strings.Fields("plan "+flagship+" --device-cost "+die+"=2 --frontier --format json")...))
	if len(f.Frontiers) != 2 || f.Frontiers[0].X != "tok_s_user" || f.Frontiers[0].Y != "tok_s_device" ||
		f.Frontiers[1].Y != "cost_per_mtok" || len(f.Frontiers[0].Sets) != 1 || f.Frontiers[0].Limits[0].At != 20 {
		t.Fatalf("%+v", f.Frontiers)
	}
	type key struct {
		label string
		n     int
	}
	var all struct {
		Devices []struct {
			Points []struct {
				Label       string
				Concurrency int
				TPOT        *float64 `json:"tpot_ms"`
				PerDevice   *float64 `json:"throughput_tok_s_device"`
				Cost        *float64 `json:"cost_per_mtok"`
				Status      string
			}
		}
	}
	out := ok(t, strings.Fields("plan "+flagship+" --device-cost "+die+"=2 --all-points --format json")...)
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatal(err)
	}
	at, cost := map[key][2]float64{}, map[key]float64{}
	for _, p := range all.Devices[0].Points {
		if p.Status != "oom" && p.Status != "invalid" && p.TPOT != nil && p.PerDevice != nil {
			at[key{p.Label, p.Concurrency}] = [2]float64{1000 / *p.TPOT, *p.PerDevice}
			cost[key{p.Label, p.Concurrency}] = *p.Cost
		}
	}
	fronts := 0
	for n, fr := range f.Frontiers {
		if len(fr.Sets[0].Points) != len(at) || len(at) < 10 {
			t.Errorf("%d points, the plan has %d", len(fr.Sets[0].Points), len(at))
		}
		for _, p := range fr.Sets[0].Points {
			k := key{*p.Label, *p.Concurrency}
			want := at[k]
			if n == 1 {
				want[1] = cost[k]
			}
			if near := func(a, b float64) bool { return a-b < 1e-2 && b-a < 1e-2 }; !near(p.X, want[0]) || !near(p.Y, want[1]) {
				t.Errorf("%v: %g, %g; the plan has %v", k, p.X, p.Y, want)
			}
			if p.Front && !p.OK || p.Hull && !p.Front {
				t.Errorf("%+v", p)
			}
			if p.Front {
				fronts++
			}
		}
	}
	if fronts < 4 {
		t.Errorf("%d points on the fronts", fronts)
	}
}

// A saved plan, a scenario and measured runs are laid over it under their names; CSV has every point of JSON.
func TestFrontierOverlays(t *testing.T) {
	unraced.Skip(t)
	l := newLab(t)
	other := put(t, l, "other.toml", "schema = \"fathom.plan/1\"\nmodel = \"Qwen/Qwen3-32B\"\ndevice = [\""+die+
		"\"]\nnum_devices = 16\ninput_length = 3500\n"+
		"output_length = 1500\nttft_limit = 2000\ntpot_limit = 40\nquantize_linear_action = \"W8A8_DYNAMIC\"\n"+
		"quantize_attention_action = \"DISABLED\"\ncompile = true\n")
	runs := put(t, l, "runs.csv", "id,model,gpu,backend,precision,isl,osl,concurrency,tp_size,ttft_ms,tpot_ms\n"+
		"a,Qwen3-32B,"+die+",vllm,w8a8,3500,1500,16,8,900,14\nb,Qwen3-8B,"+die+",vllm,w8a8,3500,1500,16,8,900,14\n")
	if o := l.run(t, "scenarios", "import", other); o.code != Done {
		t.Fatal(o.stderr)
	}
	line := strings.Fields("plan " + flagship + " --frontier --overlay " + other + " other " + runs + " --format")
	o := l.run(t, append(line, "json")...)
	if o.code != Done || !strings.Contains(o.stderr, "1 of 2 runs are of another model") {
		t.Fatalf("exit %d: %s", o.code, o.stderr)
	}
	f := frontierOf(t, o.stdout).Frontiers[0]
	if len(f.Sets) != 4 || len(f.Limits) != 2 || f.Sets[0].Name != nil || *f.Sets[1].Name != "other.toml" ||
		*f.Sets[2].Name != "other" ||
		!f.Sets[3].Measured || len(f.Sets[1].Points) == 0 || len(f.Sets[1].Points) != len(f.Sets[2].Points) {
		t.Fatalf("%+v", f)
	}
	if p := f.Sets[3].Points; len(p) != 1 || *p[0].Label != "a" || p[0].X < 71 || p[0].X > 72 {
		t.Errorf("the run is at 1000/14 tokens a second: %+v", p)
	}
	records, err := csv.NewReader(strings.NewReader(l.run(t, append(line, "csv")...).stdout)).ReadAll()
	n := 0
	for _, s := range f.Sets {
		for _, p := range s.Points {
			if n++; n < len(records) {
				front := strconv.FormatBool(p.Front)
				if x, _ := strconv.ParseFloat(records[n][5], 64); x != p.X || records[n][13] != front {
					t.Errorf("%v, JSON has %+v", records[n], p)
				}
			}
		}
	}
	if err != nil || len(records) != n+1 {
		t.Errorf("%d lines for %d points, %v", len(records), n, err)
	}
	for _, lang := range []string{"en", "zh"} {
		got := l.run(t, append(line, "table", "--ascii", "--lang", lang)...)
		for _, s := range strings.Split(got.stdout, "\n") {
			if cell.Width(s) > 100 {
				t.Errorf("%d cells: %s", cell.Width(s), s)
			}
		}
		golden(t, filepath.Join("testdata", "frontier", lang+".txt"), got.stdout)
	}
}

func TestBadFrontiers(t *testing.T) {
	l := newLab(t)
	foreign := put(t, l, "foreign.csv", "id,model,gpu,backend,precision,isl,osl,concurrency,tp_size,ttft_ms,tpot_ms\n"+
		"b,Qwen3-8B,"+die+",vllm,w8a8,3500,1500,16,8,900,14\n")
	for args, want := range map[string]string{
		"--overlay x.toml":                "add --frontier",
		"--frontier --overlay nothing":    "no such file, and no scenario has this name",
		"--frontier --overlay no.toml":    "name a saved plan",
		"--frontier --overlay no":         "--overlay no: no such file",
		"--overlay off -o page.html":      "--overlay off: no such file",
		"--frontier --overlay " + foreign: "none of its runs is of the plan's model",
		"--format html --overlay nothing --engine msmodeling --msmodeling-root " + t.TempDir(): "no such file, and no scenario",
		"--frontier --sweep tpot=10..20":                     "leave one out",
		"--frontier --copy serve":                            "leave --copy or --frontier out",
		"--frontier --engine msmodeling --msmodeling-root .": "leave --engine or --frontier out",
	} {
		o := l.run(t, strings.Fields("plan "+flagship+" "+args)...)
		if o.code != BadInput || o.stdout != "" || !strings.Contains(o.stderr, want) {
			t.Errorf("%s: exit %d, %s", args, o.code, o.stderr)
		}
	}
}
