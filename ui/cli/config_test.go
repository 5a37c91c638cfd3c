package cli

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fathom/state"
	"fathom/state/field"
)

// configured is a home with a settings file, and a terminal that keeps what the dashboard is started with.
func configured(t *testing.T, text string) (*Program, *Start, *strings.Builder) {
	t.Helper()
	home := t.TempDir()
	dir := filepath.Join(home, "xdg", "fathom")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var start Start
	var stderr strings.Builder
	env := map[string]string{"HOME": home, "XDG_CONFIG_HOME": filepath.Join(home, "xdg")}
	return &Program{Stdin: strings.NewReader(""), Stdout: &strings.Builder{}, Stderr: &stderr,
			Getenv:   func(n string) string { return env[n] },
			Terminal: func() bool { return true }, Dashboard: func(_ context.Context, s Start) error { start = s; return nil }},
		&start, &stderr
}

// The example of the settings topic is a whole one, loads without a complaint, and does what its comments say.
func TestSettingsOfTheTopic(t *testing.T) {
	data, err := os.ReadFile("../../assets/docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(data), "<!-- config -->\n```toml\n")
	text, _, ended := strings.Cut(text, "```\n<!-- end config -->")
	if !found || !ended {
		t.Fatal("settings.md has no settings between <!-- config --> and <!-- end config -->")
	}
	for _, name := range settings {
		if !strings.Contains(text, "\n"+name+" = ") && !strings.HasPrefix(text, name+" = ") &&
			!strings.Contains(text, "["+name+"]") {
			t.Errorf("the example leaves out %s", name)
		}
	}
	p, start, stderr := configured(t, text)
	if code := p.Run(context.Background(), nil); code != Done || stderr.String() != "" || len(start.Notices) != 0 {
		t.Fatalf("exit %d, %s, notices %q", code, stderr, start.Notices)
	}
	a := &start.Answers
	if start.Lang != "en" || start.Theme != "auto" || start.ASCII || start.NoMouse || a[field.Engine].Text != "embedded" ||
		a[field.Root].Text != filepath.Join(p.Getenv("HOME"), "src", "msmodeling") {
		t.Errorf("%+v", start)
	}
	if d := a[field.Device]; d.Text != "ATLAS_800_A3_752T_128G_DIE ATLAS_800_A2_376T_64G" || d.Source != field.LocalFile ||
		!strings.HasSuffix(d.Note, "config.toml") {
		t.Errorf("devices: %+v", d)
	}
	for a, want := range map[state.Action]string{state.Quit: "ctrl+q", state.SortMenu: "o", state.AllPoints: "A",
		state.Pin: "f7", state.ExportMenu: "ctrl+e"} {
		if !slices.ContainsFunc(start.Bindings, func(b state.Binding) bool {
			return b.Action == a && b.Scopes&state.InTable != 0 && slices.Contains(b.Keys, want)
		}) {
			t.Errorf("%s is not %s", want, a)
		}
	}
	shown, _, err := topicText("settings")
	for a := state.NoAction + 1; a < state.NumActions; a++ {
		if err != nil || !strings.Contains(string(shown), "`"+a.String()+"`") {
			t.Errorf("fathom help settings does not name %s: %v", a, err)
		}
	}
}

func TestLineWinsOverSettings(t *testing.T) {
	p, start, _ := configured(t,
		"language = \"zh\"\nmouse = false\ndevices = [\"ATLAS_800_A2_376T_64G\"]\nengine = \"both\"\n")
	if code := p.Run(context.Background(), []string{"Qwen/Qwen3-8B", "--device", "TEST_DEVICE", "--lang", "en", "--engine",
		"embedded"}); code != Done {
		t.Fatal(code)
	}
	if a := &start.Answers; a[field.Device].Text != "TEST_DEVICE" || a[field.Engine].Text != "embedded" ||
		start.Lang != "en" || !start.NoMouse {
		t.Errorf("%+v", start)
	}
}

// A plan takes its profiles and says so, and speaks English to scripts all the same.
func TestPlanWithSettings(t *testing.T) {
	p, _, stderr := configured(t, "language = \"zh\"\ndevices = [\"TEST_DEVICE\"]\n")
	line := "plan Qwen/Qwen3-8B --num-devices 2 --input-length 1000 --output-length 100 --tpot-limit 50 " +
		"--quantize-linear-action W8A8_DYNAMIC --quantize-attention-action DISABLED"
	if code := p.Run(context.Background(), strings.Fields(line)); code != Done {
		t.Fatal(stderr)
	}
	out := p.Stdout.(*strings.Builder).String()
	if !strings.Contains(out, "2 x TEST_DEVICE") || !strings.Contains(out, "inspected local file ") ||
		!strings.Contains(out, "Conditions") {
		t.Error(out)
	}
}

func TestFaultySettings(t *testing.T) {
	for text, want := range map[string]string{
		"langauge = \"en\"":              "langauge: no such setting; did you mean language?",
		"theme = \"pink\"":               `theme "pink": must be one of auto, dark, light`,
		"mouse = 3":                      "nothing of the file is used",
		"= nonsense":                     "line 1: ",
		"[keys]\npin = 3":                `e.g. "f7" or ["o", "ctrl+o"]`,
		"[keys]\npin = \"q\"":            `keys.pin "q": means quit already`,
		"[keys]\n\"p\\u001bin\" = \"w\"": "is no action",
	} {
		p, start, _ := configured(t, text+"\n")
		if code := p.Run(context.Background(), nil); code != Done || len(start.Notices) != 1 ||
			!strings.Contains(start.Notices[0].String(), want) || strings.ContainsRune(start.Notices[0].String(), 0x1b) {
			t.Errorf("%q: exit %d, notices %q, want %q", text, code, start.Notices, want)
		}
	}
}
