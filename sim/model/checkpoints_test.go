package model

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
)

// checkpoint is a line of testdata/checkpoints.jsonl or families.jsonl.
type checkpoint struct {
	Name    string          `json:"name"`
	Config  json.RawMessage `json:"config"`
	HFQuant json.RawMessage `json:"hf_quant_config"`
}

// checkpoints are the public configurations of both files.
func checkpoints(t testing.TB) (out []checkpoint) {
	t.Helper()
	for _, file := range []string{"testdata/checkpoints.jsonl", "testdata/families.jsonl"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range bytes.Split(bytes.TrimSpace(data), []byte("\n")) {
			var c checkpoint
			if err := json.Unmarshal(line, &c); err != nil {
				t.Fatal(err)
			}
			out = append(out, c)
		}
	}
	return out
}
