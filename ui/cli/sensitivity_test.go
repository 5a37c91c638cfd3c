package cli

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
)

// The sentence names the value from which another wins, and plans on either side of it say so too.
func TestSensitivitySaysWhereTheWinnerChanges(t *testing.T) {
	var got struct {
		Schema    string
		Decisions []struct {
			Winners string
			Now     struct{ Winner *string }
			Levers  []struct {
				Knob      *string
				From, To  float64
				Crossings []struct {
					At           float64
					Below, Above *string
				}
			}
			Says []string
		}
	}
	out := ok(t, strings.Fields("plan "+flagship+" --sensitivity hit-rate=0..0.9 --format json")...)
	if err := json.Unmarshal([]byte(out), &got); err != nil || got.Schema != "fathom.sensitivity/1" {
		t.Fatal(err, out)
	}
	d := got.Decisions[0]
	if d.Winners != "strategies" || len(d.Levers) != 1 || len(d.Levers[0].Crossings) != 1 || len(d.Says) != 3 {
		t.Fatalf("%+v", d)
	}
	c := d.Levers[0].Crossings[0]
	for rate, want := range map[string]*string{"0.42": c.Below, "0.44": c.Above} {
		best := planOf(t, ok(t, strings.Fields("plan "+flagship+" --format json --prefix-cache-hit-rate "+rate)...)).
			Devices[0].Aggregation.Best
		if best.Label != *want || c.At < 0.42 || c.At > 0.44 {
			t.Errorf("at %s %s wins, said was %s; crossing at %g", rate, best.Label, *want, c.At)
		}
	}
	if !strings.Contains(d.Says[1], "neither is shown to be better") ||
		!strings.Contains(d.Says[2], "TP=8 | PP=1 | DP=1 wins unless Hit rate is 0.4289 or more: then TP=4") {
		t.Error(d.Says)
	}
}

func TestSensitivityForms(t *testing.T) {
	line := "plan " + strings.Replace(flagship, die, die+" ATLAS_800_A2_376T_64G", 1) + " --device-cost " + die +
		"=2 ATLAS_800_A2_376T_64G=1.95 --sensitivity"
	for name, args := range map[string]string{"en.txt": "", "en.md": " --format md", "zh.txt": " --lang zh",
		"ascii.txt": " --ascii"} {
		golden(t, filepath.Join("testdata", "sensitivity", name), ok(t, strings.Fields(line+args)...))
	}
}

func TestBadSensitivities(t *testing.T) {
	for args, want := range map[string]string{
		"--sensitivity input=9..1":                              "--sensitivity input=9..1: the range runs backwards",
		"--sensitivity input=5":                                 "needs two ends",
		"--sensitivity acceptance=0..1":                         "give --num-mtp-tokens",
		"--sensitivity --sweep tpot=1..9":                       "leave --sweep and --frontier out",
		"--sensitivity --copy serve":                            "leave --copy or --sensitivity out",
		"--sensitivity --format csv":                            "comes as table, json, md, html or svg",
		"--sensitivity --engine msmodeling --msmodeling-root .": "leave --engine or --sensitivity out",
	} {
		o := newLab(t).run(t, strings.Fields("plan "+flagship+" "+args)...)
		if o.code != BadInput || o.stdout != "" || !strings.Contains(o.stderr, want) {
			t.Errorf("%s: exit %d, %s", args, o.code, o.stderr)
		}
	}
}
