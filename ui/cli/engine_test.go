package cli

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fathom/ui/sample"
)

// checkout makes the stand-in answer with a recorded log, and gives the flags that use it.
func checkout(t *testing.T, log string, status int, wait time.Duration) string {
	t.Helper()
	root := t.TempDir()
	name, value, err := sample.Checkout(root, filepath.Join(logs, log+".log"), status, wait)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(name, value)
	return " --msmodeling-root " + root + " --python " + os.Args[0]
}

func TestPlanByTheReferenceTool(t *testing.T) {
	l := newLab(t)
	line := "plan " + flagship + " --format json --engine msmodeling" + checkout(t, "agg_flagship_compile", 0, 0)
	o := l.run(t, strings.Fields(line)...)
	r := planOf(t, o.stdout)
	if o.code != Done || r.Engine != "msmodeling" || len(r.Devices) != 1 ||
		r.Devices[0].Aggregation.Candidates[0].Throughput != 1643.49 {
		t.Fatalf("%+v", o)
	}
	if r.Command != "python -m cli.inference.throughput_optimizer "+flagship || r.Request["num_devices"].Source != "flag" {
		t.Errorf("command %s, request %+v", r.Command, r.Request["num_devices"])
	}
	// The whole output is kept where only the user can read it, and said where.
	kept, _ := filepath.Glob(filepath.Join(l.home, ".local", "state", "fathom", "logs", "msmodeling-*.log"))
	if len(kept) != 1 || !strings.Contains(o.stderr, "note: the whole output of the reference tool is in "+kept[0]) {
		t.Fatalf("%v: %s", kept, o.stderr)
	}
	if info, err := os.Stat(kept[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if again := l.run(t, "parse", kept[0], "--format", "csv"); again.code != Done ||
		!strings.Contains(again.stdout, "1643.49") {
		t.Errorf("the log does not read back: %+v", again)
	}
}

func TestPlanByBothEngines(t *testing.T) {
	l := newLab(t)
	flags := checkout(t, "agg_flagship_compile", 0, 0)
	o := l.run(t, strings.Fields("plan "+flagship+" --format json --engine both"+flags)...)
	var r struct {
		Engine      string
		LogFile     string `json:"log_file"`
		Differences []struct {
			Label      string
			SameBatch  bool     `json:"same_batch"`
			Throughput *float64 `json:"throughput_difference"`
			TTFT       *float64 `json:"ttft_difference"`
			TPOT       *float64 `json:"tpot_difference"`
			Theirs     struct {
				Throughput float64 `json:"throughput_tok_s"`
			}
		}
		Devices []struct{ Points []any }
	}
	if err := json.Unmarshal([]byte(o.stdout), &r); err != nil || o.code != Done {
		t.Fatalf("%v %+v", err, o)
	}
	if r.Engine != "both" || len(r.Differences) != 4 || r.LogFile == "" || r.Devices[0].Points != nil {
		t.Fatalf("%+v", r)
	}
	for _, d := range r.Differences {
		if !d.SameBatch || d.Throughput == nil || math.Abs(*d.Throughput) > 5e-4 || d.TTFT == nil || d.TPOT == nil ||
			d.Theirs.Throughput == 0 {
			t.Errorf("%+v", d)
		}
	}
	if o := l.run(t, strings.Fields("plan "+flagship+" --engine both"+flags)...); !strings.Contains(o.stdout,
		"Beside the reference tool\n") {
		t.Errorf("%s", o.stdout)
	}
}

// TestWhenTheReferenceToolFails: class, lines, correction and log on stderr; with both engines our rows are printed all
// the same.
func TestWhenTheReferenceToolFails(t *testing.T) {
	l := newLab(t)
	flags := checkout(t, "err_tp_too_large", 1, 0)
	o := l.run(t, strings.Fields("plan "+flagship+" --engine msmodeling"+flags)...)
	if o.code != BadInput || o.stdout != "" {
		t.Errorf("%+v", o)
	}
	for _, want := range []string{"--tp-sizes contains value 4", "  class: invalid parameters\n",
		"  correction: at most 2 devices", "  whole log: " + l.home} {
		if !strings.Contains(o.stderr, want) {
			t.Errorf("lacks %s:\n%s", want, o.stderr)
		}
	}
	o = l.run(t, strings.Fields("plan "+flagship+" --engine both --format json"+flags)...)
	if r := planOf(t, o.stdout); o.code != Failed || !r.Partial || r.Devices[0].Aggregation.Best == nil ||
		!strings.Contains(o.stderr, "whole log: ") {
		t.Errorf("both: exit %d, %s", o.code, o.stderr)
	}
	o = l.run(t, strings.Fields("plan "+flagship+" --engine msmodeling --msmodeling-root "+l.home)...)
	if o.code != Failed || !strings.Contains(o.stderr, "is no checkout of msmodeling") ||
		!strings.Contains(o.stderr, "class: the environment of the run") {
		t.Errorf("no checkout: %+v", o)
	}
}

// TestInterruptEndsTheReferenceTool and keeps what it has printed.
func TestInterruptEndsTheReferenceTool(t *testing.T) {
	l := newLab(t)
	flags := checkout(t, "disagg_both_multi_device", 0, 300*time.Millisecond)
	ctx, cancel := context.WithCancelCause(context.Background())
	time.AfterFunc(700*time.Millisecond, func() { cancel(&Signal{Name: "interrupted", Code: Interrupt}) })
	o := l.runIn(ctx, strings.Fields("plan "+flagship+" --format json --engine msmodeling"+flags)...)
	if o.code != Interrupt {
		t.Errorf("exit %d: %s", o.code, o.stderr)
	}
	if r := planOf(t, o.stdout); !r.Partial {
		t.Errorf("%s", o.stdout)
	}
}
