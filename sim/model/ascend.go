package model

import (
	"maps"
	"slices"
	"strings"

	"fathom/hw"
)

// describedFile is what Ascend's quantiser writes beside a checkpoint (msmodelslim; vLLM Ascend and MindIE read it):
// the kind of every tensor by its name. Older versions put the kind into the name of the file too.
const describedFile = "quant_model_description.json"

// describedKinds are the kinds of weights in such a list.
var describedKinds = map[string]hw.Format{"FLOAT": hw.FormatBF16, "W8A8": hw.FormatINT8, "W8A8_DYNAMIC": hw.FormatINT8,
	"W8A8_MIX": hw.FormatINT8, "W8A8S": hw.FormatINT8, "W8A16": hw.FormatW8A16, "W4A16": hw.FormatINT4G128,
	"W4A8": hw.FormatW4A8, "W4A8_DYNAMIC": hw.FormatW4A8}

// ascend reads such a list. Kinds that nobody knows are an error, also of a single tensor.
func ascend(file []byte, problem *error) *scheme {
	r := &reader{file: describedFile, err: problem}
	var err error
	if r.values, err = decode(file); err != nil {
		r.fail("", "config.broken", err)
		return nil
	}
	s := &scheme{method: "ascend"}
	by := map[hw.Format][]any{}
	for _, name := range slices.Sorted(maps.Keys(r.values)) {
		kind, _ := r.values[name].(string)
		module, weight := strings.CutSuffix(name, ".weight")
		switch f, known := describedKinds[kind]; {
		case kind == "C8":
			s.kv = hw.FormatINT8
		case weight && !known:
			r.fail(name, "config.unknown-format", show(r.values[name]),
				strings.Join(slices.Sorted(maps.Keys(describedKinds)), ", "))
			return nil
		case weight:
			by[f] = append(by[f], module)
		}
	}
	if len(by) == 0 {
		r.fail("*.weight", "config.missing")
	}
	for f := range hw.NumFormats {
		if names := by[f]; len(names) > 0 {
			s.rules = append(s.rules, newRule(r, "*", names, f))
		}
	}
	return s
}
