package report

import (
	"encoding/json"
	"testing"
)

// A percentile beyond the limit is named beside the figures, also where the mean holds it, as the screen marks it.
func TestPercentilesBeyondTheLimit(t *testing.T) {
	r := Row{Throughput: 100, Traffic: &Traffic{TTFT: Stat{Mean: 1900, P50: 1500, P90: 2100, P99: 4000},
		TPOT: Stat{Mean: 20, P50: 20, P90: 21, P99: 22}, TTFTLimit: 2000, TPOTLimit: 50}}
	text, err := json.Marshal(row(&r))
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if json.Unmarshal(text, &raw) != nil {
		t.Fatal(string(text))
	}
	ttft := raw["traffic"].(map[string]any)["ttft_ms"].(map[string]any)
	tpot := raw["traffic"].(map[string]any)["tpot_ms"].(map[string]any)
	if list, _ := ttft["beyond_limit"].([]any); len(list) != 2 || list[0] != "p90" || list[1] != "p99" {
		t.Errorf("TTFT: %v", ttft)
	}
	if _, marked := tpot["beyond_limit"]; marked {
		t.Errorf("TPOT: %v", tpot)
	}
}
