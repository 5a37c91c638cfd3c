package pick

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var shelf = []Item{{Value: "Qwen/Qwen3-235B-A22B"}, {Value: "Qwen/Qwen3-32B"}, {Value: "Qwen/Qwen3-4B"},
	{Value: "deepseek-ai/DeepSeek-R1"}, {Value: "deepseek-ai/DeepSeek-V3"}, {Value: "deepseek-ai/DeepSeek-V3.1"},
	{Value: "meta-llama/Llama-3.1-70B-Instruct", Recent: true},
	{Value: "ATLAS_800_A2_376T_64G", Words: "Huawei Ascend 910B"}, {Value: "H100_PCIE", Words: "NVIDIA card"},
	{Value: "H100_SXM", Words: "NVIDIA HGX board"}, {Value: "A30_PCIE", Words: "NVIDIA Ampere card"},
	{Value: "ATLAS_800_A3_752T_128G_DIE", Words: "Huawei Ascend 910C"}, {Value: "TEST_DEVICE", Hidden: true}}

func names(items []Item) string {
	var out []string
	for _, i := range items {
		out = append(out, i.Value)
	}
	return strings.Join(out, " ")
}

func TestFind(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"qwen 32", "Qwen/Qwen3-32B"},
		{"32 qwen", "Qwen/Qwen3-32B"},
		{"dsv3", "deepseek-ai/DeepSeek-V3 deepseek-ai/DeepSeek-V3.1"},
		{"dsv31", "deepseek-ai/DeepSeek-V3.1"},
		{"l3170b", "meta-llama/Llama-3.1-70B-Instruct"},
		{"910b", "ATLAS_800_A2_376T_64G"},
		{"nvidia", "H100_PCIE H100_SXM A30_PCIE"},
		{"HUAWEI a2", "ATLAS_800_A2_376T_64G"},
		{"h100 pcie", "H100_PCIE"},
		{"H100_SXM", "H100_SXM"},
		{"deepseek-v3", "deepseek-ai/DeepSeek-V3 deepseek-ai/DeepSeek-V3.1"},
		{"dsv3.1", "deepseek-ai/DeepSeek-V3.1"},
		{"ds-v3", "deepseek-ai/DeepSeek-V3 deepseek-ai/DeepSeek-V3.1"},
		{"a3", "ATLAS_800_A3_752T_128G_DIE A30_PCIE"},
		{"A3 752t", "ATLAS_800_A3_752T_128G_DIE"},
		{"a3_752t", "ATLAS_800_A3_752T_128G_DIE"},
		{"a30", "A30_PCIE"},
		{"pcie", "H100_PCIE A30_PCIE"},
		{"test", "TEST_DEVICE"},
		{"scen", ""}, // in the middle of a word of a description
		{"asc", "ATLAS_800_A2_376T_64G ATLAS_800_A3_752T_128G_DIE"},
		{"device", ""},
		{"gpt", ""},
	} {
		if got := names(Find(shelf, c.text)); got != c.want {
			t.Errorf("%q finds %s, want %s", c.text, got, c.want)
		}
	}
	all := Find(shelf, "")
	if len(all) != len(shelf)-1 || all[0].Value != "meta-llama/Llama-3.1-70B-Instruct" {
		t.Errorf("nothing typed finds %s", names(all))
	}
}

// Whatever is typed, what is found has to do with it: every word is in the name, in its words, or a beginning of parts.
func TestFindIsRelated(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("qwends 3210abvhx-/"))).Draw(r, "text")
		found := Find(shelf, text)
		for _, i := range found {
			for _, w := range strings.Fields(strings.ToLower(text)) {
				if all := strings.ToLower(i.Value + " " + i.Words); !strings.Contains(all, w) && !shortened(i.Value, w) {
					r.Fatalf("%q finds %s", text, i.Value)
				}
			}
		}
		slices.SortFunc(found, func(a, b Item) int { return strings.Compare(a.Value, b.Value) })
		if len(slices.CompactFunc(found, func(a, b Item) bool { return a.Value == b.Value })) != len(found) {
			r.Fatalf("%q finds one thing twice", text)
		}
	})
}
