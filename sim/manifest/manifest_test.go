package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
)

func profile(vendor, name string, node int) *hw.Profile {
	return &hw.Profile{Vendor: vendor, Name: name, Grid: hw.Grid{Node: node}}
}

var (
	h200  = profile("NVIDIA", "H200_SXM", 8)
	gb200 = profile("NVIDIA", "GB200", 4)
	mi300 = profile("AMD", "MI300X", 8)
	a3    = profile("Huawei", "ATLAS_800_A3_752T_128G_DIE", 16)
	a2    = profile("Huawei", "ATLAS_800_A2_376T_64G", 8)
	card  = profile("Huawei", "ATLAS_350_425T_112G", 8)
)

func request(profiles ...*hw.Profile) *plan.Request {
	return &plan.Request{Model: &model.Model{Name: "deepseek-ai/DeepSeek-V3.1", MTPHeads: 1}, Profiles: profiles,
		InputLength: 3500, OutputLength: 1500, TTFTLimit: 2000, TPOTLimit: 50, Options: plan.Options{Compile: true}}
}

func row(phase plan.Phase, s plan.Strategy) report.Row {
	if s.PP == 0 {
		s.PP = 1
	}
	return report.Row{Phase: phase, Strategy: s, Label: s.Label(0), Concurrency: 64, Batch: 64, MaxBatched: 8192,
		WeightGB: 40}
}

// one is an aggregated row.
func one(h *hw.Profile, s plan.Strategy) *Subject {
	r := row(plan.PhaseAggregation, s)
	return &Subject{Request: request(h), Device: h.Name, Row: &r}
}

// pair is np prefill and nd decode instances.
func pair(p, d *hw.Profile, ps, ds plan.Strategy, np, nd int) *Subject {
	r := &report.Ratio{Prefill: row(plan.PhasePrefill, ps), Decode: row(plan.PhaseDecode, ds), PrefillDevice: p.Name,
		DecodeDevice: d.Name, PrefillInstances: &np, DecodeInstances: &nd}
	req := request(p)
	if p != d {
		req.Profiles, req.PrefillPools, req.DecodePools = nil, []plan.Pool{{Profile: p}}, []plan.Pool{{Profile: d}}
	}
	return &Subject{Request: req, Device: req.Pairings()[0].Name(), Ratio: r}
}

var (
	small   = plan.Strategy{TP: 4, DP: 1, EP: 4, MoETP: 1, MoEDP: 1}
	wide    = plan.Strategy{TP: 1, DP: 32, EP: 32, MoETP: 1, MoEDP: 1}
	stages  = plan.Strategy{TP: 8, PP: 4, DP: 1, EP: 8, MoETP: 1, MoEDP: 1}
	uneven  = plan.Strategy{TP: 4, PP: 3, DP: 1, EP: 4, MoETP: 1, MoEDP: 1}
	quarter = plan.Strategy{TP: 2, DP: 2, EP: 4, MoETP: 1, MoEDP: 1}
)

// decode reads all documents of a file.
func decode(t *testing.T, f File) (docs []map[string]any) {
	t.Helper()
	if path.Ext(f.Name) == ".json" {
		var doc map[string]any
		if err := json.Unmarshal([]byte(f.Text), &doc); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		return []map[string]any{doc}
	}
	d := yaml.NewDecoder(strings.NewReader(f.Text))
	for {
		var doc map[string]any
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return docs
		}
		if err != nil {
			t.Fatalf("%s: %v\n%s", f.Name, err, f.Text)
		}
		docs = append(docs, doc)
	}
}

// Every file of every platform has only fields of its schema, of their types, and all that are required.
func TestFilesHoldTheirSchemas(t *testing.T) {
	tables := schemas(t)
	subjects := map[string]*Subject{
		"one server": one(h200, small), "several servers": one(h200, wide), "stages": one(h200, stages),
		"four a server": one(gb200, wide), "AMD": one(mi300, small), "A3": one(a3, wide), "A2": one(a2, small),
		"pair": pair(h200, h200, small, small, 1, 1), "wide pair": pair(h200, h200, small, wide, 3, 2),
		"two kinds": pair(gb200, h200, wide, stages, 2, 1), "A3 pair": pair(a3, a3, small, wide, 2, 1),
		"A2 and A3": pair(a2, a3, quarter, quarter, 1, 2), "A2 pair": pair(a2, a2, quarter, quarter, 1, 1),
	}
	for _, name := range []string{"vllm", "sglang", "trtllm"} {
		for what, s := range map[string]*Subject{"pair of ": pair(h200, h200, small, wide, 2, 1), "wide of ": one(h200, wide),
			"small pair of ": pair(h200, h200, quarter, quarter, 1, 1), "AMD of ": one(mi300, small)} {
			s.Request.Serving = plan.Serving(name)
			subjects[what+name] = s
		}
	}
	written := map[string]int{}
	for what, s := range subjects {
		for _, p := range Platforms() {
			files, refusal := Write(p.Name, s)
			if refusal != nil {
				continue
			}
			written[p.Name]++
			for _, f := range files {
				if f.Text == "" {
					continue
				}
				for _, doc := range decode(t, f) {
					table := path.Base(f.Name)
					if doc["kind"] != nil && doc["apiVersion"] != nil {
						table = fmt.Sprintf("%v %v", doc["kind"], doc["apiVersion"])
					}
					if tables[table] == nil {
						t.Fatalf("%s, %s: no table for %s", what, p.Name, table)
					}
					hold(t, what+", "+p.Name+", "+f.Name, map[string]any(doc), tables[table])
				}
			}
		}
	}
	for _, p := range Platforms() {
		if written[p.Name] == 0 {
			t.Errorf("%s was never written", p.Name)
		}
	}
}

// text is all of a platform's files.
func text(t *testing.T, name string, s *Subject) string {
	t.Helper()
	files, refusal := Write(name, s)
	if refusal != nil {
		t.Fatal(refusal)
	}
	var b strings.Builder
	for _, f := range files {
		b.WriteString(f.Text)
	}
	return b.String()
}

// An instance has as many servers as its replicas need: whole replicas a server, or one replica's ranks over several.
func TestInstancesSpreadOverServers(t *testing.T) {
	for _, c := range []struct {
		what              string
		h                 *hw.Profile
		s                 plan.Strategy
		hosts, each       int
		first, not, third string
	}{
		{"one server", h200, small, 1, 4, "size: 1\n", "headless", "--tensor-parallel-size"},
		{"eight ranks of 32 a server", h200, wide, 4, 8, "size: 4\n", "--nnodes", "--data-parallel-size-local 8"},
		{"four of 32", gb200, wide, 8, 4, "size: 8\n", "--nnodes", "$((LWS_WORKER_INDEX * 4))"},
		{"a pipeline", h200, stages, 4, 8, "size: 4\n", "data-parallel",
			"--nnodes $LWS_GROUP_SIZE --node-rank $LWS_WORKER_INDEX"},
		{"twelve are six a server", h200, uneven, 2, 6, "size: 2\n", "data-parallel", `nvidia.com/gpu: "6"`},
		{"sixteen a server", a3, wide, 2, 16, "size: 2\n", "rdma", `huawei.com/Ascend910: "16"`},
	} {
		s := one(c.h, c.s)
		_, in, refusal := s.instances("lws")
		if refusal != nil {
			t.Fatal(c.what, refusal)
		}
		if in[0].hosts != c.hosts || in[0].each != c.each {
			t.Errorf("%s: %d servers of %d", c.what, in[0].hosts, in[0].each)
		}
		got := text(t, "lws", s)
		if !strings.Contains(got, c.first) || strings.Contains(got, c.not) || !strings.Contains(got, c.third) {
			t.Errorf("%s: want %q and %q, not %q, in\n%s", c.what, c.first, c.third, c.not, got)
		}
	}
}

// A pair has both roles with their numbers and a router that knows each instance by name.
func TestPairs(t *testing.T) {
	s := pair(h200, h200, small, wide, 3, 2)
	for platform, wants := range map[string][]string{
		"lws": {"replicas: 3", "replicas: 2", "--prefill http://deepseek-v3-1-prefill-2.deepseek-v3-1-prefill:8000",
			"--decode http://deepseek-v3-1-decode-1.deepseek-v3-1-decode:8000", "VLLM_NIXL_SIDE_CHANNEL_HOST", "rdma/ib"},
		"llm-d": {"replicas: 3", "connector: nixlv2", "--port 8200", "pd-profile-handler", "multinode: true"},
		"dynamo": {"subComponentType: prefill", "subComponentType: decode", "nodeCount: 4", "- --disaggregation-mode\n            - prefill",
			`{"kv_connector":"NixlConnector","kv_role":"kv_both"}`},
	} {
		got := text(t, platform, s)
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is missing from\n%s", platform, want, got)
			}
		}
	}
	odd, dies := small, *a3
	odd.TP, odd.EP, dies.Grid.Shape = 3, 3, []int{48, 8, 2}
	of, refused := Write("lws", pair(&dies, &dies, odd, wide, 2, 1))
	if refused != nil {
		t.Fatal(refused)
	}
	if !slices.ContainsFunc(of[0].Head, said("prefill: MindCluster")) ||
		slices.ContainsFunc(of[0].Head, said("decode: MindCluster")) {
		t.Errorf("an odd number of dies of a pod is not said, or an even one is: %v", of[0].Head)
	}
	got := text(t, "lws", pair(a3, a3, small, wide, 2, 1))
	for _, want := range []string{"--prefiller-hosts deepseek-v3-1-prefill-0.deepseek-v3-1-prefill " +
		"deepseek-v3-1-prefill-1.deepseek-v3-1-prefill --prefiller-ports 8000 8000", `"kv_port":"30000"`,
		`"decode":{"dp_size":32,"tp_size":1},"prefill":{"dp_size":1,"tp_size":4}`} {
		if !strings.Contains(got, want) {
			t.Errorf("Mooncake: %q is missing from\n%s", want, got)
		}
	}
	got = text(t, "compose", pair(h200, h200, quarter, quarter, 1, 1))
	for _, want := range []string{"- \"3\"\n", "- \"7\"\n", "--decode http://decode-0:8000",
		"condition: service_healthy"} {
		if !strings.Contains(got, want) {
			t.Errorf("compose: %q is missing from\n%s", want, got)
		}
	}
	files, refusal := Write("mindie", pair(a3, a3, small, wide, 2, 1))
	if refusal != nil {
		t.Fatal(refusal)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	if want := []string{"prefill/config.json", "decode/config.json", "decode/ranktable.json", "README.md"}; !slices.Equal(names, want) {
		t.Errorf("MindIE writes %q", names)
	}
	if !slices.ContainsFunc(files[3].Head, said("MindIE Motor")) {
		t.Errorf("what JSON cannot say stands in the README: %v", files[3].Head)
	}
}

// SGLang's instances meet at their leaders, prompts' caches are found at the bootstrap port, and its own router stands
// before a pair; replicas that share nothing are started together on one server only.
func TestSGLang(t *testing.T) {
	named := func(s *Subject) *Subject { s.Request.Serving = "sglang"; return s }
	got := text(t, "lws", named(pair(h200, h200, small, wide, 2, 1)))
	for _, want := range []string{"image: lmsysorg/sglang:", "--node-rank $LWS_WORKER_INDEX --dist-init-addr " +
		"$LWS_LEADER_ADDRESS:20000", "--tp-size 32 --dp-size 32 --enable-dp-attention", "- sglang_router.launch_router\n",
		"http://deepseek-v3-1-prefill-1.deepseek-v3-1-prefill:8000\n            - \"8998\"\n",
		"- --disaggregation-bootstrap-port\n", "rdma/ib"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing from\n%s", want, got)
		}
	}
	if strings.Contains(got, "VLLM_") || strings.Contains(got, "vllm-router") {
		t.Errorf("vLLM's words in\n%s", got)
	}
	got = text(t, "compose", named(pair(h200, h200, quarter, quarter, 1, 1)))
	if !strings.Contains(got, "- http://prefill-0:8000\n      - \"8998\"\n") {
		t.Errorf("compose without its router:\n%s", got)
	}
	apart := named(one(h200, plan.Strategy{TP: 4, DP: 4}))
	if _, refusal := Write("lws", apart); refusal == nil || !strings.Contains(refusal.Error(), "multi-node data parallel") {
		t.Errorf("replicas over servers: %v", refusal)
	}
	if _, refusal := Write("lws", named(one(a3, small))); refusal == nil ||
		!strings.Contains(refusal.Error(), "no image of SGLang on Ascend") {
		t.Errorf("no image: %v", refusal)
	}
}

// What the engine does not start is said at the head of every file of every platform.
func TestRefusedRowsSaySo(t *testing.T) {
	r1, err := model.Find("deepseek-ai/DeepSeek-R1")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, h := range []*hw.Profile{h200, mi300, a2} {
		for _, engine := range []string{"vllm", "sglang"} {
			for _, p := range Platforms() {
				s := one(h, plan.Strategy{TP: 3, DP: 1, EP: 3, MoETP: 1, MoEDP: 1})
				s.Request.Model, s.Request.Serving = r1, plan.Serving(engine)
				files, refusal := Write(p.Name, s)
				if refusal != nil {
					continue
				}
				n++
				if !slices.ContainsFunc(files, func(f File) bool {
					return slices.ContainsFunc(f.Head, said("TP 3 does not divide 128 query heads"))
				}) {
					t.Errorf("%s, %s, %s: %v", h.Name, engine, p.Name, files)
				}
			}
		}
	}
	if n < 8 {
		t.Errorf("%d manifests", n)
	}
}

// A service config speaks of the devices of its server, and the rank table of all of them.
func TestMindIEOverServers(t *testing.T) {
	files, refusal := Write("mindie", one(a3, wide))
	if refusal != nil {
		t.Fatal(refusal)
	}
	b := decode(t, files[0])[0]["BackendConfig"].(map[string]any)
	m := b["ModelDeployConfig"].(map[string]any)["ModelConfig"].([]any)[0].(map[string]any)
	here := b["npuDeviceIds"].([]any)[0].([]any)
	if len(here) != 16 || m["worldSize"] != 16.0 || m["dp"] != 32.0 || b["multiNodesInferEnabled"] != true {
		t.Errorf("devices %v, %v", here, m)
	}
	servers := decode(t, files[1])[0]["server_list"].([]any)
	rank := 0
	for _, s := range servers {
		for k, d := range s.(map[string]any)["device"].([]any) {
			d := d.(map[string]any)
			if d["rank_id"] != fmt.Sprint(rank) || d["device_id"] != fmt.Sprint(k) {
				t.Errorf("rank %d: %v", rank, d)
			}
			rank++
		}
	}
	if len(servers) != 2 || rank != 32 {
		t.Errorf("%d servers, %d ranks", len(servers), rank)
	}
	if !slices.ContainsFunc(files[2].Head, said("addresses of the 2 servers")) {
		t.Errorf("addresses are asked for: %v", files[2].Head)
	}
}

func said(words string) func(message.Message) bool {
	return func(m message.Message) bool { return strings.Contains(m.String(), words) }
}

// What a platform cannot serve is refused by name, with the nearest that can.
func TestRefusals(t *testing.T) {
	named := func(s *Subject, engine string) *Subject { s.Request.Serving = plan.Serving(engine); return s }
	for _, c := range []struct {
		platform string
		s        *Subject
		wants    []string
	}{
		{"mindie", one(h200, small), []string{"MindIE knows no device like H200_SXM", "lws, llm-d, dynamo, compose"}},
		{"dynamo", one(a3, small), []string{"NVIDIA Dynamo knows no device like ATLAS_800_A3", "lws, mindie, compose"}},
		{"llm-d", one(a2, small), []string{"llm-d knows no device", "lws, mindie, compose"}},
		{"lws", one(card, small), []string{"ATLAS_350", "none of the others works"}},
		{"compose", one(h200, wide), []string{"32 devices are more than its 8", "lws, llm-d, dynamo"}},
		{"lws", named(one(h200, wide), "trtllm"), []string{"started by MPI", "dynamo"}},
		{"lws", named(one(a3, small), "mindie"), []string{"does not start mindie", "mindie"}},
		{"lws", pair(h200, a3, small, small, 1, 1), []string{"two vendors", "none of the others works"}},
		{"dynamo", pair(h200, a3, small, small, 1, 1), []string{"knows no device like ATLAS_800_A3",
			"none of the others works"}},
		{"lws", one(profile("NVIDIA", "MINE", 0), small), []string{"how many devices a server has"}},
		{"lws", one(h200, plan.Strategy{TP: 16, DP: 2, EP: 32, MoETP: 1, MoEDP: 1}), []string{"larger than a server of 8"}},
		{"nomad", one(h200, small), []string{"no such platform"}},
	} {
		refusal := Check(c.platform, c.s)
		if refusal == nil {
			t.Errorf("%s serves it", c.platform)
			continue
		}
		for _, want := range c.wants {
			if got := refusal.Error(); !strings.Contains(got, want) {
				t.Errorf("%s: %q is missing from %q", c.platform, want, got)
			}
		}
	}
}

// Equal subjects give equal files.
func TestSameSubjectSameBytes(t *testing.T) {
	for _, p := range Platforms() {
		for _, s := range []*Subject{pair(h200, h200, small, wide, 2, 1), pair(a3, a3, small, wide, 2, 1)} {
			first, refusal := Write(p.Name, s)
			for range 5 {
				again, _ := Write(p.Name, s)
				if refusal == nil && fmt.Sprint(first) != fmt.Sprint(again) {
					t.Fatalf("%s differs from time to time", p.Name)
				}
			}
		}
	}
}

// The head says every limit with the statistic that it binds, the share that keeps to all, and those of a mix by class.
func TestHeadSaysTheLimits(t *testing.T) {
	s := one(h200, small)
	q := s.Request
	q.TTFTAt, q.E2ELimit, q.E2EAt, q.Goodput = plan.P99, 60000, plan.P90, 0.95
	q.Workload = &plan.Workload{Classes: []plan.Class{{TPOT: plan.Limit{At: plan.P50, MS: 30}}, {}}}
	q.Workload.Classes[0].Name = "chat"
	files, refusal := Write("compose", s)
	if refusal != nil {
		t.Fatal(refusal)
	}
	var said []string
	for _, m := range files[0].Head {
		said = append(said, m.String())
	}
	for _, want := range []string{"limits that no field says: TTFT p99 2000 ms, TPOT mean 50 ms, E2E p90 60000 ms, " +
		"95% of the requests within all limits", "limits of chat that no field says: TPOT p50 30 ms"} {
		if !slices.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, strings.Join(said, "\n"))
		}
	}
}

// TensorRT-LLM reads its settings from a file: containers write it first, and so does what stands before both roles.
func TestTensorRTLLM(t *testing.T) {
	s := pair(h200, h200, quarter, quarter, 1, 1)
	s.Request.Serving = "trtllm"
	for _, name := range []string{"lws", "compose"} {
		files, refusal := Write(name, s)
		if refusal != nil {
			t.Fatal(refusal)
		}
		for _, want := range []string{"cat > trtllm-prefill.yaml <<'EOF'", "cat > trtllm-decode.yaml <<'EOF'",
			"cache_transceiver_config:", "exec trtllm-serve", "--host 0.0.0.0 --port 8000", "num_instances: 1",
			"trtllm-serve disaggregated -c", "tensorrt-llm/release"} {
			if !strings.Contains(files[0].Text, want) {
				t.Errorf("%s has no %q:\n%s", name, want, files[0].Text)
			}
		}
	}
}
