package report

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
)

// inputsJSON is the request block: an object in the order of the inputs, each with its value and source.
type inputsJSON []Input

func (list inputsJSON) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, in := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(hw.Clean(in.Name))
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(struct {
			Value  any    `json:"value"`
			Source string `json:"source"`
		}{clean(in.Value), hw.Clean(in.Source.String())})
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// clean strips texts and turns what JSON cannot hold into null.
func clean(v any) any {
	switch v := v.(type) {
	case string:
		return hw.Clean(v)
	case []string:
		out := make([]string, len(v))
		for i, s := range v {
			out[i] = hw.Clean(s)
		}
		return out
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
	}
	return v
}

// inputs are those that came with the report, else what the request holds.
func inputs(r *Report) inputsJSON {
	if r.Inputs != nil || r.Request == nil {
		return r.Inputs
	}
	return FromRequest(r.Request, message.New("origin.request"))
}

// FromRequest lists the inputs of a request, all from one source.
func FromRequest(q *plan.Request, source message.Message) []Input {
	var devices []string
	for _, p := range q.Profiles {
		devices = append(devices, p.Name)
	}
	name := ""
	if q.Model != nil {
		name = q.Model.Name
	}
	limit := func(v float64) any {
		if v == 0 {
			return nil
		}
		return v
	}
	count := func(v int) any {
		if v == 0 {
			return nil
		}
		return v
	}
	var length any = count(q.InputLength)
	if len(q.Distribution) > 0 {
		length = q.InputFile
	}
	list := []Input{
		{"mode", q.Mode.String(), source}, {"model", name, source}, {"device", devices, source},
		{"num_devices", q.Devices, source},
		{"prefill_devices_per_instance", count(q.PrefillDevices), source},
		{"decode_devices_per_instance", count(q.DecodeDevices), source},
		{"input_length", length, source}, {"output_length", q.OutputLength, source},
		{"ttft_limit", limit(q.TTFTLimit), source}, {"tpot_limit", limit(q.TPOTLimit), source},
		{"tp_sizes", sizes(q.TP), source}, {"ep_sizes", sizes(q.EP), source}, {"moe_dp_sizes", sizes(q.MoEDP), source},
		{"dcp_sizes", sizes(q.DCP), source},
		{"quantize_linear_action", q.Quant.Linear.String(), source},
		{"quantize_attention_action", q.Quant.Attention.String(), source},
		{"compile", q.Options.Compile, source}, {"prefix_cache_hit_rate", q.PrefixCacheHitRate, source},
		{"num_mtp_tokens", q.MTP, source},
		{"mtp_acceptance_rates", q.Acceptance, source}, {"max_batched_tokens", count(q.MaxBatchedTokens), source},
		{"batch_range", span(q), source}, {"reserved_memory_gb", q.ReservedGB, source},
		{"serving_cost", q.ServingCostMS, source},
		{"concurrency_search_strategy", q.Strategy.String(), source},
	}
	return list
}

func span(q *plan.Request) any {
	if q.BatchMax == 0 {
		return nil
	}
	return []int{max(1, q.BatchMin), q.BatchMax}
}

// sizes of a dimension: null where it is not searched, auto for a bare flag.
func sizes(s plan.Sizes) any {
	switch {
	case !s.Searched:
		return nil
	case len(s.Values) == 0:
		return "auto"
	}
	return s.Values
}

// words writes an input's value for people.
func words(v any) string {
	switch v := clean(v).(type) {
	case nil:
		return "-"
	case string:
		return v
	case bool:
		if v {
			return "on"
		}
		return "off"
	case int:
		return strconv.Itoa(v)
	case float64:
		form := byte('f')
		if v != 0 && math.Abs(v) < 1e-6 { // an input is told as it is, however small
			form = 'g'
		}
		return strconv.FormatFloat(v, form, -1, 64)
	default:
		data, err := json.Marshal(v)
		if err != nil {
			return "-"
		}
		text := strings.NewReplacer("[", "", "]", "", `"`, "", ",", " ").Replace(string(data))
		if text == "" || text == "null" {
			return "-"
		}
		return text
	}
}
