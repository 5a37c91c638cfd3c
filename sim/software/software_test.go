package software

import (
	"slices"
	"strings"
	"testing"
)

// Every engine is found by its name and its parts, and every launch has a template that takes any order.
func TestEnginesAreWhole(t *testing.T) {
	for _, e := range All() {
		if Find(e.Name) != e || In("x/"+e.Name+" --y") != e {
			t.Errorf("%s is not found by its name", e.Name)
		}
		if port := Find(e.PortOf); e.PortOf != "" && (port == nil || port.On(e.Vendors[0]) != e) {
			t.Errorf("%s brings %q to no device", e.Name, e.PortOf)
		}
		for i := range e.Launch {
			for bits := range 1 << 8 {
				on := func(bit, yes, no int) int {
					if bits>>bit&1 == 1 {
						return yes
					}
					return no
				}
				o := Order{Model: "a dir/m", TP: 2, PP: on(0, 2, 1), DP: on(1, 4, 1), EP: on(2, on(3, 8, 1), 0), MoEDP: on(4, 2, 1),
					DCP: on(5, 2, 1), Context: 5000, Concurrency: 7, MTP: on(6, 2, 0), Budget: on(7, 3, 0),
					Role:         []string{"aggregation", "prefill", "decode"}[bits%3],
					LinearAction: []string{"DISABLED", "FP8"}[bits%2], LinearFormat: []string{"bf16", "fp8"}[bits%2],
					CacheAction: []string{"INT8", "DISABLED"}[bits%2], CacheFormat: []string{"int8", "bf16"}[bits%2],
					RedundantExperts: 32 * (1 - min(1, bits%5)), ExternalShared: bits%7 == 0}
				o.MoETP, o.Prompt, o.Node = on(3, 1, 2), 3000, on(4, 4, 0)
				text := e.Launch[i].Write(o)
				if !slices.Contains(text.Args, "a dir/m") && !strings.Contains(text.FileText, `"modelName": "m"`) {
					t.Fatalf("%s: a name with a space is taken apart: %q", e.Launch[i].Title, text.Args)
				}
				if strings.Contains(text.FileText, blank) || (text.File == "") != (text.FileText == "") {
					t.Fatalf("%s: the file %q is %q", e.Launch[i].Title, text.File, text.FileText)
				}
				for _, w := range text.Warnings {
					if said := w.String(); strings.ContainsAny(said, "{<") {
						t.Errorf("%s: %s", e.Launch[i].Title, said)
					}
				}
			}
		}
	}
}

func TestEngineOfAText(t *testing.T) {
	for text, want := range map[string]string{
		"vllm-ascend v0.11": "vllm-ascend", "python -m sglang.launch_server": "sglang", "TensorRT-LLM 1.0": "trtllm",
		"dynamo-trt": "trtllm", "vLLM v1": "vllm",
	} {
		if e := In(text); e == nil || e.Name != want {
			t.Errorf("%q: %v", text, e)
		}
	}
	if e := In("unheard of"); e != nil {
		t.Errorf("an unknown engine is %s", e.Name)
	}
	if e := Commanded("mindie serve vllm-ascend/Qwen3"); e == nil || e.Name != "mindie" {
		t.Errorf("by its command: %v", e)
	}
	if e, flag := ByFlags("run --context-length=8"); e == nil || e.Name != "sglang" || flag != "--context-length" {
		t.Errorf("by its flags: %v %s", e, flag)
	}
}

// The usual choice of a vendor comes first; devices of any other vendor have what needs none.
func TestLaunchesByVendor(t *testing.T) {
	for vendor, want := range map[string]string{"NVIDIA": "vLLM, SGLang, TensorRT-LLM",
		"Huawei": "vLLM-Ascend, SGLang on Ascend, MindIE", "huawei": "vLLM-Ascend, SGLang on Ascend, MindIE",
		"AMD": "vLLM, SGLang", "": "vLLM, SGLang"} {
		var titles []string
		for _, l := range Launches(vendor) {
			titles = append(titles, l.Title)
		}
		if got := strings.Join(titles, ", "); got != want {
			t.Errorf("%q: %s, want %s", vendor, got, want)
		}
	}
	if got := Usual("Huawei").Name + " " + Usual("NVIDIA").Name; got != "vllm-ascend vllm" {
		t.Errorf("usual: %s", got)
	}
}

func TestEngineFaults(t *testing.T) {
	good := "name = \"x\"\ntitle = \"X\"\nparts = [\"x\"]\n[scheduler]\npolicy = \"mixed\"\nbatched_tokens = " +
		"1\nsequences = 1\n"
	if _, err := Read("x.toml", []byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"policy":  {`"mixed"`, `"mixt"`, `policy mixt: want one of mixed, `},
		"key":     {"sequences", "sequenzes", "unknown key scheduler.sequenzes"},
		"limit":   {"sequences = 1", "sequences = 0", "must be above 0"},
		"no name": {`name = "x"`, "", "name, title or parts are missing"},
	} {
		if _, err := Read("x.toml", []byte(strings.Replace(good, c.from, c.to, 1))); err == nil ||
			!strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "x.toml") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A number of several values breaks a rule with any of them; a number that is not there breaks none.
func TestRules(t *testing.T) {
	numbers := map[string][]int{"a": {8, 12}, "b": {8}, "two": {2}, "zero": {0}}
	n := func(name string) ([]int, bool) { v, ok := numbers[name]; return v, ok }
	for _, c := range []struct {
		rule Rule
		want string
	}{
		{Rule{Number: "a", By: "b", Says: "rule.query-heads", Numbers: []string{"b", "a"}, Source: "s"},
			"X refuses: TP 8 does not divide 12 query heads (s)"},
		{Rule{Number: "a", By: "two"}, ""},
		{Rule{Number: "two", By: "b", Says: "rule.moe-dp", Numbers: []string{"two"}, Source: "s", Versions: "before 2"},
			"X refuses: experts have no data parallelism of their own, here MoE-DP 2 (before 2: s)"},
		{Rule{Number: "two", By: "b", Either: true}, ""},
		{Rule{Number: "a", By: "none"}, ""},
		{Rule{Number: "a", By: "zero"}, ""},
		{Rule{Number: "a", By: "b", Unless: "two"}, ""},
		{Rule{Number: "a", By: "b", Unless: "zero", Says: "reason.shared", Source: "s"},
			"X refuses: shared-expert TP needs EP above 1 (s)"},
		{Rule{Number: "two", Among: []string{"a"}, Says: "reason.shared", Source: "s"},
			"X refuses: shared-expert TP needs EP above 1 (s)"},
		{Rule{Number: "b", Among: []string{"a"}}, ""},
		{Rule{Number: "two", With: "b", Says: "reason.shared", Source: "s"},
			"X refuses: shared-expert TP needs EP above 1 (s)"},
		{Rule{Number: "two", With: "zero"}, ""},
	} {
		e := Engine{Title: "X", Refuses: []Rule{c.rule}}
		if got := e.Refusal(n).String(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.rule, got, c.want)
		}
	}
	head := "name = \"x\"\ntitle = \"X\"\nparts = [\"x\"]\n[scheduler]\nbatched_tokens = 1\nsequences = 1\npolicy = " +
		"\"mixed\"\n"
	for text, want := range map[string]string{
		"[[refuses]]\nnumber = \"a\"\nby = \"b\"\nsays = \"x\"\nsource = \"s\"\n":               "",
		"[[refuses]]\nnumber = \"a\"\nby = \"b\"\nsays = \"x\"\n":                               "needs number, says, source",
		"[[refuses]]\nnumber = \"a\"\nby = \"b\"\nwith = \"c\"\nsays = \"x\"\nsource = \"s\"\n": "one of by, among, with",
	} {
		if _, err := Read("x.toml", []byte(head+text)); (err == nil) != (want == "") ||
			err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
