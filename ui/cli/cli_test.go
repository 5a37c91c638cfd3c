package cli

import (
	"bytes"
	"context"
	le "encoding/binary"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"fathom/state/field"
)

// outcome is what a command line left behind.
type outcome struct {
	code           int
	stdout, stderr string
	start          *Start // of the dashboard, where it was opened
}

// typed runs a line with a text on standard input.
func (l *lab) typed(t testing.TB, stdin string, args ...string) outcome {
	t.Helper()
	with := *l
	with.stdin = stdin
	return with.run(t, args...)
}

// lab runs command lines without a terminal in an empty home.
type lab struct {
	home     string
	terminal bool
	stdin    string
	env      map[string]string
}

// hang ends a command that does not end; a slow machine must not come near it.
const hang = 5 * time.Minute

func (l *lab) run(t testing.TB, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	defer cancel()
	return l.runIn(ctx, args...)
}

func (l *lab) runIn(ctx context.Context, args ...string) outcome {
	var out outcome
	var stdout, stderr bytes.Buffer
	p := &Program{Stdin: strings.NewReader(l.stdin), Stdout: &stdout, Stderr: &stderr,
		Getenv: func(k string) string {
			if k == "HOME" {
				return l.home
			}
			return l.env[k]
		},
		Terminal:  func() bool { return l.terminal },
		Dashboard: func(_ context.Context, s Start) error { out.start = &s; return nil },
	}
	out.code = p.Run(ctx, args)
	out.stdout, out.stderr = stdout.String(), stderr.String()
	return out
}

func newLab(t testing.TB) *lab { return &lab{home: t.TempDir()} }

// ok runs a line that must succeed and gives its standard output.
func ok(t testing.TB, args ...string) string {
	t.Helper()
	o := newLab(t).run(t, args...)
	if o.code != Done {
		t.Fatalf("%v: exit %d: %s", args, o.code, o.stderr)
	}
	return o.stdout
}

const (
	die      = "ATLAS_800_A3_752T_128G_DIE"
	flagship = "Qwen/Qwen3-32B --device " + die +
		" --num-devices 8 --input-length 3500 --output-length 1500 --ttft-limit 2000" +
		" --tpot-limit 50 --quantize-linear-action W8A8_DYNAMIC --quantize-attention-action DISABLED --compile"
	step = "Qwen/Qwen3-32B --device " + die +
		" --num-devices 4 --tp-size 4 --num-queries 16 --query-length 1 --context-length 4096 --decode --compile"
)

// TestBadInput: exit 2, one clear line on stderr that names field, value and fix, then the usage; nothing on stdout.
func TestBadInput(t *testing.T) {
	l := newLab(t)
	broken := filepath.Join(l.home, "broken.toml")
	os.WriteFile(broken, []byte("model = \"Qwen/Qwen3-32B\"\nnum_device = 8\n"), 0o600)
	for _, test := range []struct{ line, want string }{
		{"plan " + flagship + " --tp-size 4", "--tp-size: no such flag; did you mean --tp-sizes?"},
		{"plan " + flagship + " --yes", "--yes: no such flag; --help lists the flags"},
		{"plan " + flagship + " --tp-sizes 16", "TP sizes 16: is above the 8 devices; use sizes up to 8"},
		{"plan " + flagship + " --prefix-cache-hit-rate 1.0", "hit rate 1.0: must be at least 0 and below 1, e.g. 0.3"},
		{"plan " + flagship + " --num-devices 9000", "device count 9000: " + die +
			" holds 768 devices; use at most 768 or another profile"},
		{"plan " + flagship + " -o /no/such/dir/x.json",
			"output file /no/such/dir/x.json: there is no directory /no/such/dir; make it first"},
		{"plan " + flagship + " --device-file nosuch.toml",
			"device file: device profile nosuch.toml: there is no such file"},
		{"plan " + flagship + " --device ATLAS_900", "hardware profile ATLAS_900: is no known profile; did you mean"},
		{"plan " + flagship + " --speculative-method dflash", "speculative method dflash: needs the msmodeling engine"},
		{"plan " + strings.Replace(flagship, "Qwen/Qwen3-32B", "NO/SUCH-model", 1), "model NO/SUCH-model: is not in the " +
			"catalog, no local directory, and in no local cache; fathom models list"},
		{"plan " + strings.Replace(flagship, "--input-length 3500", "", 1),
			"input length: is not answered; give --input-length, e.g. --input-length 3500"},
		{"plan " + broken, "plan " + broken + ": num_device: line 2: no such key; did you mean num_devices?"},
		{"plan nosuch.toml", "plan nosuch.toml: there is no such file; name a saved plan or a model"},
		{"Qwen/Qwen3-32B", "no terminal to ask on, and not every question is answered; missing: --device, --num-devices"},
		{"serve --listen 127.0.0.1:2222", "--authorized-keys: name the file of the public keys that may enter"},
		{"serve --insecure-loopback --listen :2222",
			"--listen :2222: without keys the server listens on loopback only; use 127.0.0.1:2222"},
		{"serve --insecure-loopback --max-sessions none", "--max-sessions none: must be a whole number from 1 to 100000"},
		{"serve --insecure-loopback --idle-limit 5", "--idle-limit 5: must be a time of at least a second, e.g. 30m"},
		{"serve --insecure-loopback --key x", "--key: no such flag; did you mean"},
		{"plan " + flagship + " --traffic poisson", "traffic poisson: needs --qps N beside it"},
		{"plan " + flagship + " --engine msmodeling",
			"msmodeling root: the msmodeling engine needs --msmodeling-root DIR (your checkout)"},
		{"plan " + flagship + " --prefix-cache-hit-rate nan", "hit rate nan: must be a finite number, e.g. 0.3"},
		{"pass Qwen/Qwen3-32B --query-length 1", "--num-queries: is not given; say how many requests, e.g. --num-queries 16"},
		{"pass " + step + " --tp-size 3", "--tp-size 3: TP x PP = 3 does not divide the 4 devices; choose divisors"},
		{"pass " + step + " --tp-sizes 4", "--tp-sizes: no such flag; did you mean --tp-size?"},
		{"pass " + step + " --tp-size four", "--tp-size four: must be a whole number from 1 to 1000000, e.g. 1"},
		{"pass " + step + " --num-devices 900000", "device count 900000: " + die + " has a grid of"},
		{"pass " + step + " --reserved-memory-gb nan", "--reserved-memory-gb nan: must be a finite number"},
		{"pass " + step + " --quantize-linear-action W3",
			"--quantize-linear-action W3: must be one of DISABLED, W8A16_STATIC"},
		{"pass " + step + " --image-height 10", "--image-height: Qwen/Qwen3-32B takes no images; leave the image flags out"},
		{"pass deepseek-ai/DeepSeek-V3.1 --num-devices 16 --ep-size 3 --num-queries 1 --query-length 1",
			"--ep-size 3: EP x MoE-DP = 3 does not divide the 16 devices"},
		{"pass " + step + " --num-hidden-layers-override 65",
			"--num-hidden-layers-override 65: the model has 64 layers; use at most that"},
		{"pass " + step + " --mlp-tp-size 2 --mlp-dp-size 4",
			"--mlp-dp-size 4: times its TP 2 it is not the 4 devices of a stage; leave it out"},
		{"pass " + step + " --num-queries 3 --mlp-tp-size 2",
			"mlp-tp 2 differs from tp 4, which does not divide the 3 tokens of a rank"},
		{"pass " + step + " --performance-model analytic --performance-model profiling",
			"--performance-model profiling: needs the msmodeling engine"},
		{"pass " + step + " --profiling-database db", "--profiling-database-path db: needs the msmodeling engine"},
		{"pass " + step + " --num-speculative-tokens 3", "--num-speculative-tokens 3: needs the msmodeling engine"},
		{"pass moonshotai/Kimi-K3 --num-queries 1 --query-length 1",
			"model moonshotai/Kimi-K3: its operators cannot be priced: its latent experts"},
		{"pass " + strings.Replace(step, die, "ATLAS_350_425T_112G", 1) + " --fidelity calibrated",
			"fidelity calibrated: ATLAS_350_425T_112G has no measured kernel figures"},
		{"pass " + step + " --kernels vllm",
			"--kernels vllm: only a calibrated pass adds up measured kernels; give --fidelity calibrated"},
		{"pass " + step + " --fidelity calibrated --kernels vllm",
			"--kernels vllm: no kernels were measured on ATLAS_800_A3_752T_128G_DIE; leave it out"},
		{"pass " + strings.Replace(step, die, "H200_SXM", 1) + " --fidelity calibrated --kernels mindie",
			"--kernels mindie: on H200_SXM those of trtllm, sglang, vllm were measured"},
		{"pass " + strings.Replace(step, die, "H200_SXM", 1) + " --fidelity calibrated --kernels vllm --serving-engine vllm",
			"--kernels vllm: --serving-engine vllm prices steps as the engine runs them"},
		{"devices show H300", `device profile "H300" is not known; nearest: H100`},
		{"devices frobnicate", "devices frobnicate: no such command; use list, show NAME"},
		{"devices new", "--from: needs the profile to start from"},
		{"devices check", "devices check: needs a profile file"},
		{"devices list --formt json", "--formt: no such flag; did you mean --format?"},
		{"devices list --format xml", "--format xml: must be one of table, json, csv, md"},
		{"models show nosuch", `model "nosuch" is neither in the catalog nor a directory`},
		{"models list extra", "models list extra: takes no further argument; leave it out"},
		{"completion tcsh", "completion tcsh: must be one of bash, zsh, fish, powershell"},
		{"help nosuch", "help nosuch: no such command or topic; fathom help lists them"},
	} {
		o := l.run(t, strings.Fields(test.line)...)
		first, rest, _ := strings.Cut(o.stderr, "\n")
		if o.code != BadInput || o.stdout != "" || !strings.HasPrefix(first, "fathom: "+test.want) ||
			!strings.Contains(rest, "usage: fathom") {
			t.Errorf("%s:\nexit %d, stdout %q, stderr\n%swant %s", test.line, o.code, o.stdout, o.stderr, test.want)
		}
	}
}

// TestControlSequencesNeverReachTheTerminal: whatever stands in arguments and files is shown harmlessly.
func TestControlSequencesNeverReachTheTerminal(t *testing.T) {
	l := newLab(t)
	path := filepath.Join(l.home, "evil.toml")
	os.WriteFile(path, []byte("\"\\u001b[31mmodel\" = \"\\u001b]0;x\\u0007m\"\nnum_devices = \"\\u001b[2J\"\n"), 0o600)
	for _, args := range [][]string{{"plan", "\x1b[31mred", "--dev\x1bice", "x"}, {"plan", path},
		{"devices", "show", "\x1b]52;c;x\x07"},
		{"models", "show", "a\u009b31m"}, {"pass", "m\x1b[2J", "--num-queries", "\x1b[1m1"}, {"help", "\x1b[3m"}} {
		o := l.run(t, args...)
		if strings.ContainsAny(o.stdout+o.stderr, "\x1b\x07\u009b") {
			t.Errorf("%q: %q %q", args, o.stdout, o.stderr)
		}
	}
}

func TestVersionAndHelp(t *testing.T) {
	for _, args := range [][]string{{"--version"}, {"-V"}} {
		if got := ok(t, args...); !strings.HasPrefix(got, "fathom ") || !strings.Contains(got, ", commit ") ||
			!strings.Contains(got, ", go1.") ||
			strings.Count(got, "\n") != 1 {
			t.Errorf("%v: %q", args, got)
		}
	}
	if a, b, c := ok(t, "help"), ok(t, "--help"), ok(t, "-h"); a != b || b != c || !strings.Contains(a, "plan ") {
		t.Error("help, --help and -h differ")
	}
	if a, b := ok(t, "help", "plan"), ok(t, "plan", "-h"); a != b || !strings.Contains(a, "--ttft-limit MS") {
		t.Error("help plan and plan -h differ")
	}
}

// TestDashboardOrNot: cli.md, "When every question is answered".
func TestDashboardOrNot(t *testing.T) {
	screen := newLab(t)
	screen.terminal = true
	saved := filepath.Join(screen.home, "saved.toml")
	os.WriteFile(saved, []byte("model = \"Qwen/Qwen3-32B\"\ninput_length = 100\nttft_limit = 7\n"), 0o600)
	for _, test := range []struct {
		line    string
		confirm bool
		model   string
	}{
		{"", false, ""},
		{flagship, true, "Qwen/Qwen3-32B"},
		{"Qwen/Qwen3-32B --input-length 3500", false, "Qwen/Qwen3-32B"},
		{flagship + " --tp-sizes 99", false, "Qwen/Qwen3-32B"},
		{strings.Replace(flagship, "Qwen/Qwen3-32B", saved, 1), true, "Qwen/Qwen3-32B"},
		{"--lang zh --device A B C", false, ""},
	} {
		o := screen.run(t, strings.Fields(test.line)...)
		if o.code != Done || o.start == nil || o.start.Confirm != test.confirm {
			t.Errorf("%q: exit %d, %+v, %s", test.line, o.code, o.start != nil, o.stderr)
			continue
		}
		if got := o.start.Answers[field.Model].Text; got != test.model {
			t.Errorf("%q: model %q", test.line, got)
		}
	}
	o := screen.run(t, strings.Fields(strings.Replace(flagship, "Qwen/Qwen3-32B", saved, 1))...)
	if a := o.start.Answers; a[field.InputLength].Text != "3500" || a[field.InputLength].Label().String() != "flag" ||
		a[field.Model].Label().String() != "plan file "+saved {
		t.Errorf("flags do not win over the plan: %+v %+v", a[field.InputLength], a[field.Model])
	}
}

// TestPassJSON is the contract of cli.md on the worked example of simulation-model 10.1 (16.863 ms at total length
// 4097).
func TestPassJSON(t *testing.T) {
	var r struct {
		Schema, Device, Model, Phase string
		TimeMS                       float64            `json:"time_ms"`
		Tokens                       float64            `json:"tokens_per_s_per_device"`
		Memory                       map[string]float64 `json:"memory_gb"`
		Breakdown                    map[string]float64 `json:"breakdown_ms"`
		Ops                          []struct {
			Name, Bound string
			Count       int
			TotalMS     float64 `json:"total_ms"`
			AvgUS       float64 `json:"avg_us"`
		}
	}
	if err := json.Unmarshal([]byte(ok(t, strings.Fields("pass "+step+" --format json")...)), &r); err != nil {
		t.Fatal(err)
	}
	near := func(what string, got, want, tolerance float64) {
		if math.Abs(got-want) > tolerance {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	near("time", r.TimeMS, 16.8626, 1e-4)
	near("tokens", r.Tokens, 237.2, 0.05)
	near("weights", r.Memory["weight"], 9.098, 5e-4)
	near("KV cache", r.Memory["kv_cache"], 4.008, 5e-4)
	near("available", r.Memory["available"], 50.893, 1e-3)
	sum := 0.0
	for _, o := range r.Ops {
		sum += o.TotalMS
	}
	near("operators", sum, r.TimeMS, 1e-9)
	if o := r.Ops[0]; o.Name != "static_quant_linear" || o.Count != 256 || o.Bound != "mem" {
		t.Errorf("first operator: %+v", o)
	}
	near("first operator", r.Ops[0].TotalMS, 8.739, 5e-4)
	near("first operator", r.Ops[0].AvgUS, 34.136, 5e-4)
	if r.Schema != "fathom.pass/1" || r.Device != die || r.Phase != "decode" || len(r.Breakdown) != 4 {
		t.Errorf("%+v", r)
	}
}

// Simulation-model 10.5 through the command line: the first four layers of Qwen3-8B, and what the flags about logs
// change.
func TestPassOfTheFirstLayers(t *testing.T) {
	l := newLab(t)
	line := "pass Qwen/Qwen3-8B --devices " + die +
		" --num-devices 4 --tp-size 2 --num-queries 16 --query-length 1 --context-length 4095 --decode" +
		" --compile --num-hidden-layers-override 4 --lmhead-tp-size 4 --lmhead-dp-size 1 -v -q -j 4 --graph-log-url x " +
		"--disable-repetition --quantize-lmhead" +
		" --enable-multistream --format json"
	o := l.run(t, strings.Fields(line)...)
	var r struct {
		Notes []string
		Ops   []struct{ Count int }
	}
	if err := json.Unmarshal([]byte(o.stdout), &r); o.code != Done || err != nil {
		t.Fatalf("%+v, %v", o, err)
	}
	for _, want := range []string{"note: --graph-log-url is deprecated; use --graph-log-path",
		"note: --disable-repetition is deprecated; use --no-repetition",
		"note: --jobs changes nothing here", "note: multistream is priced as off",
		"note: quantising the LM head has no effect"} {
		if !strings.Contains(o.stderr, want) {
			t.Errorf("no %q in\n%s", want, o.stderr)
		}
	}
	if len(r.Notes) != 2 {
		t.Errorf("notes %q", r.Notes)
	}
}

func TestPassReadsFlagsAsTheReferenceToolDoes(t *testing.T) {
	want := ok(t,
		strings.Fields("pass "+step+" --compilation-config enable_multistream enable_matmul_allreduce --format csv")...)
	for _, line := range []string{
		"pass " + step + " --compilation-config enable-multistream ENABLE_MATMUL_ALLREDUCE --format csv",
		"pass " + step + " --enable-multistream --enable_matmul_allreduce --format=csv",
		"pass --model_id " + step + " --enable-multistream --enable-matmul-allreduce --format csv",
		strings.ReplaceAll("pass "+step, "-length", "_length") +
			" --enable-multistream --enable-matmul-allreduce --format csv --log-level info",
	} {
		if got := ok(t, strings.Fields(line)...); got != want {
			t.Errorf("%s:\n%s", line, got)
		}
	}
	l := newLab(t)
	trace, csv := filepath.Join(l.home, "t.json"), filepath.Join(l.home, "ops.csv")
	if o := l.run(t, strings.Fields("pass "+step+" --chrome-trace "+trace+" --format csv -o "+csv)...); o.code != Done ||
		o.stdout != "" {
		t.Fatalf("%+v", o)
	}
	data, _ := os.ReadFile(trace)
	var events struct {
		TraceEvents []struct{ Dur float64 }
	}
	if err := json.Unmarshal(data, &events); err != nil {
		t.Fatal(err)
	}
	total := 0.0
	for _, e := range events.TraceEvents {
		total += e.Dur
	}
	if math.Abs(total-16862.56) > 0.01 || len(events.TraceEvents) != 1094 { // simulation-model 10.1: calls in all
		t.Errorf("the trace lasts %v us, %d events", total, len(events.TraceEvents))
	}
	if data, _ := os.ReadFile(csv); !bytes.HasPrefix(data, []byte("name,shape,count,")) {
		t.Errorf("ops.csv: %s", data)
	}
	if o := l.run(t, strings.Fields("pass deepseek-ai/DeepSeek-V3.1 --num-devices 1 --num-queries 1 --query-length 8")...); o.code != Infeasible ||
		!strings.Contains(o.stderr, "GiB more memory") || !strings.Contains(o.stdout, "memory") {
		t.Errorf("a model that does not fit: exit %d\n%s", o.code, o.stderr)
	}
}

func TestDevicesOfTheUser(t *testing.T) {
	l := newLab(t)
	mine := ok(t, "devices", "new", "--from", "TEST_DEVICE")
	mine = strings.Replace(mine, `name = "TEST_DEVICE"`, `name = "MINE"`, 1)
	file := filepath.Join(l.home, "mine.toml")
	os.WriteFile(file, []byte(mine), 0o600)
	if o := l.run(t, "devices", "check", file); o.code != Done || !strings.Contains(o.stdout, "profile MINE is good") {
		t.Errorf("check: %+v", o)
	}
	if o := l.run(t, "devices", "list", "--device-file", file); !strings.Contains(o.stdout, "MINE ("+file+")") {
		t.Errorf("list: %+v", o)
	}
	dir := filepath.Join(l.home, ".config", "fathom", "devices")
	os.MkdirAll(dir, 0o755)
	os.WriteFile(filepath.Join(dir, "mine.toml"), []byte(mine), 0o600)
	os.WriteFile(filepath.Join(dir, "bad.toml"), []byte("name = 3\n"), 0o600)
	o := l.run(t, strings.Fields(strings.Replace("pass "+step, die, "MINE", 1))...)
	if o.code != Done || !strings.Contains(o.stdout, "on MINE") || !strings.Contains(o.stderr, "warning: ") ||
		!strings.Contains(o.stderr, "bad.toml:1") {
		t.Errorf("pass on a profile of one's own: %+v", o)
	}
}

// refusedOrDone runs a line under a context that has ended, so that what is understood does not run: no line panics,
// and one that is refused says why on stderr and nothing on stdout.
func refusedOrDone(t *testing.T, l *lab, line string) {
	t.Helper()
	if strings.Contains(line, "-o") || strings.Contains(line, "output") || strings.Contains(line, "trace") {
		return // would write files
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	o := l.runIn(ctx, strings.Split(line, " ")...)
	switch o.code {
	case Done, Failed, Infeasible:
	case BadInput:
		if o.stdout != "" || o.stderr == "" {
			t.Errorf("%q: stdout %q, stderr %q", line, o.stdout, o.stderr)
		}
	default:
		t.Errorf("%q: exit %d", line, o.code)
	}
}

func TestOddArguments(t *testing.T) {
	l := newLab(t)
	for _, line := range []string{"plan " + flagship, "pass " + step, "--device a b -- c plan --help",
		"devices show\x00 --from=x -o\n", "help help help", "plan " + strings.Repeat("--x ", 4000),
		strings.Repeat("x", 1<<16)} {
		refusedOrDone(t, l, line)
	}
}

// words is what fuzzed lines are made of: every command and flag, and values good and bad.
var words = sync.OnceValue(func() []string {
	list := strings.Fields("plan pass cases devices models parse score calibrate serve completion man help list show " +
		"check new " +
		"--help --version -h - -- --= = --x -x --from --name --format json csv md xml --authorized-keys --listen " +
		"--insecure-loopback Qwen/Qwen3-32B Qwen/Qwen3-8B deepseek-ai/DeepSeek-V3.1 no/such H100_SXM " + die +
		" 0 1 2 8 64 3500 1e9 -1 1e-320 nan inf 1e400 0.5 99999999999999999999 true false ; 1;2 ~ ~/x /dev/null /dev/zero " +
		". .. " +
		"W8A8_DYNAMIC FP8 DISABLED corrected calibrated reference exhaustive closed poisson zh \xff \x1b[2J 混部")
	for id := range field.NumIDs {
		if flag := field.Table[id].Flag; flag != "" {
			list = append(list, "--"+flag)
		}
	}
	return append(list, "")
})

// FuzzArguments makes lines of fourteen words and one of any bytes: flags of a plan, and now and then of any command.
// Arguments are numbers, because the fuzzer spends a minute on making any text shorter that does something new.
func FuzzArguments(f *testing.F) {
	f.Add(uint64(0), uint64(1), uint64(2))
	f.Add(uint64(0x0102030405060708), uint64(0x55aa), ^uint64(0))
	l := newLab(f)
	p := &Program{Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }}
	debug.SetGCPercent(1000)
	f.Fuzz(func(t *testing.T, a, b, raw uint64) {
		list := words()
		var line []string
		for _, part := range []uint64{a, b} {
			for range 7 {
				line = append(line, list[int(part%509)%len(list)])
				part /= 509
			}
		}
		var bytes [8]byte
		le.LittleEndian.PutUint64(bytes[:], raw)
		at := int(a % uint64(len(line)))
		line[at] = string(bytes[:1+b%8])
		if a%32 > 0 { // the tree of commands takes ten times as long to build as the flags of a plan to be understood
			if q, err := p.prepare("plan", line); err != nil {
				if err.Error() == "" {
					t.Errorf("%q is refused without a reason", line)
				}
			} else {
				field.Request(field.FillDefaults(field.Derive(q.answers)), *q.catalog)
			}
			return
		}
		refusedOrDone(t, l, strings.TrimRight(strings.Join(line, " "), " "))
	})
}
