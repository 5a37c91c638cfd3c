package hw

import (
	"errors"
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
	for _, name := range []string{"", "A3_752T", "\x1b[2J"} {
		p, err := Find(name)
		if err == nil {
			t.Errorf("%q found %s", name, p.Name)
		} else if strings.Contains(err.Error(), "\x1b") || !strings.Contains(err.Error(), "fathom devices list") {
			t.Errorf("%q: %q", name, err)
		}
	}
	if _, err := Find("A3_752T"); !strings.Contains(err.Error(),
		`"A3_752T" is not known; nearest: ATLAS_800_A3_752T_128G_DIE`) {
		t.Error(err)
	}
}

// What tools, vendors and clusters print: nvidia-smi (also as the label of a Kubernetes node), npu-smi, torch_npu,
// rocm-smi, and the names of servers.
func TestNamesAsPeopleWriteThem(t *testing.T) {
	for asked, want := range map[string]string{
		"NVIDIA H100 80GB HBM3": "H100_SXM",
		"NVIDIA-H100-80GB-HBM3": "H100_SXM",
		"h100-sxm5-80gb":        "H100_SXM",
		"HGX H100 80 GB":        "H100_SXM",
		"H100 Tensor Core GPU":  "H100_SXM",
		"H100_SXM ":             "H100_SXM",
		"NVIDIA H100 PCIe":      "H100_PCIE",
		"NVIDIA H200":           "H200_SXM",
		"nvidia_h200_141gb":     "H200_SXM",
		"NVIDIA A100-SXM4-80GB": "A100_SXM",
		"Tesla A100 80GB PCIe":  "A100_PCIE",
		"NVIDIA L40S":           "L40S",
		"NVIDIA L40S-48GB":      "L40S",
		"NVIDIA B200":           "B200_SXM",
		"B200 192GB":            "B200_SXM",
		"NVIDIA B300 SXM6 AC":   "B300_SXM",
		"NVIDIA GB200 NVL72":    "GB200",
		"NVIDIA RTX PRO 6000 Blackwell Server Edition": "RTX_PRO_6000_SERVER",
		"NVIDIA H800":              "H800_SXM",
		"NVIDIA H20":               "H20",
		"H20-96GB":                 "H20",
		"AMD Instinct MI300X":      "MI300X",
		"AMD_Instinct_MI300X_OAM":  "MI300X",
		"910B2":                    "ATLAS_800_A2_376T_64G",
		"Ascend910B2":              "ATLAS_800_A2_376T_64G",
		"Ascend 910B1":             "ATLAS_800_A2_400T_64G",
		"Huawei Ascend 910B3 64GB": "ATLAS_800_A2_313T_64G",
		"Ascend910B4-1":            "ATLAS_800_A2_280T_64G",
		"Ascend910B4_1":            "ATLAS_800_A2_280T_64G",
		"Atlas 800I A2 32GB":       "ATLAS_800_A2_280T_32G",
		"Ascend910_9382":           "ATLAS_800_A3_752T_128G_DIE",
		"Ascend910_9392":           "ATLAS_800_A3_800T_128G_DIE",
		"atlas-800-a2-280t-64g":    "ATLAS_800_A2_280T_64G",
	} {
		p, err := Find(asked)
		if err != nil || p.Name != want {
			t.Errorf("%s: %v, %v; want %s", asked, p, err, want)
		}
	}
	for asked, want := range map[string][]string{
		"Atlas 800T A2": {"ATLAS_800_A2_376T_64G", "ATLAS_800_A2_313T_64G", "ATLAS_800_A2_400T_64G"},
		"Atlas 800I A2": {"ATLAS_800_A2_280T_64G", "ATLAS_800_A2_280T_32G"},
		"Ascend910B4": {"ATLAS_800_A2_280T_64G", "ATLAS_800_A2_280T_64G_PCIE", "ATLAS_800_A2_280T_32G_PCIE",
			"ATLAS_800_A2_280T_32G"},
		"910B4 64GB":        {"ATLAS_800_A2_280T_64G", "ATLAS_800_A2_280T_64G_PCIE"},
		"910B 32G":          {"ATLAS_800_A2_280T_32G_PCIE", "ATLAS_800_A2_280T_32G"},
		"ATLAS_800_A2_280T": {"ATLAS_800_A2_280T_64G", "ATLAS_800_A2_280T_32G"},
		"Atlas 350":         {"ATLAS_350_425T_112G", "ATLAS_350_425T_84G"},
		"910C": {"ATLAS_800_A3_752T_128G_DIE", "ATLAS_800_A3_560T_128G_DIE", "ATLAS_800_A3_560T_128G_DIE_ROCE",
			"ATLAS_800_A3_800T_128G_DIE"},
		"Ascend 910C 128GB": {"ATLAS_800_A3_752T_128G_DIE", "ATLAS_800_A3_560T_128G_DIE",
			"ATLAS_800_A3_560T_128G_DIE_ROCE", "ATLAS_800_A3_800T_128G_DIE"},
	} {
		var wrong *NameError
		if p, err := Find(asked); !errors.As(err, &wrong) || !slices.Equal(wrong.Could, want) {
			t.Errorf("%s: %v, %v; want one of %v", asked, p, err, want)
		} else if !strings.Contains(err.Error(), "could be "+want[0]) {
			t.Error(err)
		}
	}
}

// A device that no profile describes is not its sibling.
func TestOtherDevicesAreNotFound(t *testing.T) {
	for asked, says := range map[string]string{
		"NVIDIA A100-SXM4-40GB":             "A100_SXM (80 GiB)",
		"NVIDIA H100 96GB HBM3":             "H100_SXM (80 GiB)",
		"H20 141GB":                         "H20 (96 GiB)",
		"NVIDIA H100 NVL":                   ", H100_SXM",
		"NVIDIA H200 NVL":                   ", H200_SXM",
		"NVIDIA L40":                        "is not known",
		"NVIDIA GH200 480GB":                "is not known",
		"NVIDIA H20-3e":                     "is not known",
		"AMD H100":                          "is not known",
		"AMD Instinct MI325X":               "is not known",
		"NVIDIA H100 80GB HBM3 MIG 1g.10gb": "is not known",
		"NVIDIA":                            "is not known",
		"80GB":                              "is not known",
	} {
		if p, err := Find(asked); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, %v; want %s", asked, p, err, says)
		}
	}
}

// A profile that was made from another one inherits its names: the original still answers to them.
func TestACopyIsFoundByItsOwnName(t *testing.T) {
	original, _ := Find("H100_SXM")
	mine := *original
	mine.Name, mine.Short, mine.Aliases = "H100_MINE", "H100_MINE", append([]string{"H100_SXM"}, original.Aliases...)
	list, err := Builtin().Add(&mine)
	if err != nil {
		t.Fatal(err)
	}
	for asked, want := range map[string]*Profile{"H100": original, "NVIDIA H100 80GB HBM3": original, "h100 mine": &mine} {
		if p, err := list.Find(asked); p != want {
			t.Errorf("%s: %v, %v", asked, p, err)
		}
	}
	if p, err := ListOf(&mine).Find("NVIDIA H100 80GB HBM3"); p != &mine {
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
		"zzzq":                   "", // nothing is near
		strings.Repeat("x", 1e5): "", // no hang
	} {
		got := append(Builtin().Nearest(asked, 3), "")
		if got[0] != want {
			t.Errorf("%.40s: %v, want %s first", asked, got, want)
		}
	}
	if got := Builtin().Nearest("A100", 1000); len(got) < 2 || len(got) == len(Builtin()) {
		t.Errorf("%v may be meant by A100", got)
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
