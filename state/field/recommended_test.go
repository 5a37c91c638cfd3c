package field

import (
	"strings"
	"testing"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// TestRecommendedFitsCheckpointAndDevice: what is published quantised is served as it is, unless a device of the
// reference tool cannot compute in it; what was said as a flag stands although it reads like a recommendation.
func TestRecommendedFitsCheckpointAndDevice(t *testing.T) {
	c := world(t)
	for _, name := range []string{"openai/gpt-oss-120b", "Qwen/Qwen3-32B-FP8"} {
		m, err := model.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		c.Models[name] = m
	}
	for _, test := range []struct {
		model, devices string
		want           plan.LinearAction
	}{
		{dense, die, plan.W8A8Dynamic},
		{dense, "H200_SXM", plan.LinearFP8},
		{dense, "A100_SXM_80G", plan.W8A8Dynamic},
		{moe, die, plan.W8A8Dynamic}, // FP8, which this device does not multiply in
		{moe, "H200_SXM", plan.AsPublished},
		{moe, "H200_SXM " + die, plan.W8A8Dynamic},
		{"Qwen/Qwen3-32B-FP8", "A100_SXM_80G", plan.AsPublished},
		{"openai/gpt-oss-120b", "H200_SXM", plan.AsPublished},
	} {
		a := parse(t, test.model+" --device "+test.devices)
		a = a.With(Quantization, Answer{Text: quantRecommended, Source: Recommended})
		if got := Read(&a, &c).Quant().Linear; got != test.want {
			t.Errorf("%s on %s: %v, want %v", test.model, test.devices, got, test.want)
		}
		for _, lang := range message.Languages { // the help says every answer that there can be
			word := map[plan.LinearAction]string{plan.AsPublished: map[string]string{"en": "as published",
				"zh": "按发布的格式"}[lang]}[test.want]
			if word == "" {
				word = test.want.String()
			}
			if help, _ := message.Load(lang).Find("field.quantization.help"); !strings.Contains(help, word) {
				t.Errorf("%s: the help does not say %s: %s", lang, word, help)
			}
		}
		for action := range plan.NumLinearActions {
			said := parse(t, test.model+" --device "+test.devices+" --quantize-attention-action DISABLED "+
				"--quantize-linear-action "+action.String())
			if got := Read(&said, &c).Quant().Linear; got != action {
				t.Errorf("%s on %s: %v was said, %v is planned", test.model, test.devices, action, got)
			}
		}
	}
	local := parse(t, "some/dir --device H200_SXM --quantize-linear-action FP8 --quantize-attention-action DISABLED")
	if got := local[Quantization].Text; got != quantCustom {
		t.Errorf("of a checkpoint that nobody has read FP8 is %q", got)
	}
}

// TestSaidQuantisationStands: an action that was said is planned, whichever way the devices are named: for a side of a
// PD ratio, in several words, as a profile of somebody's own, or later.
func TestSaidQuantisationStands(t *testing.T) {
	c := world(t)
	h100, err := hw.Find("H100_SXM")
	if err != nil {
		t.Fatal(err)
	}
	own := *h100
	own.Name, own.Aliases = "MINE", nil
	if c.Profiles, err = c.Profiles.Add(&own); err != nil {
		t.Fatal(err)
	}
	for _, devices := range []string{"--prefill-device H200_SXM --decode-device H100_SXM", "--prefill-device H200_SXM",
		"--device H200_SXM --decode-device H100_SXM", "--device NVIDIA H100 80GB HBM3", "--device MINE", "--device H100_SXM MINE",
		""} {
		for action := range plan.NumLinearActions {
			said := parse(t, dense+" --enable-optimize-prefill-decode-ratio --quantize-attention-action DISABLED "+
				"--quantize-linear-action "+action.String()+" "+devices)
			if !said[Device].Given() && !said[PrefillPools].Given() {
				said[Device] = Answer{Text: "H100_SXM", Source: You}
			}
			if got := Read(&said, &c).Quant().Linear; got != action {
				t.Errorf("%q: %v was said, %v is planned", devices, action, got)
			}
		}
	}
}

// TestCombinationsOfStages: an exhaustive search, said or brought by a fidelity, has the layouts of every number of
// pipeline stages. The counts are those of the rows that the engine answers with.
func TestCombinationsOfStages(t *testing.T) {
	c := world(t)
	for _, test := range []struct {
		flags string
		want  int
	}{
		{"", 4}, {"--search exhaustive", 10}, {"--search exhaustive --pp-sizes 1", 4},
		{"--search exhaustive --pp-sizes 2 4", 5}, {"--fidelity corrected", 10},
		{"--fidelity corrected --search reference", 4}, {"--num-devices 6 --search exhaustive", 9},
	} {
		a := parse(t, flagship+" "+test.flags)
		r := Read(&a, &c)
		if got := r.Combinations(r.Int(DeviceCount), false); got != test.want {
			t.Errorf("%q: %d combinations, want %d", strings.TrimSpace(test.flags), got, test.want)
		}
	}
}
