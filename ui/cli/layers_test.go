package cli

import (
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// room says what the packages of one room may import directly. Paths end in "/..." for a whole subtree; the longest
// matching room counts. Packages of the standard library are free but for those that a room forbids.
type room struct {
	path   string
	may    []string
	forbid []string // standard packages
}

var (
	impure  = []string{"os", "time", "context", "os/exec", "net", "net/http", "syscall", "os/signal"}
	touches = []string{"os", "os/exec", "net", "net/http", "syscall", "os/signal"}
	values  = []string{"fathom/hw/...", "fathom/sim/model", "fathom/sim/plan/...", "fathom/sim/report",
		"fathom/sim/explain", "fathom/sim/refusal",
		"fathom/sim/expert", "fathom/sim/software", "fathom/sim/workload", "fathom/sim/sweep", "fathom/sim/chart",
		"fathom/sim/decision"}
	inner = []string{"fathom/hw/...", "fathom/assets", "fathom/sim/...", "github.com/BurntSushi/toml"}
)

// rooms is the import rule: assets below hw below sim below state below ui below main. Files are read by loaders and
// engines alone; Charm stays in ui.
var rooms = []room{
	{"fathom/assets", nil, touches},
	{"fathom/hw/...", []string{"fathom/assets", "fathom/hw/...", "github.com/BurntSushi/toml"},
		[]string{"os/exec", "net", "net/http", "time", "context"}},
	{"fathom/sim/...", inner, touches},
	{"fathom/sim/model", []string{"fathom/hw/...", "fathom/assets", "github.com/BurntSushi/toml"},
		[]string{"os/exec", "net", "net/http", "time", "context"}},
	{"fathom/sim/plan", []string{"fathom/hw/...", "fathom/sim/expert", "fathom/sim/model", "fathom/sim/software",
		"fathom/sim/traffic"}, impure},
	{"fathom/sim/expert", []string{"fathom/hw/message"}, impure},
	{"fathom/sim/software", []string{"fathom/hw/message", "fathom/assets", "fathom/sim/traffic",
		"github.com/BurntSushi/toml"}, impure},
	{"fathom/sim/plan/file", []string{"fathom/hw/message", "fathom/sim/plan", "github.com/BurntSushi/toml"}, impure},
	{"fathom/sim/report", []string{"fathom/hw/...", "fathom/sim/model", "fathom/sim/plan/..."}, impure},
	{"fathom/sim/refusal", []string{"fathom/hw/...", "fathom/sim/geometry", "fathom/sim/handover", "fathom/sim/memory",
		"fathom/sim/model",
		"fathom/sim/plan", "fathom/sim/report"}, impure},
	{"fathom/sim/op", []string{"fathom/hw/...", "fathom/sim/model", "fathom/sim/plan"}, impure},
	{"fathom/sim/cost", []string{"fathom/hw/...", "fathom/sim/op"}, impure},
	{"fathom/sim/geometry", []string{"fathom/hw/message", "fathom/sim/model", "fathom/sim/plan"}, impure},
	{"fathom/sim/memory", []string{"fathom/hw", "fathom/sim/geometry", "fathom/sim/model", "fathom/sim/plan"}, impure},
	{"fathom/sim/workload", []string{"fathom/assets", "fathom/hw/...", "fathom/sim/plan", "fathom/sim/serve",
		"fathom/sim/traffic", "github.com/BurntSushi/toml", "go.yaml.in/yaml/v3"}, impure},
	{"fathom/sim/serve", append(slices.Clone(inner), "go.yaml.in/yaml/v3"), touches},
	{"fathom/sim/manifest", append(slices.Clone(inner), "go.yaml.in/yaml/v3"), impure},
	{"fathom/sim/engine", inner, []string{"net", "net/http"}}, // runs the reference tool
	{"fathom/state/...", append(slices.Clone(values), "fathom/state/..."), impure},
	{"fathom/ui/...", []string{"fathom/hw/...", "fathom/assets", "fathom/sim/...", "fathom/state/...", "fathom/ui",
		"fathom/ui/...", "github.com/charmbracelet/...",
		"github.com/spf13/...", "github.com/muesli/termenv", "github.com/aymanbagabas/go-osc52/v2",
		"github.com/atotto/clipboard",
		"github.com/BurntSushi/toml", "golang.org/x/crypto/ssh", "github.com/gofrs/flock"}, nil},
	{"fathom", []string{"fathom/...", "github.com/charmbracelet/..."}, nil},
}

func TestImportsPointInwards(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "fathom/...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	seen := 0
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		words := strings.Fields(line)
		r := roomOf(words[0])
		if r == nil {
			t.Errorf("%s stands in no room", words[0])
			continue
		}
		seen++
		for _, dep := range words[1:] {
			first, _, _ := strings.Cut(dep, "/")
			standard := !strings.Contains(first, ".") && first != "fathom"
			if standard && slices.Contains(r.forbid, dep) {
				t.Errorf("%s imports %s: that room does no such thing", words[0], dep)
			}
			if !standard && !slices.ContainsFunc(r.may, func(p string) bool { return within(dep, p) }) {
				t.Errorf("%s imports %s: not a room that it may look into", words[0], dep)
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d packages", seen)
	}
}

func roomOf(pkg string) *room {
	var best *room
	for i := range rooms {
		if r := &rooms[i]; within(pkg, r.path) && (best == nil || len(r.path) > len(best.path)) {
			best = r
		}
	}
	return best
}

func within(pkg, pattern string) bool {
	if dir, ok := strings.CutSuffix(pattern, "/..."); ok {
		return strings.HasPrefix(pkg+"/", dir+"/")
	}
	return pkg == pattern
}

// TestNoMutableGlobalRenderer: styles come from a session's own renderer; the one of the process belongs to nobody.
func TestStylesComeFromASessionsRenderer(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}} {{end}}`,
		"fathom/ui/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	files := strings.Fields(string(out))
	found, _ := exec.Command("grep", append([]string{"-l", `lipgloss\.NewStyle(`}, files...)...).Output()
	for _, f := range strings.Fields(string(found)) {
		t.Errorf("%s uses the global renderer", path.Base(f))
	}
	if len(files) < 10 {
		t.Errorf("only %d files", len(files))
	}
}
