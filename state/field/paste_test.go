package field

import (
	"bufio"
	"os"
	"strings"
	"testing"
	"unicode"
)

func TestPastedCommands(t *testing.T) {
	want := parse(t, flagship)
	spaced := strings.ReplaceAll(flagship, " --", " \\\n    --")
	for name, text := range map[string]string{
		"one line":          "python -m cli.inference.throughput_optimizer " + flagship,
		"backslashes":       "python3 -m cli.inference.throughput_optimizer " + spaced,
		"windows line ends": "python3 -m cli.inference.throughput_optimizer " + strings.ReplaceAll(spaced, "\n", "\r\n"),
		"wrapped by a mail": "python3 -m cli.inference.throughput_optimizer\n" + strings.ReplaceAll(flagship, " --", "\n--"),
		"prompt and pipe": "$ cd msmodeling && PYTHONPATH=. python -m cli.inference.throughput_optimizer " + flagship +
			" 2>&1 | tee out.log",
		"console script":   "msmodeling inference throughput-optimizer " + flagship,
		"script file":      "python cli/inference/throughput_optimizer.py " + flagship + " > log.txt",
		"ours":             "fathom plan " + flagship,
		"the dashboard":    "fathom " + flagship,
		"model as a flag":  "python -m cli.inference.throughput_optimizer --model-id " + flagship,
		"snake model flag": "python -m cli.inference.throughput_optimizer --model_id=" + flagship,
		"deprecated": "python -m cli.inference.throughput_optimizer " +
			strings.NewReplacer("ttft-limit", "ttft-limits", "tpot-limit", "tpot-limits").Replace(flagship),
		"snake": "python -m cli.inference.throughput_optimizer " +
			strings.ReplaceAll(flagship, "num-devices", "num_devices"),
		"quoted": `python -m cli.inference.throughput_optimizer "` + dense + `"` +
			strings.TrimPrefix(flagship, dense),
		"equals": "python -m cli.inference.throughput_optimizer " +
			strings.ReplaceAll(flagship, "--tpot-limit 50", "--tpot-limit=50"),
		"flags alone": flagship,
		"coloured": "\x1b[32mpython\x1b[0m -m cli.inference.throughput_optimizer \x1b]0;title\x07" + flagship +
			"\x1b[K",
	} {
		p := FromCommand(text)
		if p.Err() {
			t.Errorf("%s: %v", name, p.Issues)
			continue
		}
		for id := range NumIDs {
			if got := p.Answers[id].Text; got != want[id].Text {
				t.Errorf("%s: %v is %q, want %q", name, id, got, want[id].Text)
			}
			if p.Answers.Given(id) && p.Answers[id].Source != FromPaste {
				t.Errorf("%s: %v comes from %v", name, id, p.Answers[id].Source)
			}
		}
		if deprecated := name == "deprecated"; deprecated != (len(p.Notes) == 2) {
			t.Errorf("%s: notes %q", name, p.Notes)
		}
	}
}

func TestPastedFaults(t *testing.T) {
	for text, want := range map[string]string{
		"":         "command: is no throughput_optimizer command",
		"rm -rf /": "command: is no throughput_optimizer command",
		"python -m cli.inference.throughput_optimizer m --tp-size 4":                                     "--tp-size: no such flag; did you mean --tp-sizes?",
		"python -m cli.inference.throughput_optimizer m --tpot 4":                                        "--tpot: no such flag; did you mean --tpot-limit?",
		"python -m cli.inference.throughput_optimizer a --model-id b":                                    "model b: the model is given twice (a); keep one",
		"python -m cli.inference.throughput_optimizer a b":                                               "model b: the model is given twice (a); keep one",
		"python -m cli.inference.throughput_optimizer 'a":                                                "command: has an opening ' without its end",
		"python -m cli.inference.throughput_optimizer a --num-devices":                                   "--num-devices: needs a value, e.g. 8",
		"python -m cli.inference.throughput_optimizer a --compile=yes":                                   "--compile: takes no value; leave yes out",
		"python -m cli.inference.throughput_optimizer a --disagg --enable-optimize-prefill-decode-ratio": "mode: --disagg and --enable-optimize-prefill-decode-ratio exclude each other",
	} {
		p := FromCommand(text)
		if len(p.Issues) == 0 || !strings.HasPrefix(p.Issues[0].Message.String(), want) {
			t.Errorf("%q: %v, want %s", text, p.Issues, want)
		}
	}
}

// TestReferenceCommands: every command of the reference runs is understood and written back as the same flags.
func TestReferenceCommands(t *testing.T) {
	f, err := os.Open("testdata/commands.txt") // the argument lists of msmodeling 84fec85 runs, one a line
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c := world(t)
	lines := 0
	for in := bufio.NewScanner(f); in.Scan(); lines++ {
		p := FromCommand(in.Text())
		if p.Err() {
			t.Errorf("%s: %v", in.Text(), p.Issues)
			continue
		}
		r := Read(&p.Answers, &c)
		if r.Problems[BatchRange] != nil {
			continue // the run with --batch-range 9 3
		}
		again := FromCommand("python -m cli.inference.throughput_optimizer " + Shell(r.Args(false)))
		for id := range NumIDs {
			if x, y := p.Answers[id].Text, again.Answers[id].Text; x != y && x != Table[id].Default.Text {
				t.Errorf("%s: %v: %q became %q", in.Text(), id, x, y)
			}
		}
	}
	if lines < 40 {
		t.Errorf("only %d commands", lines)
	}
}

// FuzzFromCommand: no paste panics, nothing that a terminal obeys gets into an answer or a message, and what was
// understood is understood again after it was written as a command.
func FuzzFromCommand(f *testing.F) {
	f.Add("python -m cli.inference.throughput_optimizer " + flagship)
	f.Add("x --device 'A B' \"C\\\"\" \\\n --tp-sizes --ep-sizes=1 -j 3 -- y")
	f.Add("\x1b[31m--model-id\u009b1m \u202e \x00 --num-mtp-tokens 0 1")
	f.Add("--disagg --ttft_limits 1e3 --mtp-acceptance-rate .5 -- -x")
	f.Fuzz(func(t *testing.T, text string) {
		p := FromCommand(text)
		visible := func(what, s string) {
			if i := strings.IndexFunc(s, func(r rune) bool { return unicode.IsControl(r) }); i >= 0 {
				t.Errorf("%s holds %q", what, s)
			}
		}
		for _, i := range p.Issues {
			visible("message", i.Message.String())
		}
		for _, n := range p.Notes {
			visible("note", n.String())
		}
		var c Catalog
		r := Read(&p.Answers, &c)
		for id := range NumIDs {
			visible("answer", p.Answers[id].Text)
		}
		for _, i := range r.Issues() {
			visible("issue", i.Message.String())
		}
		if p.Err() || HasError(r.Issues()) {
			return
		}
		again := FromArgs(r.Args(true), FromFlag, "")
		if again.Err() {
			t.Fatalf("%q was written as %q: %v", text, r.Args(true), again.Issues)
		}
		r2 := Read(&again.Answers, &c)
		if a, b := Shell(r.Args(true)), Shell(r2.Args(true)); a != b {
			t.Errorf("%q\n first %s\n then  %s", text, a, b)
		}
	})
}

// FuzzFromTOML: no document panics, and messages are printable.
func FuzzFromTOML(f *testing.F) {
	f.Add("model = \"a\"\ndevice = [\"A\", \"B\"]\nnum_devices = 8\ncompile = true\ntp_sizes = false\n")
	f.Add("x = 0b\n")
	f.Add("[x]\ny = 1\n[[z]]\nw = 2020-01-01\n")
	f.Fuzz(func(t *testing.T, text string) {
		p := FromTOML(text, "plan.toml")
		for _, i := range p.Issues {
			if strings.ContainsFunc(i.Message.String(), unicode.IsControl) {
				t.Errorf("message %q", i.Message.String())
			}
		}
		var c Catalog
		Read(&p.Answers, &c).Issues()
	})
}
