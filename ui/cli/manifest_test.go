package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fathom/hw/unraced"
	"fathom/sim/manifest"
	"fathom/state/field"
)

func TestEveryPlatformIsAChoice(t *testing.T) {
	var choices []string
	for _, c := range field.Table[field.Manifest].Choices {
		choices = append(choices, c.Value)
	}
	if !slices.Equal(choices, manifest.Names()) {
		t.Errorf("--manifest takes %q, written are %q", choices, manifest.Names())
	}
}

// Files appear whole in the directory that -o names; others of the same name stay unless --overwrite says otherwise;
// what a platform does not serve writes nothing.
func TestManifestFiles(t *testing.T) {
	unraced.Skip(t)
	l := newLab(t)
	dir := filepath.Join(t.TempDir(), "out")
	line := func(device, action string, more ...string) []string {
		return append([]string{"plan", "Qwen/Qwen3-32B", "--device", device, "--num-devices", "8", "--input-length", "3500",
			"--output-length", "1500", "--ttft-limit", "2000", "--tpot-limit", "50", "--quantize-linear-action", action,
			"--quantize-attention-action", "DISABLED", "--compile"}, more...)
	}
	nvidia := func(more ...string) []string { return line("H200_SXM", "FP8", more...) }
	ascend := func(more ...string) []string { return line("ATLAS_800_A2_376T_64G", "W8A8_DYNAMIC", more...) }
	for _, c := range []struct {
		args []string
		code int
		says string // on stderr
	}{
		{nvidia("--manifest", "lws"), BadInput, "name the directory of its files with -o"},
		{nvidia("--manifest", "nomad", "-o", dir), BadInput, "lws, llm-d, dynamo, mindie, compose"},
		{nvidia("--manifest", "mindie", "-o", dir), BadInput,
			"MindIE knows no device like H200_SXM; the nearest that work: lws"},
		{nvidia("--manifest", "compose", "--copy", "serve", "-o", dir), BadInput, "give one of them"},
		{nvidia("--manifest", "compose", "-o", dir), Done, ""},
		{nvidia("--manifest", "compose", "-o", dir), Done, ""},
		{ascend("--manifest", "compose", "-o", dir), BadInput, "is there already, with other content"},
		{ascend("--manifest", "compose", "-o", dir, "--overwrite"), Done, ""},
		{ascend("--manifest", "mindie", "-o", dir), Done, ""},
		{ascend("--manifest", "compose", "-o", filepath.Join(dir, "compose.yaml")), BadInput, "is a file"},
	} {
		o := l.run(t, c.args...)
		if o.code != c.code || !strings.Contains(o.stderr, c.says) {
			t.Fatalf("%q ends with %d: %s", c.args, o.code, o.stderr)
		}
		if (o.code == Done) != (o.stdout != "") {
			t.Errorf("%q prints %q", c.args, o.stdout)
		}
		for _, f := range strings.Fields(o.stdout) {
			if _, err := os.Stat(f); err != nil {
				t.Error(err)
			}
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "compose.yaml"))
	if err != nil || !strings.HasPrefix(string(text), "# docker compose for Qwen/Qwen3-32B") ||
		!strings.Contains(string(text), "/dev/davinci7") {
		t.Errorf("%v\n%s", err, text)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".fathom-*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
