package field

import (
	"fmt"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// world is the catalog of these tests: a dense model, a mixture of experts with an MTP head, a vision model; the
// built-in profiles; one length file.
func world(t testing.TB) Catalog {
	t.Helper()
	c := Catalog{Models: map[string]*model.Model{}, ModelNames: model.Names(), Profiles: hw.Builtin(),
		Lengths: map[string][]plan.Bin{"lengths.yaml": {{Min: 100, Max: 200,
			Weight: 1}}}, Failed: map[string]message.Message{}}
	for _, name := range []string{dense, moe, vision} {
		m, err := model.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		c.Models[name] = m
	}
	return c
}

const (
	dense  = "Qwen/Qwen3-32B"
	moe    = "deepseek-ai/DeepSeek-V3.1"
	vision = "Qwen/Qwen3-VL-8B-Instruct"
	die    = "ATLAS_800_A3_752T_128G_DIE"
	pcie   = "ATLAS_800_A2_280T_64G_PCIE"
)

const flagship = dense + " --device " + die +
	" --num-devices 8 --input-length 3500 --output-length 1500 --ttft-limit 2000" +
	" --tpot-limit 50 --quantize-linear-action W8A8_DYNAMIC --quantize-attention-action DISABLED --compile"

func parse(t testing.TB, line string) Answers {
	t.Helper()
	p := FromArgs(strings.Fields(line), FromFlag, "")
	if p.Err() {
		t.Fatalf("%s: %v", line, p.Issues)
	}
	return p.Answers
}

func TestTableIsComplete(t *testing.T) {
	names, flags := map[string]ID{}, map[string]ID{}
	for id := range NumIDs {
		f := Table[id]
		if f.ID != id || f.Name == "" || f.Label == "" || f.Group == "" || f.Parse == nil || f.Example == "" {
			t.Errorf("question %d is incomplete: %+v", id, f)
			continue
		}
		if other, twice := names[f.Name]; twice {
			t.Errorf("%s: name of %d and %d", f.Name, other, id)
		}
		names[f.Name] = id
		for _, s := range append([]string{f.Flag, f.Short}, append(f.Also, f.Aliases...)...) {
			if other, twice := flags[s]; twice && s != "" {
				t.Errorf("--%s: flag of %d and %d", s, other, id)
			}
			flags[s] = id
		}
		if f.Flag != "" && f.ID != Model && f.Flag != strings.ReplaceAll(f.Name, "_", "-") {
			t.Errorf("flag --%s and key %s differ in more than the dash", f.Flag, f.Name)
		}
		if _, p := f.Parse(f.Example); p != nil {
			t.Errorf("%s: its example %q: %s", f.Name, f.Example, p)
		}
		if f.Default.Given() {
			if _, p := f.Parse(f.Default.Text); p != nil && f.ID != Output {
				t.Errorf("%s: its default %q: %s", f.Name, f.Default.Text, p)
			}
		}
		for _, c := range f.Choices {
			for _, w := range append(c.Words, c.Value) {
				v, p := f.Parse(w)
				if p != nil || len(v.Words) > 0 && v.Words[0] != c.Value {
					t.Errorf("%s: %q means %v (%v), want %s", f.Name, w, v, p, c.Value)
				}
			}
		}
	}
}

func TestDeploymentModeSpeaksTheDomainsWords(t *testing.T) {
	c := world(t)
	for text, want := range map[string]plan.Mode{"PD混部": plan.Aggregation, "PD聚合": plan.Aggregation,
		"聚合部署":       plan.Aggregation,
		"Aggregated": plan.Aggregation, "PD分离": plan.Disaggregation, "disagg": plan.Disaggregation, "PD ratio": plan.PDRatio,
		"P/D配比": plan.PDRatio, "实例配比": plan.PDRatio, "pd_ratio": plan.PDRatio} {
		var a Answers
		a[Mode] = Answer{Text: text, Source: You}
		r := Read(&a, &c)
		if r.Problems[Mode] != nil || r.Mode != want {
			t.Errorf("%s: %v %v, want %v", text, r.Mode, r.Problems[Mode], want)
		}
	}
}

// TestFormAsksWhatApplies walks the dialog of search-and-serving 9.1: what is open after each answer, in asking order.
func TestFormAsksWhatApplies(t *testing.T) {
	c := world(t)
	var a Answers
	open := func() string {
		r := Read(&a, &c)
		var names []string
		for _, id := range r.Open() {
			names = append(names, id.String())
		}
		return strings.Join(names, " ")
	}
	type step struct {
		id   ID
		text string
		want string // beginning of what is open afterwards
	}
	for _, s := range []step{
		{Mode, "PD分离", "goal model"},
		{Goal, "phases", "phase model device"},
		{Phase, "prefill", "model device num_devices input_length output_length ttft_limit tp_sizes quantization"},
		{Phase, "decode", "model device num_devices input_length output_length tpot_limit tp_sizes quantization"},
		{Goal, "P/D配比", "model device num_devices prefill_devices_per_instance decode_devices_per_instance input_length"},
		{Mode, "PD混部",
			"model device num_devices input_length output_length ttft_limit tpot_limit tp_sizes quantization prefix_cache " +
				"mtp compile"},
		{Model, moe, "device num_devices input_length output_length ttft_limit tpot_limit tp_sizes ep_sizes quantization"},
		{Model, vision,
			"device num_devices input_length output_length ttft_limit tpot_limit tp_sizes quantization prefix_cache " +
				"image_batch_size"},
		{Model, dense,
			"device num_devices input_length output_length ttft_limit tpot_limit tp_sizes quantization prefix_cache compile"},
		{TPOT, "50", "device num_devices input_length output_length tp_sizes"},
		{Quantization, "custom",
			"device num_devices input_length output_length tp_sizes quantize_linear_action quantize_attention_action"},
		{Linear, "mxfp4",
			"device num_devices input_length output_length tp_sizes quantize_attention_action mxfp4_group_size"},
		{PrefixCache, "on",
			"device num_devices input_length output_length tp_sizes quantize_attention_action mxfp4_group_size " +
				"prefix_cache_hit_rate compile"},
	} {
		a[s.id] = Answer{Text: s.text, Source: You}
		if got := open(); !strings.HasPrefix(got+" ", s.want+" ") {
			t.Errorf("after %v = %s open is\n  %s, want\n  %s", s.id, s.text, got, s.want)
		}
	}
}

func TestMissing(t *testing.T) {
	c := world(t)
	for _, test := range []struct {
		line, dashboard, headless string
	}{
		{flagship, "", ""},
		{dense, "--device, --num-devices, --input-length, --output-length, --ttft-limit, --tpot-limit, " +
			"--quantize-linear-action, --quantize-attention-action",
			"--device, --num-devices, --input-length, --output-length, --quantize-linear-action, --quantize-attention-action"},
		{strings.Replace(flagship, dense, "", 1), "MODEL", "MODEL"},
		{strings.Replace(flagship, "--ttft-limit 2000", "", 1), "", ""},
		{strings.Replace(flagship, "--ttft-limit 2000", "--disagg", 1), "", ""},
		{strings.Replace(flagship, "--ttft-limit 2000", "--enable-optimize-prefill-decode-ratio", 1),
			"--ttft-limit", ""}, // the devices of an instance are searched
		{strings.Replace(flagship, "--ttft-limit 2000", "--enable-optimize-prefill-decode-ratio --engine msmodeling", 1),
			"--prefill-devices-per-instance, --decode-devices-per-instance, --ttft-limit",
			"--prefill-devices-per-instance, --decode-devices-per-instance"},
		{strings.Replace(flagship, "--device "+die, "--enable-optimize-prefill-decode-ratio --prefill-device "+die, 1),
			"--device", "--device"},
		{strings.Replace(flagship, "--device "+die, "--enable-optimize-prefill-decode-ratio --prefill-device "+die+
			" --decode-device "+die+"=4", 1), "", ""},
	} {
		a := parse(t, test.line)
		r := Read(&a, &c)
		if got := MissingFlags(r.Missing(false)); got != test.dashboard {
			t.Errorf("%s\n missing for the dashboard: %s\n want %s", test.line, got, test.dashboard)
		}
		if got := MissingFlags(r.Missing(true)); got != test.headless {
			t.Errorf("%s\n missing headless: %s\n want %s", test.line, got, test.headless)
		}
	}
}

func TestSuggestionsCarryOneSource(t *testing.T) {
	c := world(t)
	a := parse(t, flagship)
	for id := range NumIDs {
		s, ok := Suggest(id, a, c)
		if !ok {
			if id != Goal && id != Model && id != Device && id != DeviceCount {
				t.Errorf("%v: no suggestion", id)
			}
			continue
		}
		if s.Source < CLIDefault || s.Source > Heuristic || (s.Source == Heuristic) != (s.Note != "" &&
			s.Source != DocumentedExample) {
			t.Errorf("%v: source %v, note %q", id, s.Source, s.Note)
		}
		if said := s.Remark(); s.Source == Heuristic && (said.Key == "" || strings.Contains(said.String(), "\n")) {
			t.Errorf("%v: note %q says %q", id, s.Note, said)
		}
		if _, p := Table[id].Parse(s.Text); p != nil && id != Output {
			t.Errorf("%v: suggests %q: %s", id, s.Text, p)
		}
	}
	if s, _ := Suggest(OutputLength, a, c); s.Text != "1500" ||
		s.Label().String() != "heuristic: answers of chat models run 0.3 to 0.5 of long prompts" {
		t.Errorf("output length: %+v", s)
	}
}

func TestInputsCarryTheirSource(t *testing.T) {
	c := world(t)
	got := map[string]string{}
	for _, in := range Inputs(parse(t, flagship+" --jobs 3 --device-file mine.toml"), c) {
		got[in.Name] = fmt.Sprint(in.Value, " ", in.Source)
	}
	for name, want := range map[string]string{"mode": "aggregation CLI default", "num_devices": "8 flag",
		"device":     "[" + die + "] flag",
		"ttft_limit": "2000 flag", "compile": "true flag", "reserved_memory_gb": "10 CLI default",
		"tp_sizes":     "<nil> CLI default",
		"prefix_cache": "false CLI default", "quantize_linear_action": "W8A8_DYNAMIC flag",
		"quantization":   "recommended flag",
		"num_mtp_tokens": "[0] CLI default", "prefix_cache_hit_rate": "0 CLI default", "mxfp4_group_size": "32 CLI default",
		"mtp_acceptance_rates": "[0.9 0.6 0.4 0.2] CLI default", "quantize_non_expert_linear_action": "DISABLED CLI default",
		"fidelity": "reference CLI default", "search": "reference CLI default",
		"prefill_devices_per_instance": "<nil> not asked",
		// the report itself names its engine
		"jobs": "3 flag", "device_file": "[mine.toml] flag", "log_level": "", "engine": ""} {
		if got[name] != want {
			t.Errorf("%s: %s, want %s", name, got[name], want)
		}
	}
}

// The size of images is asked as long as there may be some; "none" closes the questions, "1" keeps them open.
func TestImageSizeIsAskedForImagesOnly(t *testing.T) {
	c := world(t)
	for _, x := range []struct {
		model, batch, height string
		asked                bool
	}{{vision, "", "", true}, {vision, "1", "", true}, {vision, "none", "", false}, {vision, "none", "1024", true},
		{dense, "", "", false}} {
		a := parse(t, strings.Replace(flagship, dense, x.model, 1))
		for id, text := range map[ID]string{ImageBatch: x.batch, ImageHeight: x.height} {
			if text != "" {
				a[id] = Answer{Text: text, Source: You}
			}
		}
		r := Read(&a, &c)
		for _, id := range []ID{ImageHeight, ImageWidth} {
			if got := Table[id].Asked(r); got != x.asked {
				t.Errorf("%s, images %q, height %q: %s asked %v", x.model, x.batch, x.height, Table[id].Name, got)
			}
		}
	}
}

// Prices of several profiles may come in several flags or in one.
func TestPricesAddUp(t *testing.T) {
	c := world(t)
	for _, line := range []string{" --device-cost " + die + "=2.5 " + pcie + "=1.5",
		" --device-cost " + die + "=2.5 --device-cost " + pcie + "=1.5"} {
		a := parse(t, flagship+line)
		if r := Read(&a, &c); len(r.Values[DeviceCost].Words) != 2 || len(r.Values[DeviceCost].Floats) != 2 ||
			r.Values[DeviceCost].Floats[0] != 2.5 {
			t.Errorf("%s: %+v", line, r.Values[DeviceCost])
		}
	}
}

// Names as nvidia-smi, npu-smi and vendors write them, also without quotes and several together; what is no profile is
// named with those that it could be.
func TestDevicesAsPeopleWriteThem(t *testing.T) {
	w := world(t)
	c := &w
	for text, want := range map[string]string{
		"NVIDIA H100 80GB HBM3":                   "H100_SXM",
		"'NVIDIA H100 80GB HBM3' H200":            "H100_SXM H200_SXM",
		"NVIDIA H100 80GB HBM3, NVIDIA H200":      "H100_SXM H200_SXM",
		"H100 H200":                               "H100_SXM H200_SXM",
		"Ascend910B3 ATLAS_800_A2_376T_64G":       "ATLAS_800_A2_313T_64G ATLAS_800_A2_376T_64G",
		"AMD Instinct MI300X":                     "MI300X",
		"NVIDIA H100 80GB HBM3 Atlas 800I A2 32G": "H100_SXM ATLAS_800_A2_280T_32G",
	} {
		r := Read(&Answers{Device: {Text: text, Source: You}}, c)
		var got []string
		for _, p := range r.Profiles {
			got = append(got, p.Name)
		}
		if strings.Join(got, " ") != want || len(checkDevice(r)) > 0 {
			t.Errorf("%s: %v, %v; want %s", text, got, checkDevice(r), want)
		}
	}
	for text, want := range map[string]string{
		"Atlas 800T A2": "could be ATLAS_800_A2_376T_64G, ", "A100 40GB": "A100_SXM (80 GiB)", "H100 NVL": "NVL",
	} {
		issues := checkDevice(Read(&Answers{Device: {Text: text, Source: You}}, c))
		if len(issues) != 1 || !strings.Contains(issues[0].Message.String(), want) {
			t.Errorf("%s: %v", text, issues)
		}
	}
}

// A note of another engine, or of a session before notes were keys, is told as it stands.
func TestRemarksThatAreNoKeys(t *testing.T) {
	for _, note := range []string{"use less", "suggest.nothing"} {
		a := Answer{Text: "1", Source: Heuristic, Note: note}
		if got := a.Label().String(); got != "heuristic: "+note {
			t.Errorf("%q is told as %q", note, got)
		}
	}
}
