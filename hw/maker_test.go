package hw

import (
	"strings"
	"testing"
)

func TestMakers(t *testing.T) {
	for name, want := range map[string]string{"Qwen/Qwen3-32B": "Alibaba", "meta-llama/Llama-3.1-70B-Instruct": "Meta",
		"nvidia/Llama-3_3-Nemotron-Super-49B-v1": "Meta NVIDIA", "moonshotai/Kimi-K2": "月之暗面",
		"sgl-project/DeepSeek-V4-Pro-FP8": "深度求索", "NVIDIA": "英伟达", "Huawei": "华为"} {
		said := strings.Join(Makers(name), " ")
		for _, w := range strings.Fields(want) {
			if !strings.Contains(said, w) {
				t.Errorf("%s is made by %s, not %s", name, said, w)
			}
		}
	}
	if said := Makers("somebody/ollama-7b"); said != nil {
		t.Errorf("a word in the middle of another one: %v", said)
	}
	for _, m := range makers() {
		for _, of := range m.Of {
			if of == "" || of != strings.ToLower(of) || len(m.Called) == 0 {
				t.Errorf("%+v", m)
			}
		}
	}
}
