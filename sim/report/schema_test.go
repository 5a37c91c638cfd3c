package report

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// checker tests a JSON value against the part of JSON Schema that schema.json uses.
type checker struct{ defs map[string]any }

func (c *checker) check(path string, schema, v any) (faults []string) {
	s, ok := schema.(map[string]any)
	if !ok {
		return nil
	}
	bad := func(format string, args ...any) { faults = append(faults, path+": "+fmt.Sprintf(format, args...)) }
	if name, ok := s["$ref"].(string); ok {
		return c.check(path, c.defs[strings.TrimPrefix(name, "#/$defs/")], v)
	}
	if any, ok := s["anyOf"].([]any); ok {
		var best []string
		for _, one := range any {
			if f := c.check(path, one, v); len(f) == 0 {
				return nil
			} else if len(f) > len(best) {
				best = f
			}
		}
		return best
	}
	if want, ok := s["const"]; ok && v != want {
		bad("%v, want %v", v, want)
	}
	if list, ok := s["enum"].([]any); ok && !slices.Contains(list, v) {
		bad("%v is none of %v", v, list)
	}
	if t, ok := s["type"]; ok && !isType(t, v) {
		bad("%v is no %v", v, t)
		return faults
	}
	switch v := v.(type) {
	case map[string]any:
		props, _ := s["properties"].(map[string]any)
		required, _ := s["required"].([]any)
		for _, k := range required {
			if _, ok := v[k.(string)]; !ok {
				bad("%s is missing", k)
			}
		}
		for k, x := range v {
			if p, ok := props[k]; ok {
				faults = append(faults, c.check(path+"."+k, p, x)...)
			} else if more, ok := s["additionalProperties"].(map[string]any); ok {
				faults = append(faults, c.check(path+"."+k, more, x)...)
			} else if s["additionalProperties"] == false {
				bad("%s is not in the schema", k)
			}
		}
	case []any:
		for i, x := range v {
			faults = append(faults, c.check(fmt.Sprintf("%s[%d]", path, i), s["items"], x)...)
		}
	}
	return faults
}

func isType(t, v any) bool {
	if list, ok := t.([]any); ok {
		return slices.ContainsFunc(list, func(one any) bool { return isType(one, v) })
	}
	switch v := v.(type) {
	case nil:
		return t == "null"
	case bool:
		return t == "boolean"
	case string:
		return t == "string"
	case float64:
		return t == "number" || t == "integer" && v == math.Trunc(v)
	case []any:
		return t == "array"
	}
	return t == "object"
}

// validate tests a report's JSON and gives it decoded.
func validate(t *testing.T, r *Report) map[string]any {
	t.Helper()
	text, err := os.ReadFile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	data, err := JSON(r)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	c := &checker{defs: schema["$defs"].(map[string]any)}
	for _, f := range c.check("report", schema, doc) {
		t.Error(f)
	}
	return doc
}

// sample is a report with the flagship's best row (msmodeling 84fec85), a losing point and an invalid tuple.
func sample() *Report {
	best := Row{Phase: plan.PhaseAggregation, Strategy: plan.Strategy{TP: 8, PP: 1, DP: 1, DCP: 1},
		Label: "TP=8 | PP=1 | DP=1", MaxBatched: 14000, Chunks: 1,
		Batch: 22, Concurrency: 22, Throughput: 1643.49, PerDevice: 205.43625, TTFT: ptr(1964.26), TPOT: ptr(13.39),
		QPS:    ptr(1.0956600001),
		Status: OK, WeightGB: 5.284, KVGB: 2.85, AvailableGB: 45.86,
		Prefill: &Shares{Mem: 0.52, Comm: 0.23, Cube: 0.24, Vec: 0.01}, Decode: &Shares{Mem: 0.91, Comm: 0.09, Static: 0.21},
		Listed: true, Pareto: true}
	lost := Row{Phase: plan.PhaseAggregation, Strategy: best.Strategy, Label: best.Label, MaxBatched: 14000, Chunks: 1,
		Batch: 512, Concurrency: 512,
		Status: OOM, Reason: message.New("reason.memory", plan.PhasePrefill, 3.2), AvailableGB: -3.2, WeightGB: 5.284}
	invalid := Row{Phase: plan.PhaseAggregation, Strategy: plan.Strategy{TP: 3}, Label: "TP=3 | PP=1", Status: Invalid,
		Reason: message.New("reason.divides", "TP", 3, 8)}
	m := &model.Model{Name: "Qwen/Qwen3-32B"}
	return &Report{Engine: "embedded", Fidelity: "reference", Search: plan.SearchReference, ElapsedMS: 0.2,
		Command: "python -m cli.inference.throughput_optimizer Qwen/Qwen3-32B",
		Request: &plan.Request{Model: m, Profiles: []*hw.Profile{{Name: "A3", Reference: true}}, Devices: 8,
			InputLength:  3500,
			OutputLength: 1500, TTFTLimit: 2000, KeepAll: true},
		Issues: []Issue{{Severity: Warning, Field: "num_mtp_tokens", Message: message.Literal("no heads")}},
		Devices: []Device{{Device: "A3", Fidelity: plan.Reference, Search: plan.SearchReference, Evaluated: 2,
			Counts:      Counts{OK: 1, OOM: 1, Invalid: 1},
			Aggregation: &Section{Best: &best, Candidates: []Row{best}}, Points: []Row{best, lost, invalid},
			Nearest: []Near{{Row: lost, Relax: message.Literal("reserved memory 10 → 6.80 GiB")}},
			Notes:   []message.Message{message.Literal("a note")},
			Corrections: []Correction{{Name: message.Literal("causal prefill"), Reference: message.Literal("whole"),
				Corrected: message.Literal("causal"), Throughput: ptr(0.0312),
				TTFT: ptr(-0.2), FreeGB: ptr(0.0)}, {Name: message.Literal("PD split")}},
			Outcomes: []Outcome{{Label: best.Label, End: Found}, {Label: invalid.Label, End: Skipped,
				Reason: invalid.Reason}}}},
		Cross: []Cross{{Device: "A3", Throughput: 1643.49, RatioToFirst: 1, Row: &best}}}
}

func TestJSONHoldsTheSchema(t *testing.T) {
	doc := validate(t, sample())
	points := doc["devices"].([]any)[0].(map[string]any)["points"].([]any)
	lost, invalid := points[1].(map[string]any), points[2].(map[string]any)
	// A value that does not apply is null, never 0.
	for _, c := range []struct {
		row map[string]any
		key string
	}{{lost, "throughput_tok_s"}, {lost, "ttft_ms"}, {lost, "qps"}, {invalid, "batch_size"}, {invalid, "weight_gb"},
		{invalid, "max_batched_tokens"}, {points[0].(map[string]any), "cost_per_mtok"}} {
		if v, ok := c.row[c.key]; !ok || v != nil {
			t.Errorf("%s is %v, want null", c.key, v)
		}
	}
	first := points[0].(map[string]any)
	if first["qps"] != 1.09566 || first["strategy"].(map[string]any)["ep"] != nil || lost["available_gb"] != -3.2 {
		t.Errorf("row %v", first)
	}
	request := doc["request"].(map[string]any)
	if request["input_length"].(map[string]any)["value"] != 3500.0 ||
		request["tpot_limit"].(map[string]any)["value"] != nil {
		t.Errorf("request %v", request)
	}
}

func TestJSONWithoutAllPointsHasNone(t *testing.T) {
	r := sample()
	r.Request.KeepAll = false
	if doc := validate(t, r); doc["devices"].([]any)[0].(map[string]any)["points"] != nil {
		t.Error("points are there")
	}
}

func TestEmptyReportHoldsTheSchema(t *testing.T) {
	validate(t, &Report{})
}
