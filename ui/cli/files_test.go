package cli

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fathom/hw/unraced"
	"fathom/sim/report"
)

const batch = `case_name,model_id,device,num_devices,input_length,output_length,ttft_limits,tpot_limits,tp_sizes,quantize_linear_action,quantize_attention_action,compile,mode
flagship,Qwen/Qwen3-32B,` + die + `,8,3500,1500,2000,50,,W8A8_DYNAMIC,DISABLED,true,aggregation
two devices,Qwen/Qwen3-8B,` + die + `;TEST_DEVICE,2,1000,200,,40,1;2,W8A8_DYNAMIC,DISABLED,,
apart,Qwen/Qwen3-8B,` + die + `,2,1000,200,900,40,,W8A8_DYNAMIC,DISABLED,,disagg
too large,Qwen/Qwen3-8B,` + die + `,2,1000,200,,40,4,W8A8_DYNAMIC,DISABLED,,
no such model,Qwen/Qwen9,` + die + `,2,1000,200,,40,,W8A8_DYNAMIC,DISABLED,,
`

func TestCases(t *testing.T) {
	l := newLab(t)
	in, out := filepath.Join(l.home, "in.csv"), filepath.Join(l.home, "out.csv")
	os.WriteFile(in, []byte(batch), 0o600)
	o := l.run(t, "cases", in, "-o", out)
	if o.code != Done || o.stdout != "" || o.stderr != "5 cases: 3 feasible, 2 failed\n" {
		t.Fatalf("%+v", o)
	}
	read := func() [][]string {
		data, _ := os.ReadFile(out)
		rows, err := csv.NewReader(strings.NewReader(string(data))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	rows := read()
	var names []string
	for _, r := range rows[1:] {
		names = append(names, r[0]+"/"+r[1])
	}
	if got := strings.Join(names, " "); got != "flagship/"+die+" two devices/"+die+" two devices/TEST_DEVICE apart/"+die+" apart/"+die+" too large/ no such model/" {
		t.Errorf("records: %s", got)
	}
	if tok := rows[1][3+14]; !strings.HasPrefix(tok, "1643.4") || report.RowHeader[14] != "throughput_tok_s" {
		t.Errorf("flagship: %v", rows[1])
	}
	if e := rows[6][2]; e != "TP sizes 4: is above the 2 devices; use sizes up to 2" {
		t.Errorf("too large: %s", e)
	}
	whole, _ := os.ReadFile(out)
	os.WriteFile(out, whole[:len(whole)-50], 0o600) // a kill in mid record
	if o := l.run(t, "cases", in, "-o", out); o.code != Done ||
		!strings.Contains(o.stderr, "3 cases are finished already") {
		t.Errorf("resumed: %+v", o)
	}
	if again, _ := os.ReadFile(out); string(again) != string(whole) {
		t.Errorf("resumed:\n%s\nwant\n%s", again, whole)
	}
	o = l.run(t, "cases", in, "--check")
	if o.code != BadInput || o.stdout != "" || !strings.Contains(o.stderr, "line 5, too large: TP sizes 4") ||
		!strings.Contains(o.stderr, "line 6, no such model: model Qwen/Qwen9") {
		t.Errorf("--check: %+v", o)
	}
	template := filepath.Join(l.home, "t.csv")
	os.WriteFile(template, []byte(ok(t, "cases", "--template")), 0o600)
	if o := l.run(t, "cases", template, "--check"); o.code != Done || o.stdout != "1 case is good\n" {
		t.Errorf("template: %+v", o)
	}
	os.WriteFile(in, []byte("case_name,modle\nx,y\n"), 0o600)
	if o := l.run(t, "cases", in); o.code != BadInput || !strings.Contains(o.stderr,
		`column 2, "modle", is no input of a plan, did you mean mode?`) {
		t.Errorf("unknown column: %+v", o)
	}
}

// A file of the reference tool's batch runner, with all of its columns: quantization may be left out; a torn line is
// one failure. The exit code says whether any case has an answer.
func TestCasesOfTheReferenceRunner(t *testing.T) {
	const head = "case_name,device,num_devices,model_id,input_length,output_length,ttft_limits,tpot_limits,tp_sizes,quantize_linear_action," +
		"quantize_attention_action,ep_sizes,num_mtp_tokens,mtp_acceptance_rate,compile,mode,max_prefill_tokens,batch_range,serving_cost,jobs,log_level," +
		"mxfp4_group_size,reserved_memory_gb,compile_allow_graph_break\n"
	l := newLab(t)
	in := filepath.Join(l.home, "in.csv")
	for _, test := range []struct {
		rows string
		code int
		want string
	}{
		{"agg," + die + ",8,Qwen/Qwen3-32B,3500,1500,,50,,,,,0,,true,agg,8192,,0,8,info,32,0,false\nbad\"quote,x\n", Done,
			"2 cases: 1 feasible, 1 failed"},
		{"mtp," + die + ",4,Qwen/Qwen3-32B,16000,1000,,50,,W8A8_DYNAMIC,DISABLED,,3,0.9;0.6;0.4,true,disagg,16000,,0,8,critical,32,0,false\n", Done, "1 case: 1 feasible, 0 failed"},
		{"slow," + die + ",1,Qwen/Qwen3-32B,3500,1500,,0.1,,,,,,,,,,,,,,,,\n", Infeasible, "1 case: 0 feasible, 0 failed"},
		{"wrong," + die + ",1,Qwen/Qwen3-32B,0,1500,,50,,,,,,,,,,,,,,,,\n", Failed, "1 case: 0 feasible, 1 failed"},
	} {
		os.WriteFile(in, []byte(head+test.rows), 0o600)
		o := l.run(t, "cases", in)
		if o.code != test.code || !strings.Contains(o.stderr, test.want) {
			t.Errorf("%sexit %d, %s", test.rows, o.code, o.stderr)
		}
		if defaults := strings.Contains(o.stderr,
			"take the reference tool's defaults"); defaults != !strings.Contains(test.rows, "W8A8") {
			t.Errorf("%s%s", test.rows, o.stderr)
		}
	}
	os.WriteFile(in, []byte(head+"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y\n"), 0o600)
	if o := l.run(t, "cases", in, "--check"); o.code != BadInput ||
		!strings.Contains(o.stderr, "line 2: the line has 25 cells but the first line names 24 columns") {
		t.Errorf("--check of a broken line: %+v", o)
	}
}

// TestFlagsOfTheLineHoldForEveryCase that does not say otherwise.
func TestFlagsOfTheLineHoldForEveryCase(t *testing.T) {
	l := newLab(t)
	in := filepath.Join(l.home, "in.csv")
	os.WriteFile(in, []byte("case_name,model,tpot_limit\na,Qwen/Qwen3-8B,\nb,Qwen/Qwen3-4B,0.001\n"), 0o600)
	o := l.run(t,
		strings.Fields("cases "+in+" --device "+die+" --num-devices 2 --input-length 1000 --output-length 200 "+
			"--tpot-limit 40"+
			" --quantize-linear-action W8A8_DYNAMIC --quantize-attention-action DISABLED")...)
	lines := strings.Split(strings.TrimSpace(o.stdout), "\n")
	if o.code != Done || len(lines) != 3 || !strings.HasPrefix(lines[1], "a,"+die+",,aggregation") ||
		!strings.HasPrefix(lines[2],
			"b,"+die+",no point meets limits and memory; nearest: TPOT limit 0.001 → 8.469 ms,aggregation,,") {
		t.Errorf("%+v", o)
	}
}

func TestScore(t *testing.T) {
	unraced.Skip(t)
	l := newLab(t)
	in := filepath.Join(l.home, "runs.csv")
	os.WriteFile(in, []byte("id,model,model_path,gpu,backend,isl,osl,concurrency,tp,ttft_ms,tpot_ms\n"+
		"a,Qwen3-32B,Qwen/Qwen3-32B,h100_sxm,vllm,1024,1024,8,2,90,12\nb,nothing,no/thing,h100_sxm,vllm,1024,1024,8,2,90,12\n"), 0o600)
	o := l.run(t, "score", in, "--format", "json")
	var r struct {
		Schema  string
		Overall struct{ Rows, Answered int }
		Rows    []struct{ ID, Reason string }
	}
	if err := json.Unmarshal([]byte(o.stdout), &r); err != nil || o.code != Done {
		t.Fatalf("%v %+v", err, o)
	}
	if r.Schema != "fathom.score/1" || r.Overall.Rows != 2 || r.Overall.Answered != 1 || r.Rows[1].Reason == "" {
		t.Errorf("%+v", r)
	}
	for format, want := range map[string]string{"table": "2 runs, 1 predicted", "md": "| runs | runs |",
		"csv": "id,model,device,engine"} {
		if o := l.run(t, "score", in, "--format", format); o.code != Done || !strings.Contains(o.stdout, want) {
			t.Errorf("%s: %+v", format, o)
		}
	}
	if o := l.run(t, "score", in); !strings.Contains(o.stdout, "\nnot predicted ") ||
		!strings.Contains(o.stdout, r.Rows[1].Reason) {
		t.Errorf("a run without a prediction has no reason: %s", o.stdout)
	}
	if o := l.run(t, "score", filepath.Join(l.home, "nosuch.csv")); o.code != BadInput ||
		!strings.Contains(o.stderr, "nosuch.csv: there is no such file") ||
		!strings.Contains(o.stderr, "usage: fathom score FILE [FILE…] ") {
		t.Errorf("%+v", o)
	}
}
