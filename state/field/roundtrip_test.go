package field

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/workload"

	"pgregory.net/rapid"
)

// requests draws valid requests of all modes.
func requests(c Catalog) *rapid.Generator[*plan.Request] {
	return rapid.Custom(func(t *rapid.T) *plan.Request {
		some := func(name string) bool { return rapid.Bool().Draw(t, name) }
		number := func(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, name) }
		rate := func(name string) float64 { return float64(number(name, 1, 999)) / 1000 }
		m := c.Models[rapid.SampledFrom([]string{dense, moe, vision}).Draw(t, "model")]
		q := &plan.Request{Model: m, Devices: 8, InputLength: number("input", 1, 30_000),
			OutputLength: number("output", 2, 8_000),
			Quant: plan.Quant{Linear: plan.LinearAction(number("linear", 0, int(plan.NumLinearActions)-1)),
				NonExpert:  plan.LinearAction(number("nonexpert", 0, int(plan.NumLinearActions)-1)),
				Attention:  plan.AttentionAction(number("attention", 0, int(plan.NumAttentionActions)-1)),
				MXFP4Group: number("group", 1, 128)},
			ReservedGB: float64(number("reserved", 0, 20)) / 2, MaxCombinations: number("combinations", 0, 1000),
			Mode: plan.Mode(number("mode", 0, 2)), KeepAll: some("keep")}
		if m.MoE() && q.Quant.Linear == plan.LinearDisabled && q.Quant.NonExpert == plan.LinearDisabled {
			q.Quant.Attention = plan.AttentionDisabled // the model with experts has latent attention
		}
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(1, 3), 1, 3, rapid.ID).Draw(t, "profiles") {
			q.Profiles = append(q.Profiles, c.Profiles[i].Profile())
		}
		q.Profiles = slices.Clone(q.Profiles)
		if some("file") && q.Mode == plan.Aggregation {
			q.InputLength, q.InputFile, q.Distribution = 0, "lengths.yaml", c.Lengths["lengths.yaml"]
		}
		if q.InputFile == "" && q.Mode != plan.Disaggregation && some("mix") {
			q.Workload = workload.Find("chat")
			q.InputLength, q.OutputLength = q.Workload.Lengths()
		}
		q.TTFTLimit, q.TPOTLimit = rate("ttft")*5000, rate("tpot")*100
		if q.Mode == plan.Aggregation && some("nottft") {
			q.TTFTLimit = 0
		}
		if q.Mode != plan.PDRatio && some("notpot") && q.TTFTLimit > 0 {
			q.TPOTLimit = 0
		}
		if q.Mode == plan.PDRatio {
			if !some("searched") {
				q.PrefillDevices, q.DecodeDevices = 2, 4
			}
			if some("pools") { // of every profile a number, or as many as it takes
				for _, p := range q.Profiles {
					q.PrefillPools = append(q.PrefillPools, plan.Pool{Profile: p, Devices: 4 * number("stock", 0, 1)})
				}
				q.DecodePools = q.PrefillPools[:1:1]
			}
		}
		if q.Mode != plan.Disaggregation && q.TTFTLimit > 0 && q.ImageBatch == 0 {
			q.TTFTAt = plan.Percentile(number("ttft at", 0, int(plan.NumPercentiles)-1))
			if q.TPOTLimit > 0 {
				q.TPOTAt = plan.Percentile(number("tpot at", 0, int(plan.NumPercentiles)-1))
			}
			if some("e2e") {
				q.E2ELimit, q.E2EAt = rate("e2e")*9000+1, plan.Percentile(number("e2e at", 0, int(plan.NumPercentiles)-1))
			}
			if some("goodput") {
				q.Goodput = rate("goodput")/2 + 0.1
			}
		}
		sizes := func(name string) plan.Sizes {
			switch number(name, 0, 2) {
			case 0:
				return plan.Sizes{}
			case 1:
				return plan.Sizes{Searched: true}
			}
			return plan.Sizes{Searched: true, Values: [][]int{{1}, {2, 1}}[number(name+" list", 0, 1)]}
		}
		q.TP, q.DCP = sizes("tp"), plan.Sizes{}
		if m.MoE() {
			q.EP, q.MoEDP = sizes("ep"), plan.Sizes{}
			if some("mtp") {
				q.MTP, q.Acceptance = []int{0, 1, 3}, []float64{rate("a1"), rate("a2")}
			}
			q.SharedExpertTP = some("shared")
		}
		if m.Vision != nil && !q.Played() && q.E2EAt == 0 && some("images") {
			q.ImageBatch, q.ImageHeight, q.ImageWidth = number("images", 1, 8), number("h", 1, 4096), number("w", 1, 4096)
		}
		if some("cache") {
			q.PrefixCacheHitRate = rate("hit")
		}
		if some("range") {
			q.BatchMin = number("min", 1, 100)
			q.BatchMax = q.BatchMin + number("more", 0, 100)
		}
		if some("budget") {
			q.MaxBatchedTokens = number("budget", 1, most)
		}
		if some("cost") {
			q.ServingCostMS = rate("cost")
		}
		q.Options = plan.Options{Compile: some("compile"), AllowGraphBreak: some("break"), Multistream: some("multistream"),
			SequenceParallel: some("sp"), MatmulAllReduce: some("allreduce"), DispatchFFNCombine: some("dispatch")}
		q.Search = plan.Search(number("search", 0, 2))
		if some("pp") && q.Search == plan.SearchExhaustive {
			q.PP = plan.Sizes{Searched: true, Values: []int{1, 2}}
		}
		if some("power") {
			q.PowerCap, q.PowerLimit, q.PerWatt = 100+rate("cap"), 1000+1000*rate("limit"), rate("per watt")
		}
		if q.MTP == nil && some("draft") {
			q.Speculation = plan.Speculation{Draft: []string{"eagle", "model", "ngram"}[number("kind", 0, 2)],
				Tokens: number("ahead", 1, 8), Length: 1 + rate("length"), Share: rate("share")}
		}
		if some("target") {
			q.TargetQPS = rate("qps") * 100
		} else {
			q.TargetConcurrency = number("target concurrency", 0, 1000)
		}
		if some("price") {
			q.Prices = []plan.Price{{Device: pcie, PerHour: rate("price")}}
		}
		q.WordEmbedding = plan.WordEmbedding(number("embedding", 0, 2))
		q.AllowRefused = some("refused")
		if some("serving") {
			q.Serving = plan.ParseServing("vllm")
		}
		if q.Mode != plan.Disaggregation && q.InputFile == "" {
			q.Traffic = plan.Traffic(number("traffic", 0, 2))
		}
		if q.Traffic == plan.TrafficPoisson {
			q.QPS = rate("sent") * 10
		}
		if q.Mode != plan.Disaggregation && q.InputFile == "" && some("service") {
			if s := services(t); s.Fleet == "" || q.Mode == plan.Aggregation {
				q.Service, q.Traffic = s, plan.TrafficNone
				q.QPS = rate("sent") * 10
			}
		}
		q.Strategy = plan.ConcurrencySearch(number("strategy", 0, 1))
		q.Fidelity = [...]plan.Fidelity{plan.FidelityAuto, plan.Reference, plan.Corrected}[number("fidelity", 0, 2)]
		if some("machinery") {
			q.Machinery = []plan.Flag{{Name: "jobs", Values: []string{"3"}}, {Name: "verbose"},
				{Name: "chrome-trace-file", Values: []string{"a b'c.json"}}}
		}
		return q
	})
}

// services draws what a plan may be played against.
func services(t *rapid.T) (s plan.Service) {
	some := func(name string) bool { return rapid.Bool().Draw(t, name) }
	whole := func(name string, lo, hi int) float64 { return float64(rapid.IntRange(lo, hi).Draw(t, name)) }
	switch rapid.IntRange(0, 2).Draw(t, "service") {
	case 0:
		s.Trace, s.Replicas = "a trace.jsonl", int(whole("replicas", 0, 9))
		if some("scaled") {
			s.TraceFormat, s.TraceScale = "mooncake", whole("scale", 1, 40)/8
		}
		if some("window") {
			s.TraceFrom, s.TraceTo = whole("from", 1, 100), whole("to", 101, 200)/2+100
		}
	case 1:
		s.Sessions = plan.Sessions{Turns: whole("turns", 1, 9), Think: whole("think", 0, 99) / 4,
			System: whole("system", 0, 2000), Groups: whole("groups", 0, 9)}
	default:
		s.Fleet = "day"
		if some("scaling") {
			s.Scaling = plan.Scaling{Min: whole("min", 1, 5), Max: whole("max", 5, 50), ColdStart: whole("cold", 1, 500),
				Down: whole("down", 1, 900), Target: whole("target", 1, 8) / 8, Spare: whole("spare", 0, 3)}
		}
	}
	if some("routing") {
		s.Routing = "prefix"
	}
	if s.Fleet == "" && some("tiers") {
		s.Tiers = plan.Tiers{HostGiB: whole("host", 1, 999), HostGBs: whole("host rate", 1, 99)}
	}
	return s
}

// metered is the world with profiles that state what they draw, so that plans may cap it.
func metered(t testing.TB) Catalog {
	c := world(t)
	for i, p := range c.Profiles.Profiles() {
		own := *p
		own.PowerWatts, own.IdleWatts = 700, 74
		c.Profiles[i] = hw.EntryOf(&own)
	}
	return c
}

// back answers the request again from answers, with defaults as a headless plan has them.
func back(t *rapid.T, a Answers, c Catalog) *plan.Request {
	q, issues := Request(FillDefaults(a), c)
	if q == nil {
		t.Fatalf("refused: %v", issues)
	}
	return q
}

func same(t *rapid.T, what string, got, want *plan.Request) {
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func TestRequestToCommandAndBack(t *testing.T) {
	c := metered(t)
	rapid.Check(t, func(t *rapid.T) {
		want := requests(c).Draw(t, "request")
		// the reference tool's command cannot say these
		theirs := *want
		theirs.PowerCap, theirs.PowerLimit, theirs.PerWatt, theirs.Speculation = 0, 0, 0, plan.Speculation{}
		theirs.Quant.Linear = want.Quant.Linear.Nearest(want.Model) // its command stands for the nearest action
		theirs.Quant.NonExpert = want.Quant.NonExpert.Nearest(want.Model)
		theirs.Fidelity, theirs.Search, theirs.KeepAll = 0, 0, false
		theirs.PrefillPools, theirs.DecodePools = nil, nil
		theirs.PP, theirs.Prices, theirs.TargetQPS, theirs.TargetConcurrency = plan.Sizes{}, nil, 0, 0
		theirs.Workload, theirs.TTFTAt, theirs.TPOTAt, theirs.E2ELimit, theirs.E2EAt, theirs.Goodput = nil, 0, 0, 0, 0, 0
		theirs.AllowRefused, theirs.Serving, theirs.Traffic, theirs.QPS = false, plan.AnyServing, 0, 0
		theirs.Service = plan.Service{}
		for _, line := range []string{Shell(Command(want)), Wrap(Command(want), rapid.IntRange(1, 200).Draw(t, "width"))} {
			p := FromCommand(line)
			if p.Err() || len(p.Notes) > 0 {
				t.Fatalf("%s\n%v %v", line, p.Issues, p.Notes)
			}
			same(t, line, back(t, p.Answers, c), &theirs)
		}
		ours := FathomCommand(FromRequest(want), c)
		p := FromArgs(ours[1:], FromFlag, "")
		same(t, Shell(ours), back(t, p.Answers, c), want)
	})
}

func TestRequestToTOMLAndBack(t *testing.T) {
	c := metered(t)
	rapid.Check(t, func(t *rapid.T) {
		want := requests(c).Draw(t, "request")
		text := ToTOML(FromRequest(want))
		p := FromTOML(text, "plan.toml")
		if p.Err() || len(p.Notes) > 0 {
			t.Fatalf("%v %v\n%s", p.Issues, p.Notes, text)
		}
		same(t, text, back(t, p.Answers, c), want)
	})
}

// TestAnswersToTOMLAndBack: what a user typed into any field survives a saved plan, word by word.
func TestAnswersToTOMLAndBack(t *testing.T) {
	for id := range NumIDs {
		f := &Table[id]
		if f.Group == GroupOutput || f.Group == GroupScreen {
			continue
		}
		for _, text := range []string{f.Example, "no such value", "a'b \\\"c", "on"} {
			var a Answers
			a[id] = Answer{Text: text, Source: You}
			p := FromTOML(ToTOML(a), "plan.toml")
			if p.Err() {
				t.Errorf("%v %q: %v", id, text, p.Issues)
				continue
			}
			var c Catalog
			was, is := Read(&a, &c), Read(&p.Answers, &c)
			if !reflect.DeepEqual(was.Values[id], is.Values[id]) {
				t.Errorf("%v %q: read %+v, after the file %+v", id, text, was.Values[id], is.Values[id])
			}
			if (was.Problems[id] == nil) != (is.Problems[id] == nil) {
				t.Errorf("%v %q: %v became %v", id, text, was.Problems[id], is.Problems[id])
			}
		}
	}
}

func TestFlagshipCommandIsExact(t *testing.T) {
	c := world(t)
	q, issues := Request(parse(t, flagship), c)
	if q == nil {
		t.Fatal(issues)
	}
	if got, want := Shell(Command(q)), "python -m cli.inference.throughput_optimizer "+flagship; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	want := strings.Join([]string{
		"python -m cli.inference.throughput_optimizer " + dense + " --device " + die + " \\",
		"  --num-devices 8 --input-length 3500 --output-length 1500 --ttft-limit 2000 --tpot-limit 50 \\",
		"  --quantize-linear-action W8A8_DYNAMIC --quantize-attention-action DISABLED --compile"}, "\n")
	if got := Wrap(Command(q), 110); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, want := Shell(FathomCommand(FromRequest(q), c)), "fathom "+flagship; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestCatalogOfARequestIsEnough(t *testing.T) {
	q := &plan.Request{Model: &model.Model{Name: "my model/dir"}, Profiles: []*hw.Profile{{Name: "X"}}, Devices: 1,
		InputLength: 1, OutputLength: 1}
	if got := Shell(Command(q)[3:6]); got != "'my model/dir' --device X" {
		t.Error(got)
	}
}
