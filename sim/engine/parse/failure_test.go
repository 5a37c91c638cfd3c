package parse

import (
	"slices"
	"strings"
	"testing"

	"fathom/sim/report"
)

// The recorded failures: class, field at fault, the value that mends it, and words of the advice.
func TestRecordedFailures(t *testing.T) {
	for _, c := range []struct {
		log, field, fix, advice, message string
		class                            report.FailureClass
	}{
		{"err_batch_range", "batch_range", "3 9", "--batch-range 3 9", "min must be <= max", report.InvalidParameters},
		{"err_grid_too_small", "num_devices", "8", "at most 8 devices", "cannot model num_devices=16",
			report.InvalidParameters},
		{"err_missing_input", "input_length", "", "add --input-length", "required: --input-length", report.InvalidParameters},
		{"err_pd_ratio_and_disagg", "mode", "", "leave out --disagg", "cannot be used together", report.InvalidParameters},
		{"err_pd_ratio_missing_count", "decode_devices_per_instance", "", "add --decode-devices-per-instance", "are required",
			report.InvalidParameters},
		{"err_tp_too_large", "tp_sizes", "2", "--tp-sizes 2", "larger than --num-devices (2)", report.InvalidParameters},
		{"err_unknown_device", "device", "ATLAS_800_A2_280T_64G", "nearest profile", "no profile 'ATLAS_900'",
			report.InvalidParameters},
		{"err_unknown_model", "model", "", "config.json", "cannot build the model NO/SUCH-model", report.Assumptions},
	} {
		r, f := Log(recorded(t, c.log))
		if f == nil {
			t.Errorf("%s: no failure", c.log)
			continue
		}
		if f.Class != c.class || f.Field != c.field || f.Fix != c.fix || !strings.Contains(f.Advice.String(), c.advice) ||
			!strings.Contains(f.Message.String(), c.message) {
			t.Errorf("%s: %+v", c.log, *f)
		}
		if len(f.Lines) == 0 || len(f.Lines) > 3 || strings.Contains(f.Message.String(), "\n") {
			t.Errorf("%s: lines %q", c.log, f.Lines)
		}
		last := r.Issues[len(r.Issues)-1]
		if last.Severity != report.Error || last.Field != c.field {
			t.Errorf("%s: the report does not carry the failure: %+v", c.log, r.Issues)
		}
	}
}

const head = "$ python -m cli.inference.throughput_optimizer m/dir --device A --num-devices 4 --input-length " +
	"/tmp/lengths.yaml --tp-sizes 1 2 8\n"

// Failures of the machine around the run, of Python and of the shell.
func TestFailuresInGeneral(t *testing.T) {
	for _, c := range []struct {
		name, text, field, fix, message string
		class                           report.FailureClass
	}{
		{"module of the checkout", "/usr/bin/python: No module named cli\n[exit 1]", "msmodeling_root", "",
			"No module named cli", report.Environment},
		{"missing package", "Traceback (most recent call last):\n  File \"cli/utils.py\", line 3, in <module>\n    import " +
			"torch\nModuleNotFoundError: No module named 'torch'\n[exit 1]",
			"python", "", "No module named 'torch'", report.Environment},
		{"no interpreter", "bash: python: command not found\n[exit 127]", "python", "", "command not found",
			report.Environment},
		{"no interpreter, no words", "[exit 127]", "python", "", "status 127", report.Environment},
		{"killed", "working\n[exit 137]", "jobs", "1", "SIGKILL", report.Environment},
		{"killed, as Python counts", "[exit -9]", "jobs", "1", "SIGKILL", report.Environment},
		{"memory", "Traceback (most recent call last):\n  File \"x.py\", line 1, in f\nMemoryError\n[exit 1]", "jobs", "1",
			"MemoryError", report.Environment},
		{"a worker killed", "Traceback (most recent call last):\n  File \"x.py\", line 1, in " +
			"f\nconcurrent.futures.process.BrokenProcessPool: A process in the process pool was terminated abruptly\n[exit 1]",
			"jobs", "1", "BrokenProcessPool", report.Environment},
		{"segmentation fault", "Segmentation fault (core dumped)\n[exit 139]", "", "", "Segmentation fault",
			report.Environment},
		{"time limit", "[exit 124]", "tp_sizes", "", "time limit", report.Environment},
		{"terminated", "[exit 143]", "", "", "SIGTERM", report.Environment},
		{"input file", "Traceback (most recent call last):\n  File \"x.py\", line 1, in f\nFileNotFoundError: [Errno 2] " +
			"No such file or directory: '/tmp/lengths.yaml'\n[exit 1]",
			"input_length", "", "No such file", report.InvalidParameters},
		{"other file", "Traceback (most recent call last):\n  File \"x.py\", line 1, in f\nFileNotFoundError: [Errno 2] " +
			"No such file or directory: '/opt/x.so'\n[exit 1]",
			"", "", "No such file", report.Environment},
		{"sizes in part too large", "Traceback (most recent call last):\n  File \"x.py\", line 1, in f\nValueError: " +
			"--tp-sizes contains value 8, which is larger than --num-devices (4).\n[exit 1]",
			"tp_sizes", "1 2", "contains value 8", report.InvalidParameters},
		{"choice", "msmodeling inference throughput-optimizer: error: argument --quantize-linear-action: invalid choice: " +
			"'W8A8' (choose from 'DISABLED', 'W8A8_STATIC', 'FP8')\n[exit 2]",
			"quantize_linear_action", "W8A8_STATIC", "invalid choice", report.InvalidParameters},
		{"choice, unquoted as of Python 3.14",
			"x: error: argument --word-embedding-tp: invalid choice: 'cow' (choose from col, row)\n[exit 2]",
			"word_embedding_tp", "col", "invalid choice", report.InvalidParameters},
		{"value", "x: error: argument --num-devices: must be a positive integer, got '-1'\n[exit 2]", "num_devices", "",
			"positive integer", report.InvalidParameters},
		{"unknown flag", "x: error: unrecognized arguments: --pp-sizes 2\n[exit 2]", "pp_sizes", "", "unrecognized",
			report.InvalidParameters},
		{"no such model", "[ERROR] [a.b] Failed to build model 'm/dir'\nTraceback (most recent call last):\n  File " +
			"\"x.py\", line 1, in f\nOSError: m/dir is not a local folder and is not a valid model identifier listed on " +
			"'https://huggingface.co/models'\n[exit 1]",
			"model", "", "not a valid model identifier", report.Assumptions},
		{"offline", "Traceback (most recent call last):\n  File \"x.py\", line 1, in f\nOSError: We couldn't connect to " +
			"'https://huggingface.co' to load the files\n[exit 1]",
			"model", "", "couldn't connect", report.Environment},
		{"flag in a log line", "[ERROR] [__main__] --num-mtp-tokens 7 needs more acceptance rates.\n[exit 1]",
			"num_mtp_tokens", "", "acceptance rates", report.InvalidParameters},
		{"what the model is assumed to be",
			"Traceback (most recent call last):\n  File \"x.py\", line 1, in f\nKeyError: 'rope_theta'\n[exit 1]", "", "",
			"KeyError", report.Assumptions},
		{"chained exceptions: the last one", "Traceback (most recent call last):\n  File \"x.py\", line 1, in " +
			"f\nKeyError: 'a'\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most " +
			"recent call last):\n  File \"y.py\", line 1, in g\nNotImplementedError: sliding window\n[exit 1]",
			"", "", "NotImplementedError", report.Assumptions},
		{"traceback cut off", "Traceback (most recent call last):\n  File \"x.py\", line 1, in f\n", "", "",
			"without its exception", report.Assumptions},
		{"status only", "[exit 3]", "", "", "status 3", report.Environment},
	} {
		_, f := Log([]byte(head + c.text))
		if f == nil {
			t.Errorf("%s: no failure", c.name)
			continue
		}
		if f.Class != c.class || f.Field != c.field || f.Fix != c.fix || !strings.Contains(f.Message.String(), c.message) ||
			f.Advice.IsZero() {
			t.Errorf("%s: %+v", c.name, *f)
		}
	}
}

// Of several profiles only the unknown ones are replaced.
func TestUnknownDeviceAmongOthers(t *testing.T) {
	text := "$ python -m cli.inference.throughput_optimizer m --devices TEST_DEVICE ATLAS_800_A3_752T\n" +
		"[ERROR] [__main__] Unknown --device name(s): 'ATLAS_800_A3_752T'. Valid profiles: ATLAS_800_A2_376T_64G, " +
		"ATLAS_800_A3_752T_128G_DIE, TEST_DEVICE\n[exit 1]\n"
	_, f := Log([]byte(text))
	if f == nil || f.Fix != "TEST_DEVICE ATLAS_800_A3_752T_128G_DIE" {
		t.Errorf("%+v", f)
	}
}

// Errors beside a result are told and do not fail the run; those of the charts are only noted.
func TestErrorsBesideAResult(t *testing.T) {
	r, f := Log(recorded(t, "agg_flagship_compile"))
	if f != nil {
		t.Fatal(f)
	}
	if i := slices.IndexFunc(r.Issues, func(i report.Issue) bool {
		return strings.Contains(i.Message.String(),
			"plotext")
	}); i < 0 || r.Issues[i].Severity != report.Note {
		t.Errorf("charts: %+v", r.Issues)
	}
	if i := slices.IndexFunc(r.Issues, func(i report.Issue) bool {
		return i.Field == "tpot_limits" ||
			i.Field == "tpot_limit"
	}); i < 0 || r.Issues[i].Severity != report.Warning {
		t.Errorf("deprecated flag: %+v", r.Issues)
	}
	text := strings.Replace(string(recorded(t, "agg_single")), "All experiments",
		"[ERROR] [serving_cast.parallel_runner] Failed to build model 'x'\nAll experiments", 1)
	r, f = Log([]byte(text))
	if f != nil || len(r.Issues) != 1 || r.Issues[0].Severity != report.Warning {
		t.Errorf("%+v %+v", f, r.Issues)
	}
}

func TestNoLogAtAll(t *testing.T) {
	for _, text := range []string{"", "\n\n", "hello\nworld\n", "| a | b |\n+---+\n", "#!/bin/sh\nthroughput is fine\n"} {
		if _, f := Log([]byte(text)); f == nil || f.Class != report.InvalidParameters || f.Advice.IsZero() {
			t.Errorf("%q: %+v", text, f)
		}
	}
}
