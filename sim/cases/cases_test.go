package cases

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

var known = []string{"model", "device", "num_devices", "ttft_limit", "tp_sizes", "max_batched_tokens"}

func TestReadUnderstandsOlderColumnNames(t *testing.T) {
	got, err := Read(strings.NewReader("case_name,model_id,device,ttft_limits,tp_sizes,max_prefill_tokens\na,M,X;Y,2000,1;2;4,\n,M,X,,,8192\n"), known, nil)
	if err != nil || len(got) != 2 {
		t.Fatal(got, err)
	}
	if a := got[0]; a.Name != "a" || a.Values["ttft_limit"] != "2000" || a.Values["device"] != "X;Y" ||
		a.Values["tp_sizes"] != "1;2;4" {
		t.Errorf("first case: %+v", a)
	}
	if b := got[1]; b.Name != "line 3" || b.Values["max_batched_tokens"] != "8192" || len(b.Values) != 3 {
		t.Errorf("a case without a name is called by its line, empty cells are left out: %+v", b)
	}
}

func TestReadRefusesWhatItCannotMean(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "the file is empty",
		"model,colour\nM,red\n": `column 2, "colour", is no input of a plan, did you mean model?`,
		"model,model_id\nM,N\n": `column "model" stands twice`,
	} {
		_, err := Read(strings.NewReader(in), known, func(string) string { return "model" })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", in, err, want)
		}
	}
}

// A line that cannot be read is a broken case of its own; those around it are read.
func TestBrokenLinesStopNothing(t *testing.T) {
	const in = "case_name,model\na,M\nb,M,N\na,M\n\"c\"x,M\nd,M\ne,\"M\n"
	got, err := Read(strings.NewReader(in), known, nil)
	if err != nil || len(got) != 6 {
		t.Fatalf("%d cases, %v: %+v", len(got), err, got)
	}
	for i, want := range []string{"", "the line has 3 cells but the first line names 2 columns",
		`case_name "a" stands on line 2 already`,
		"close the quotes", "", "close the quotes"} {
		c := got[i]
		if want == "" && (c.Broken != nil || c.Values["model"] != "M") ||
			want != "" && (c.Broken == nil || !strings.Contains(c.Broken.Error(), want)) {
			t.Errorf("line %d: %+v, want %q", i+2, c, want)
		}
		if want != "" && c.Name != fmt.Sprintf("line %d", i+2) {
			t.Errorf("line %d is called %q", i+2, c.Name)
		}
	}
}

// Every device and phase has its record, also where one of them has no point: with what would admit one.
func TestOneRecordPerDeviceAndPhase(t *testing.T) {
	row := func(label string, p plan.Phase) report.Row {
		return report.Row{Phase: p, Label: label, Status: report.OK}
	}
	best := row("best", plan.PhasePrefill)
	pair := report.Ratio{Prefill: row("pair P", plan.PhasePrefill), Decode: row("pair D", plan.PhaseDecode)}
	r := Runner{Request: func(Case) (*plan.Request, error) { return &plan.Request{}, nil },
		Plan: func(context.Context, *plan.Request) (*report.Report, error) {
			return &report.Report{Devices: []report.Device{
				{Device: "X", Prefill: &report.Section{Best: &best}, Decode: &report.Section{},
					Nearest: []report.Near{{Row: row("", plan.PhaseDecode), Relax: message.Literal("TPOT limit 20 → 31 ms")},
						{Row: row("", plan.PhaseDecode), Relax: message.Literal("devices 8 → 16")}}},
				{Device: "Y", Prefill: &report.Section{Best: &best}, Decode: &report.Section{Best: &best},
					PDRatio: &report.RatioSection{Best: &pair}},
			}}, nil
		}}
	var out bytes.Buffer
	p, err := Run(context.Background(), []Case{{Name: "a"}, {Name: "line 3", Line: 3, Broken: errors.New("torn")}}, nil, r,
		&out, false)
	if err != nil || p.Feasible != 1 || p.Failed != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	for i, want := range []string{"a,X,,prefill,best,",
		"a,X,no point meets limits and memory; nearest: TPOT limit 20 → 31 ms; or devices 8 → 16,decode,,",
		"a,Y,,prefill,pair P,", "a,Y,,decode,pair D,", "line 3,,torn,,"} {
		if line := strings.Split(out.String(), "\n")[i]; !strings.HasPrefix(line, want) {
			t.Errorf("record %d: %s\nwant %s", i, line, want)
		}
	}
}

// fake answers a case by its number of devices: 0 fails, 1 finds nothing, more find one row per device profile.
func fake(ran *[]string) Runner {
	return Runner{
		Request: func(c Case) (*plan.Request, error) {
			*ran = append(*ran, c.Name)
			n, err := strconv.Atoi(c.Values["num_devices"])
			return &plan.Request{Devices: n}, err
		},
		Plan: func(_ context.Context, r *plan.Request) (*report.Report, error) {
			switch r.Devices {
			case 0:
				return nil, errors.New("num_devices 0: must be at least 1")
			case 1:
				return &report.Report{Devices: []report.Device{{Device: "X"}}}, nil
			}
			row := &report.Row{Label: "TP=2 | PP=1 | DP=1", Throughput: 100, Status: report.OK}
			return &report.Report{Devices: []report.Device{{Device: "X", Prefill: &report.Section{Best: row},
				Decode: &report.Section{Best: row}}}}, nil
		},
	}
}

const input = "case_name,num_devices\nok,2\nzero,0\nword,two\nempty,1\nlast,4\n"

func TestOneFailureNeverStopsTheRest(t *testing.T) {
	all, err := Read(strings.NewReader(input), known, nil)
	if err != nil {
		t.Fatal(err)
	}
	var ran []string
	var out bytes.Buffer
	p, err := Run(context.Background(), all, nil, fake(&ran), &out, true)
	if err != nil || p.Done != 5 || p.Failed != 2 || p.Feasible != 2 {
		t.Errorf("%+v, %v", p, err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 1+2+1+1+1+2 { // header, two phases, three without a row, two phases
		t.Errorf("%d lines:\n%s", len(lines), out.String())
	}
	if !strings.Contains(out.String(), "zero,,num_devices 0: must be at least 1") ||
		!strings.Contains(out.String(), "empty,,no point meets limits and memory") {
		t.Error("failures and empty answers must say why:\n" + out.String())
	}
}

// Whatever byte a kill stops at, the continued file equals that of an undisturbed run.
func TestResumeAfterAKill(t *testing.T) {
	all, _ := Read(strings.NewReader(input), known, nil)
	var ran []string
	var whole bytes.Buffer
	if _, err := Run(context.Background(), all, nil, fake(&ran), &whole, true); err != nil {
		t.Fatal(err)
	}
	for cut := strings.Index(whole.String(), "\n") + 1; cut <= whole.Len(); cut++ {
		done, keep, err := Resume(whole.Bytes()[:cut])
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		out := bytes.NewBuffer(append([]byte(nil), whole.Bytes()[:keep]...))
		if _, err := Run(context.Background(), all, done, fake(&ran), out, false); err != nil {
			t.Fatal(err)
		}
		if out.String() != whole.String() {
			t.Fatalf("cut at %d: got\n%s\nwant\n%s", cut, out.String(), whole.String())
		}
	}
	if _, _, err := Resume([]byte("a,b\n1,2\n")); err == nil {
		t.Error("a file of another kind must not be continued")
	}
}

func TestCancelStopsBetweenCases(t *testing.T) {
	all, _ := Read(strings.NewReader(input), known, nil)
	ctx, cancel := context.WithCancel(context.Background())
	var ran []string
	r := fake(&ran)
	r.Progress = func(p Progress) {
		if p.Done == 2 {
			cancel()
		}
	}
	var out bytes.Buffer
	if p, err := Run(ctx, all, nil, r, &out, true); !errors.Is(err, context.Canceled) || p.Done != 2 {
		t.Errorf("%+v, %v", p, err)
	}
}
