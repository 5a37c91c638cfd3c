package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/hw/unraced"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// asked is a plan of a small model on two devices, to be played against a service.
func asked(t testing.TB, s plan.Service, qps float64) *report.Report {
	t.Helper()
	m, err := model.Find("Qwen/Qwen3-32B")
	if err != nil {
		t.Fatal(err)
	}
	p, err := hw.Find("H200_SXM")
	if err != nil {
		t.Fatal(err)
	}
	req := &plan.Request{Model: m, Profiles: []*hw.Profile{p}, Devices: 2, InputLength: 1024, OutputLength: 256,
		TTFTLimit: 2000, TPOTLimit: 50, Quant: plan.Quant{MXFP4Group: 32}, ReservedGB: 10, MaxCombinations: 100,
		Service: s, QPS: qps, Prices: []plan.Price{{Device: p.Name, PerHour: 2}}}
	rep, err := Embedded{}.Run(context.Background(), req, nil)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func fixture(name string) string { return filepath.Join("..", "trace", "testdata", name) }

func TestTraceIsPlayed(t *testing.T) {
	rep := asked(t, plan.Service{Trace: fixture("mooncake.jsonl"), Replicas: 1}, 0)
	if err := Serve(context.Background(), rep, nil); err != nil {
		t.Fatal(err)
	}
	s := rep.Devices[0].Service
	// All four prompts begin with the same block of 512 tokens: the last three find it.
	if s == nil || s.Played.Requests != 4 || s.Played.Goodput != 1 || s.Devices != 2 {
		t.Fatalf("%+v", s)
	}
	if want := 3 * 512. / (2290 + 2012 + 915 + 1053); s.Played.HitRate < want-1e-9 || s.Played.HitRate > want+1e-9 {
		t.Errorf("hit rate %.4f, want %.4f", s.Played.HitRate, want)
	}
}

// A larger place below the devices' memory holds more, and the report says what it buys.
func TestTiersAreCompared(t *testing.T) {
	unraced.Skip(t)
	tiers := plan.Tiers{HostGiB: 400, HostGBs: 50}
	s := plan.Service{Sessions: plan.Sessions{Turns: 10, Think: 120, System: 4000, Groups: 400}, Routing: "prefix",
		Tiers: tiers}
	rep := asked(t, s, 6)
	if err := Serve(context.Background(), rep, nil); err != nil {
		t.Fatal(err)
	}
	out := rep.Devices[0].Service
	if out.Without == nil || out.Played.HitHost <= 0 || out.Played.HitRate <= out.Without.HitRate ||
		out.Played.TTFT.Mean >= out.Without.TTFT.Mean {
		t.Errorf("with %+v\nwithout %+v", out.Played, out.Without)
	}
	// Without a rate host memory comes up at the link of the profile, 64 GB/s, which is told.
	rates := [2]report.ServiceFigures{}
	for i, rate := range []float64{0, 64} {
		s.Tiers.HostGBs = rate
		rep := asked(t, s, 6)
		if err := Serve(context.Background(), rep, nil); err != nil {
			t.Fatal(err)
		}
		out := rep.Devices[0].Service
		rates[i] = out.Played
		link := func(m message.Message) bool { return m.Key == "service.host-link" }
		if told := slices.ContainsFunc(out.Read, link); told != (rate == 0) {
			t.Errorf("told at %g: %t", rate, told)
		}
	}
	if rates[0] != rates[1] {
		t.Errorf("the link of the profile: %+v\n64 GB/s: %+v", rates[0], rates[1])
	}
}

func TestDayIsPlanned(t *testing.T) {
	rep := asked(t, plan.Service{Fleet: "day"}, 60)
	if err := Serve(context.Background(), rep, nil); err != nil {
		t.Fatal(err)
	}
	d := rep.Devices[0].Day
	if d == nil || len(d.Slots) != 48 || d.Max <= d.Min || d.Static.Goodput < usualGoal || d.Static.Cost == nil ||
		*d.Static.Cost != 2*d.Static.DeviceHours || d.Auto.DeviceHours >= d.Static.DeviceHours {
		t.Fatalf("%+v", d)
	}
	again := asked(t, plan.Service{Fleet: "day"}, 60)
	if err := Serve(context.Background(), again, nil); err != nil {
		t.Fatal(err)
	}
	if a, b := fmt.Sprintf("%+v", d), fmt.Sprintf("%+v", again.Devices[0].Day); len(a) != len(b) {
		t.Errorf("two plans of the same day differ:\n%s\n%s", a, b)
	}
}

// A share of the prompts that is assumed to be cached is not computed: fewer replicas are enough.
func TestCachedShareHelpsTheDay(t *testing.T) {
	unraced.Skip(t)
	most := func(hit float64) int {
		rep := asked(t, plan.Service{Fleet: "flat"}, 60)
		rep.Request.PrefixCacheHitRate = hit
		if err := Serve(context.Background(), rep, nil); err != nil {
			t.Fatal(err)
		}
		return rep.Devices[0].Day.Max
	}
	if cold, warm := most(0), most(0.9); warm >= cold {
		t.Errorf("%d replicas with nine tenths of the prompts cached, %d without", warm, cold)
	}
}

// What cannot be played names the file, what is wrong, and the fix.
func TestBadServices(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.csv")
	if err := os.WriteFile(bad, []byte("timestamp,input_length,output_length\n1,2,3\n2,x,4\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	curve := filepath.Join(dir, "curve.csv")
	if err := os.WriteFile(curve, []byte("time,rate\n0,1\n5,-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	hollow := filepath.Join(dir, "hollow.csv")
	if err := os.WriteFile(hollow, []byte("timestamp,input_length,output_length\n1,0,3\n2,5,0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, s := range map[string]plan.Service{
		"all of its 2 rows":                 {Trace: hollow},
		"bad.csv: line 3: input_length":     {Trace: bad},
		"no such file":                      {Trace: filepath.Join(dir, "none")},
		"lies between 7200 s and 9000 s":    {Trace: fixture("azure2023.csv"), TraceFrom: 7200, TraceTo: 9000},
		"needs its peak":                    {Fleet: "day"},
		"no such shape":                     {Fleet: "nite"},
		"curve.csv: line 3: \"-1\" is no r": {Fleet: curve},
		"not written as mooncake":           {Trace: fixture("azure2023.csv"), TraceFormat: "mooncake"},
	} {
		err := Serve(context.Background(), asked(t, s, 0), nil)
		if err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(want)) {
			t.Errorf("%+v: %v, want %q", s, err, want)
		}
	}
}

// A run ends within a second of its context, however long the trace is.
func TestServiceStops(t *testing.T) {
	rep := asked(t, plan.Service{Fleet: "day"}, 60_000)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := Serve(ctx, rep, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

// A million requests of an Azure trace, and of one of Mooncake's kind.
func BenchmarkTrace(b *testing.B) {
	for _, kind := range []string{"azure", "mooncake"} {
		path := filepath.Join(b.TempDir(), kind)
		f, err := os.Create(path)
		if err != nil {
			b.Fatal(err)
		}
		if kind == "azure" {
			fmt.Fprintln(f, "TIMESTAMP,ContextTokens,GeneratedTokens")
		}
		at := time.Date(2023, 11, 16, 18, 0, 0, 0, time.UTC)
		for i := range 1_000_000 {
			in, out := 100+(i*7919)%2000, 1+(i*104729)%300
			if kind == "azure" {
				fmt.Fprintf(f, "%s,%d,%d\n", at.Add(time.Duration(i)*20*time.Millisecond).Format("2006-01-02 15:04:05.0000000"),
					in, out)
				continue
			}
			fmt.Fprintf(f, `{"timestamp": %d, "input_length": %d, "output_length": %d, "hash_ids": [0`, i*20, in, out)
			for k := 1; k*512 < in; k++ {
				fmt.Fprintf(f, ", %d", 1+(i*31+k)%200_000)
			}
			fmt.Fprintln(f, "]}")
		}
		f.Close()
		rep := asked(b, plan.Service{Trace: path, Replicas: 8}, 0)
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				if err := Serve(context.Background(), rep, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(rep.Devices[0].Service.Played.Requests), "requests")
			b.ReportMetric(rep.Devices[0].Service.Played.Goodput, "within")
		})
	}
}
