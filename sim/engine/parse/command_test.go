package parse

import (
	"slices"
	"testing"
)

func TestCommandLines(t *testing.T) {
	for _, c := range []struct {
		line, model, devices string
		text                 string
	}{
		{"$ python -m cli.inference.throughput_optimizer Qwen/Qwen3-32B --device A B --disagg", "Qwen/Qwen3-32B", "A B",
			"python -m cli.inference.throughput_optimizer Qwen/Qwen3-32B --device A B --disagg"},
		{"user@host:~/msmodeling$ PYTHONPATH=. python3 -m cli.inference.throughput_optimizer --model_id='my model' " +
			"--devices=A 2>&1 | tee x.log", "my model", "A",
			"PYTHONPATH=. python3 -m cli.inference.throughput_optimizer '--model_id=my model' --devices=A '2>&1' '|' tee x.log"},
		{"msmodeling inference throughput-optimizer m --num-devices 8", "m", "",
			"msmodeling inference throughput-optimizer m --num-devices 8"},
	} {
		argv, ok := commandIn(c.line)
		if !ok {
			t.Errorf("%q is no command", c.line)
			continue
		}
		got := newCommand(argv)
		if got.model != c.model || Quote(got.value["device"]) != c.devices || got.text != c.text {
			t.Errorf("%q: model %q, devices %q, text %q", c.line, got.model, got.value["device"], got.text)
		}
	}
	for _, line := range []string{"usage: msmodeling inference throughput-optimizer [-h] --x",
		`  File "cli/inference/throughput_optimizer.py", line 592, in <module>`,
		"msmodeling inference throughput-optimizer: error: the following arguments are required: --input-length",
		"Best Throughput: 5391.20 tokens/s", ""} {
		if argv, ok := commandIn(line); ok {
			t.Errorf("%q taken for a command: %q", line, argv)
		}
	}
}

func TestCommandOverSeveralLines(t *testing.T) {
	r, _ := Log([]byte("$ python -m cli.inference.throughput_optimizer m \\\n    --device A \\\n    --disagg " +
		"--tpot-limit 5\nAll experiments completed in 1.00 seconds.\n"))
	if len(r.Devices) != 1 || r.Devices[0].Device != "A" || r.Devices[0].Decode == nil || r.Devices[0].Prefill != nil {
		t.Errorf("%q: %+v", r.Command, r.Devices)
	}
}

// What is quoted reads back as the same words.
func FuzzQuote(f *testing.F) {
	f.Add("a b", "it's", "\\\"$`")
	f.Add("", "--x=1", "测试")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		argv := []string{a, b, c}
		if got := words(Quote(argv)); !slices.Equal(got, argv) {
			t.Errorf("%q came back as %q", argv, got)
		}
	})
}
