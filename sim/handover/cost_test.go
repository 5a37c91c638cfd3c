package handover

import (
	"math"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/model"
	"fathom/sim/plan"
)

func load(t *testing.T, name string, s plan.Strategy, kv hw.Format, mtp int) Load {
	t.Helper()
	m, err := model.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	l, err := Of(m, s, kv, mtp)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Bytes by hand: layers times elements times their size. A latent is 512 + 64 elements of each of 61 layers, and every
// rank of a TP group keeps it; 8 KV heads of 128 elements, keys and values, are there twice on 16 ranks.
func TestBytesOfALayout(t *testing.T) {
	const v3, dense = "deepseek-ai/DeepSeek-V3.1", "Qwen/Qwen3-32B"
	for _, c := range []struct {
		name string
		s    plan.Strategy
		kv   hw.Format
		mtp  int
		want float64 // of 1000 tokens
	}{
		{v3, plan.Strategy{TP: 1, PP: 1, DP: 32, EP: 32, MoETP: 1, MoEDP: 1}, hw.FormatBF16, 0, 61 * 576 * 2 * 1000},
		{v3, plan.Strategy{TP: 4, PP: 1, DP: 8, EP: 32, MoETP: 1, MoEDP: 1}, hw.FormatBF16, 0, 4 * 61 * 576 * 2 * 1000},
		{v3, plan.Strategy{TP: 1, PP: 1, DP: 32, EP: 32, MoETP: 1, MoEDP: 1}, hw.FormatBF16, 1, 62 * 576 * 2 * 1000},
		{v3, plan.Strategy{TP: 1, PP: 4, DP: 8, EP: 8, MoETP: 1, MoEDP: 1}, hw.FormatBF16, 0, 61 * 576 * 2 * 1000},
		{dense, plan.Strategy{TP: 8, PP: 1, DP: 1}, hw.FormatBF16, 0, 64 * 8 * 2 * 128 * 2 * 1000},
		{dense, plan.Strategy{TP: 16, PP: 1, DP: 1}, hw.FormatBF16, 0, 2 * 64 * 8 * 2 * 128 * 2 * 1000},
		{dense, plan.Strategy{TP: 8, PP: 1, DP: 1}, hw.FormatINT8, 0, 64 * 8 * 2 * 128 * 1000},
	} {
		l := load(t, c.name, c.s, c.kv, c.mtp)
		if got := l.Bytes(1000); math.Abs(got-c.want) > 1e-9*c.want {
			t.Errorf("%s %s: %.0f bytes, want %.0f", c.name, c.s.Label(c.mtp), got, c.want)
		}
	}
}

// Windows end: of a long prompt a layer with one keeps its newest tokens only.
func TestWindowsEnd(t *testing.T) {
	l := load(t, "openai/gpt-oss-120b", plan.Strategy{TP: 1, PP: 1, DP: 1, EP: 1, MoETP: 1, MoEDP: 1}, hw.FormatBF16, 0)
	short, long := l.Bytes(128), l.Bytes(12800)
	if long >= 60*short {
		t.Errorf("%v bytes of 128 tokens, %v of 12800", short, long)
	}
}

// The side with fewer or slower links sets the pace.
func TestPace(t *testing.T) {
	p, d := &hw.Profile{Name: "P"}, &hw.Profile{Name: "D"}
	p.Network = hw.Level{Name: "slow", Bandwidth: 10e9, Efficiency: 0.5, Latency: 1e-5, Path: hw.RDMA}
	d.Network = hw.Level{Name: "fast", Bandwidth: 50e9, Efficiency: 0.8, Latency: 2e-5, Path: hw.RDMA}
	way, err := Between(p, d, 8, 8, plan.KVAuto)
	if err != nil || way.Name != "slow" || way.Path != hw.RDMA || way.Link.Bandwidth != 5e9 || way.Link.Latency != 2e-5 {
		t.Fatalf("%+v %v", way, err)
	}
	for _, x := range []struct{ holdersP, holdersD int }{{4, 1}, {1, 4}} {
		c := New(1e9, Side{p, 8, x.holdersP}, Side{d, 8, x.holdersD}, way)
		if want := 2e-5 + 1e9/5e9; math.Abs(c.Seconds-want) > 1e-12 || c.PrefillRate != 40 {
			t.Errorf("%+v: %v s, %v req/s, want %v and 40", x, c.Seconds, c.PrefillRate, want)
		}
	}
	p.Network = hw.Level{}
	if _, err := Between(p, d, 8, 8, plan.KVAuto); err == nil || !strings.Contains(err.Error(), "P states no network") {
		t.Errorf("got %v", err)
	}
}

// Pools of one profile that fit into a server use its link, others that between servers.
func TestWayInsideAGrid(t *testing.T) {
	p, err := hw.Find("H100_SXM")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		prefill, decode int
		name            string
		path            hw.Path
	}{{4, 4, "NVLink 4", hw.Fabric}, {8, 8, "network", hw.RDMA}} {
		if w, err := Between(p, p, c.prefill, c.decode, plan.KVAuto); err != nil || w.Name != c.name || w.Path != c.path {
			t.Errorf("%d and %d devices: %+v %v", c.prefill, c.decode, w, err)
		}
	}
}

// Prompts that end together wait for each other's caches; layer by layer all but the last layer's is hidden; caches
// that come faster than they go queue up.
func TestWait(t *testing.T) {
	c := Cost{Seconds: 0.011, Way: Way{Link: hw.Link{Latency: 0.001}}}
	for _, x := range []struct {
		group, groups int
		interval      float64
		layers        int
		want          float64
	}{{1, 1, 1, 0, 0.011}, {4, 1, 1, 0, 0.001 + 0.025}, {4, 3, 1, 0, 0.001 + 0.025}, {4, 1, 1, 10, 0.001 + 0.004},
		{1, 1, 0.005, 10, 0.001 + 0.0055 + 0}, {1, 3, 0.004, 0, 0.011 + 0.006}} {
		if got := c.Wait(x.group, x.groups, x.interval, x.layers); math.Abs(got-x.want) > 1e-12 {
			t.Errorf("%+v: %v", x, got)
		}
	}
}

// A path that is asked for is taken or refused, never another: the fabric ends with a server, host memory is a copy
// more inside of one and two between two, and who does not state its link to the host has none.
func TestAskedPaths(t *testing.T) {
	p, err := hw.Find("H100_SXM") // 450 GB/s of NVLink at 0.61, 50 of network at 0.7, 64 to the host
	if err != nil {
		t.Fatal(err)
	}
	other, bare := &hw.Profile{Name: "O", Network: hw.Level{Bandwidth: 10e9, Efficiency: 1}, HostBandwidth: 32e9},
		&hw.Profile{Name: "B", Network: hw.Level{Bandwidth: 10e9, Efficiency: 1}}
	for _, c := range []struct {
		d       *hw.Profile
		devices int
		by      plan.KVPath
		seconds float64 // for a byte of one device on either side, without the latency; 0: refused
		says    string
	}{
		{p, 4, plan.KVLink, 1 / (450e9 * 0.61), ""},
		{p, 8, plan.KVLink, 0, "server of 8"},
		{other, 4, plan.KVLink, 0, "share no fabric"},
		{p, 4, plan.KVRDMA, 1 / (50e9 * 0.7), ""},
		{p, 4, plan.KVHost, 2 / 64e9, ""},
		{p, 8, plan.KVHost, 1/(50e9*0.7) + 2/64e9, ""},
		{other, 4, plan.KVHost, 1/10e9 + 2/32e9, ""},
		{bare, 4, plan.KVHost, 0, "B does not state its link to host memory"},
	} {
		way, err := Between(p, c.d, c.devices, c.devices, c.by)
		if err != nil || c.seconds == 0 {
			if err == nil || c.seconds > 0 || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s, %d devices, %v: %v", c.d.Name, c.devices, c.by, err)
			}
			continue
		}
		got := New(1e9, Side{p, 4, 1}, Side{c.d, 4, 1}, way).Seconds - way.Link.Latency
		if math.Abs(got/(1e9*c.seconds)-1) > 1e-9 {
			t.Errorf("%s, %d devices, %v: %v s, want %v", c.d.Name, c.devices, c.by, got, 1e9*c.seconds)
		}
	}
}
