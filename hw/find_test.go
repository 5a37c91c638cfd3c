package hw

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	for asked, want := range map[string]string{
		"ATLAS_800_A3_752T_128G_DIE": "ATLAS_800_A3_752T_128G_DIE",
		"A3_752T_128G_DIE":           "ATLAS_800_A3_752T_128G_DIE",
		"atlas_350_425t_84g":         "ATLAS_350_425T_84G",
		"ascend_a3_die":              "ATLAS_800_A3_752T_128G_DIE",
		"h100_sxm":                   "H100_SXM",
		"H200":                       "H200_SXM",
		"rtx_pro_6000_server":        "RTX_PRO_6000_SERVER",
	} {
		p, err := Find(asked)
		if err != nil || p.Name != want {
			t.Errorf("%s: %v, %v; want %s", asked, p, err, want)
		}
	}
	for _, name := range []string{"", "A3_752T", "H100_SXM ", "\x1b[2J"} {
		p, err := Find(name)
		if err == nil {
			t.Errorf("%q found %s", name, p.Name)
		} else if strings.Contains(err.Error(), "\x1b") || !strings.Contains(err.Error(), "fathom devices list") {
			t.Errorf("%q: %q", name, err)
		}
	}
	if _, err := Find("A3_752T"); !strings.Contains(err.Error(),
		`"A3_752T" is not known; nearest: ATLAS_800_A3_752T_128G_DIE, `) {
		t.Error(err)
	}
}

func TestNearest(t *testing.T) {
	for asked, want := range map[string]string{
		"A3_752T":                "ATLAS_800_A3_752T_128G_DIE", // a part
		"A3_725T":                "ATLAS_800_A3_752T_128G_DIE", // a part with a slip
		"ATLAS_800_A2_313_64G":   "ATLAS_800_A2_313T_64G",
		"TESTDEVICE":             "TEST_DEVICE",
		"H100SXM":                "H100_SXM",
		"gb20":                   "GB200",
		strings.Repeat("x", 1e5): "", // no hang
	} {
		got := Builtin().Nearest(asked, 3)
		if len(got) != 3 || want != "" && got[0] != want {
			t.Errorf("%.40s: %v, want %s first", asked, got, want)
		}
	}
	if got := Builtin().Nearest("A100", 1000); len(got) != len(Builtin()) {
		t.Errorf("%d names for %d profiles", len(got), len(Builtin()))
	}
	if got := Builtin().Nearest("A100", -1); len(got) != 0 {
		t.Error(got)
	}
}

func TestFits(t *testing.T) {
	p, _ := Find("ATLAS_800_A2_280T_64G_PCIE")
	if err := p.Fits(8); err != nil {
		t.Error(err)
	}
	err := p.Fits(16)
	if err == nil {
		t.Fatal("16 devices on a grid of 8")
	}
	for _, part := range []string{p.Name, "16", "8 devices", "at most 8"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q lacks %q", err, part)
		}
	}
	if p.Fits(0) == nil || p.Fits(-1) == nil {
		t.Error("no devices at all")
	}
}

func TestUserProfiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := LoadUserDir(filepath.Join(dir, "none")); list != nil || err != nil {
		t.Errorf("a directory that is not there: %v, %v", list, err)
	}
	write("a.toml", whole)
	write("b.toml", strings.Replace(whole, "MINE", "mine", 1))
	write("c.toml", "name = 7\n")
	write("d.toml", strings.Replace(whole, "MINE", "OTHER", 1))
	write("notes.txt", "not a profile")
	write(".hidden.toml", "nor this")
	list, err := LoadUserDir(dir)
	if len(list) != 2 || list[0].Name != "MINE" || list[1].Name != "OTHER" ||
		list[0].File != filepath.Join(dir, "a.toml") {
		t.Errorf("%v", list)
	}
	for _, part := range []string{"b.toml: name = \"mine\": " + filepath.Join(dir, "a.toml") + " has this name already",
		"c.toml:1: name = 7: must be a text"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v lacks %q", err, part)
		}
	}
	if p, err := list.Find("other"); err != nil || p != list[1].Profile() {
		t.Error(p, err)
	}
	if _, err := Builtin().Add(&Profile{Name: "test_device", File: "x.toml"}); err == nil ||
		!strings.Contains(err.Error(), "the built-in profile has this name already") {
		t.Error(err)
	}
	for _, path := range []string{dir, filepath.Join(dir, "none.toml"), "\x1b[2J"} {
		if _, err := LoadFile(path); err == nil || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: %v", path, err)
		}
	}
}

func TestTheListIsTheCallersOwn(t *testing.T) {
	mine := Builtin()
	slices.Reverse(mine)
	if Builtin()[0].Name != "TEST_DEVICE" {
		t.Error("reversing a list reversed them all")
	}
}
