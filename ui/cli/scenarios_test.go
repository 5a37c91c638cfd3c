package cli

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// shelved are the scenarios of a shelf as files, by their names: saved once, as each is a plan.
var shelved map[string][]byte

// shelf is a lab with three scenarios: the flagship question, the same with longer prompts, and another device.
func shelf(t testing.TB) *lab {
	t.Helper()
	l := newLab(t)
	if shelved != nil {
		if err := os.MkdirAll(filepath.Dir(l.scenario("base")), 0o700); err != nil {
			t.Fatal(err)
		}
		for name, data := range shelved {
			if err := os.WriteFile(l.scenario(name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return l
	}
	saved := map[string][]byte{}
	for name, line := range map[string]string{"base": flagship, "long": strings.Replace(flagship, "3500", "8000", 1),
		"h200": strings.Replace(flagship, die, "H200_SXM", 1)} {
		o := l.run(t, append([]string{"scenarios", "save", name}, strings.Fields(line)...)...)
		if o.code != Done && o.code != Infeasible {
			t.Fatalf("%s: exit %d: %s", name, o.code, o.stderr)
		}
		data, err := os.ReadFile(l.scenario(name))
		if err != nil {
			t.Fatal(err)
		}
		saved[name] = data
	}
	shelved = saved
	return l
}

func (l *lab) scenario(name string) string {
	return filepath.Join(l.home, ".local", "state", "fathom", "scenarios", name+".toml")
}

type shelfJSON struct {
	Schema    string
	Scenarios []struct {
		Name, Error string
		Best        *struct {
			Label      string
			Throughput float64 `json:"throughput_tok_s"`
			Interval   *[2]float64
		}
		Was, Now *struct {
			Model, Device []string
			Best          *struct {
				Throughput float64 `json:"throughput_tok_s"`
			}
		}
		Changed []string
		Inputs  map[string]string
	}
	Differ  []string                        `json:"inputs_that_differ"`
	Aside   []struct{ File, Reason string } `json:"set_aside"`
	Says    []string
	Names   []string
	Results []any
}

func (l *lab) json(t testing.TB, line string) shelfJSON {
	t.Helper()
	o := l.run(t, append(strings.Fields(line), "--format", "json")...)
	var out shelfJSON
	if err := json.Unmarshal([]byte(o.stdout), &out); err != nil {
		t.Fatalf("%s: %v\n%s%s", line, err, o.stdout, o.stderr)
	}
	if out.Schema != "fathom.scenarios/1" {
		t.Errorf("%s: schema %q", line, out.Schema)
	}
	return out
}

// A list shows what was kept, even where it could not be run any more: it runs nothing.
func TestScenariosListKeptAnswers(t *testing.T) {
	l := shelf(t)
	data, err := os.ReadFile(l.scenario("base"))
	if err != nil {
		t.Fatal(err)
	}
	gone := strings.Replace(string(data), "Qwen/Qwen3-32B", "no/such-model", 1)
	os.WriteFile(l.scenario("base"), []byte(gone), 0o600)
	v := l.json(t, "scenarios")
	if len(v.Scenarios) != 3 || v.Scenarios[0].Name != "base" || v.Scenarios[0].Best == nil ||
		v.Scenarios[0].Best.Label != "TP=8 | PP=1 | DP=1" || int(v.Scenarios[0].Best.Throughput) != 1643 ||
		v.Scenarios[1].Best.Interval == nil {
		t.Errorf("%+v", v.Scenarios)
	}
	for _, lang := range []string{"en", "zh"} {
		o := l.run(t, "scenarios", "list", "--lang", lang)
		if o.code != Done || !strings.Contains(o.stdout, "1,643") || o.stderr != "" ||
			strings.Contains(o.stdout, "名称") != (lang == "zh") {
			t.Errorf("%s: %d\n%s%s", lang, o.code, o.stdout, o.stderr)
		}
	}
	if o := l.run(t, "scenarios", "run", "base"); o.code != Failed || !strings.Contains(o.stdout, "no/such-model") {
		t.Errorf("%d\n%s%s", o.code, o.stdout, o.stderr)
	}
}

// A scenario is a saved plan: plan runs its file and finds what was kept.
func TestAScenarioIsAPlan(t *testing.T) {
	l := shelf(t)
	o := l.run(t, "plan", l.scenario("base"), "--format", "json")
	if r := planOf(t, o.stdout); o.code != Done || int(r.Devices[0].Aggregation.Candidates[0].Throughput) != 1643 {
		t.Errorf("%d %s", o.code, o.stderr)
	}
	show := l.run(t, "scenarios", "show", "base")
	if data, _ := os.ReadFile(l.scenario("base")); show.stdout != string(data) {
		t.Errorf("%q\n%q", show.stdout, data)
	}
}

// Run says what is different since the answer was kept; only --keep replaces it.
func TestRunSaysWhatChangedSince(t *testing.T) {
	l := shelf(t)
	if v := l.json(t, "scenarios run base"); len(v.Scenarios[0].Changed) > 0 {
		t.Errorf("nothing changed but %v", v.Scenarios[0].Changed)
	}
	data, _ := os.ReadFile(l.scenario("base"))
	text := regexp.MustCompile(`profile = "\w+"`).ReplaceAllString(string(data), `profile = "0000"`)
	text = regexp.MustCompile(`program = ".*"`).ReplaceAllString(text, `program = "fathom v0.1"`)
	text = regexp.MustCompile(`throughput_tok_s = [\d.]+`).ReplaceAllString(text, `throughput_tok_s = 1500.0`)
	os.WriteFile(l.scenario("base"), []byte(text), 0o600)
	v := l.json(t, "scenarios run base").Scenarios[0]
	all := strings.Join(v.Changed, "; ")
	for _, want := range []string{"the program: fathom v0.1, now ", "profile " + die + " has other figures",
		"1500.00 tok/s, now 1643.49 (+9.57%)"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in %q", want, all)
		}
	}
	if int(v.Was.Best.Throughput) != 1500 || int(v.Now.Best.Throughput) != 1643 {
		t.Errorf("%+v", v)
	}
	if now, _ := os.ReadFile(l.scenario("base")); string(now) != text {
		t.Error("run alone wrote the file")
	}
	if o := l.run(t, "scenarios", "run", "base", "--keep"); o.code != Done || !strings.Contains(o.stdout, "+9.6%") {
		t.Errorf("%d %s%s", o.code, o.stdout, o.stderr)
	}
	if v := l.json(t, "scenarios run"); len(v.Scenarios) != 3 || len(v.Scenarios[0].Changed) > 0 {
		t.Errorf("%+v", v.Scenarios)
	}
}

// One that cannot be run keeps none of the others from it, is named, and is the exit code.
func TestOneBadScenarioAmongGoodOnes(t *testing.T) {
	l := shelf(t)
	data, err := os.ReadFile(l.scenario("base"))
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(l.scenario("gone"), []byte(strings.ReplaceAll(string(data), die, "GONE")), 0o600)
	o := l.run(t, "scenarios", "run")
	if o.code != Failed || !strings.Contains(o.stderr, "gone (1 of 4)") || !strings.Contains(o.stdout, "1,643") ||
		!strings.Contains(o.stdout, "GONE: is no known profile") {
		t.Errorf("exit %d\n%s%s", o.code, o.stdout, o.stderr)
	}
	if o := l.run(t, "scenarios", "run", "base", "long"); o.code != Done {
		t.Errorf("exit %d: %s", o.code, o.stderr)
	}
}

// Side by side: first the inputs that differ, then the results; a figure without an interval proves nothing.
func TestCompareScenarios(t *testing.T) {
	l := shelf(t)
	o := l.run(t, "scenarios", "compare", "base", "long", "h200")
	if o.code != Done {
		t.Fatal(o.stderr)
	}
	last := -1
	for _, want := range []string{"base", "Hardware", "Input length", "strategy", "tok/s", "8 of 10",
		"against the first",
		"TTFT ms", "is not shown to be better"} {
		at := strings.Index(o.stdout, want)
		if at <= last {
			t.Errorf("%q is missing or comes too early:\n%s", want, o.stdout)
		}
		last = at
	}
	v := l.json(t, "scenarios compare base long")
	if strings.Join(v.Differ, " ") != "input_length" || v.Scenarios[1].Inputs["input_length"] != "8000" ||
		len(v.Says) != 1 {
		t.Errorf("%+v", v)
	}
}

func TestScenariosThatAreNotThere(t *testing.T) {
	l := shelf(t)
	os.WriteFile(l.scenario("torn"), []byte("schema = \"fathom.plan/1\"\nmodel = \"x"), 0o600)
	if o := l.run(t, "scenarios"); o.code != Done || !strings.Contains(o.stderr, "torn.toml.damaged") ||
		!strings.Contains(o.stderr, "torn.toml is damaged") || !strings.Contains(o.stdout, "base") {
		t.Errorf("%d\n%s%s", o.code, o.stdout, o.stderr)
	}
	for _, x := range []struct{ line, want string }{
		{"scenarios show bse", "bse: no such scenario; did you mean base?"},
		{"scenarios run base nowhere", "nowhere: no such scenario"},
		{"scenarios compare base", "needs the names of two scenarios"},
		{"scenarios compare base base base base base base base", "takes no further argument"},
		{"scenarios rename base long", "long: a scenario has this name already"},
		{"scenarios rename base ../x", "cannot be the name of a file"},
		{"scenarios copy base h200", "h200: a scenario has this name already"},
		{"scenarios remove", "needs the name of a scenario"},
		{"scenarios save base " + flagship, "base: a scenario has this name already"},
		{"scenarios save", "needs a name and a plan"},
		{"scenarios save x Qwen/Qwen3-32B", "--device"},
		{"scenarios import /no/such/file", "/no/such/file: there is no such file"},
		{"scenarios import x --replace --both", "leave one out"},
		{"scenarios lst", "no such command"},
		{"scenarios export base -o /no/such/dir/x", "there is no directory"},
	} {
		o := l.run(t, strings.Fields(x.line)...)
		if o.code != BadInput || o.stdout != "" || !strings.Contains(o.stderr, x.want) {
			t.Errorf("%s: exit %d, %q, %q", x.line, o.code, o.stdout, o.stderr)
		}
	}
	if v := l.json(t, "scenarios"); len(v.Scenarios) != 3 {
		t.Errorf("%+v", v.Scenarios)
	}
}

func TestScenariosTravel(t *testing.T) {
	l, other := shelf(t), newLab(t)
	file := filepath.Join(t.TempDir(), "all.toml")
	if o := l.run(t, "scenarios", "export", "-o", file); o.code != Done || o.stdout != "" {
		t.Fatal(o.stderr)
	}
	if v := other.json(t, "scenarios import "+file); strings.Join(v.Names, " ") != "base h200 long" {
		t.Error(v.Names)
	}
	if v := other.json(t, "scenarios export base"); len(v.Scenarios) != 1 || v.Scenarios[0].Name != "base" {
		t.Errorf("%+v", v)
	}
	a, b := l.run(t, "scenarios", "export"), other.run(t, "scenarios", "export")
	if a.stdout != b.stdout || a.stdout == "" {
		t.Error("what was imported is not what was exported")
	}
	if o := other.run(t, "scenarios", "remove", "long"); o.code != Done || o.stdout != "removed: long\n" {
		t.Error(o)
	}
	changed := strings.ReplaceAll(a.stdout, "tpot_limit = 50", "tpot_limit = 40")
	os.WriteFile(file, []byte(changed), 0o600)
	o := other.run(t, "scenarios", "import", file)
	if o.code != BadInput || !strings.Contains(o.stderr, "base, h200: scenarios have these names already") ||
		len(other.json(t, "scenarios").Scenarios) != 2 {
		t.Error(o)
	}
	if v := other.json(t, "scenarios import --both "+file); strings.Join(v.Names, "|") != "base 2|h200 2|long" {
		t.Error(v.Names)
	}
	plan := filepath.Join(t.TempDir(), "mine.toml")
	os.WriteFile(plan, []byte("schema = \"fathom.plan/1\"\nmodel = \"Qwen/Qwen3-32B\"\n"), 0o600)
	if v := other.json(t, "scenarios import "+plan); strings.Join(v.Names, "|") != "mine" {
		t.Error(v.Names)
	}
	if o := other.run(t, "scenarios", "list"); !strings.Contains(o.stdout, "not run yet") {
		t.Error(o)
	}
}

// CSV is for programs: columns are named as in the JSON, and figures are plain and whole in every language.
func TestScenariosCSV(t *testing.T) {
	l := shelf(t)
	for line, rows := range map[string]int{"list": 3, "run base": 1, "compare base long h200": 3} {
		line = "scenarios " + line + " --format csv"
		o, zh := l.run(t, strings.Fields(line)...), l.run(t, strings.Fields(line+" --lang zh")...)
		records, err := csv.NewReader(strings.NewReader(o.stdout)).ReadAll()
		if err != nil || len(records) != rows+1 || o.code != Done || o.stdout != zh.stdout {
			t.Fatalf("%s: %v %d\n%s\n%s", line, err, o.code, o.stdout, zh.stdout)
		}
		for i, name := range records[0] {
			if !regexp.MustCompile("^[a-z][a-z0-9_]*$").MatchString(name) {
				t.Errorf("%s: column %q", line, name)
			}
			switch got := records[1][i]; name {
			case "name":
				if got != "base" {
					t.Errorf("%s: %s", line, got)
				}
			case "label":
				if got != "TP=8 | PP=1 | DP=1" {
					t.Errorf("%s: %s", line, got)
				}
			case "throughput_tok_s":
				if v, err := strconv.ParseFloat(got, 64); err != nil || int(v) != 1643 {
					t.Errorf("%s: throughput %q", line, got)
				}
			}
		}
	}
	for _, s := range l.json(t, "scenarios compare base long").Scenarios {
		if len(s.Was.Model) != 1 || s.Was.Model[0] != "Qwen/Qwen3-32B" || len(s.Now.Device) != 1 {
			t.Errorf("%+v", s)
		}
	}
}

// What the command line refuses of scenarios is said in the language that was asked for.
func TestScenariosAreRefusedInChinese(t *testing.T) {
	l := newLab(t)
	for line, want := range map[string]string{"compare base": "需要两个方案的名称", "rename a": "需要一个方案及其新名称",
		"list --format foo": "只能是 table, json, csv, md 之一", "foo": "没有这个命令", "run -o /nonexist/a": "没有目录 /nonexist"} {
		if o := l.run(t, strings.Fields("scenarios "+line+" --lang zh")...); o.code != BadInput ||
			!strings.Contains(o.stderr, want) {
			t.Errorf("%s: %d %s", line, o.code, o.stderr)
		}
	}
	if o := l.run(t, "scenarios", "list", "--lang", "xx"); o.code != BadInput || !strings.Contains(o.stderr, "en, zh") {
		t.Errorf("%d %s", o.code, o.stderr)
	}
}
