package refusal

import (
	"fathom/hw/message"
	"fathom/sim/handover"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// checkKVPath refuses a PD ratio none of whose pairings has a way for its KV caches: the path that is asked for, or a
// network between two profiles. Of several pairings those that have one are planned, and the others say why not. Two
// instances that share a server have every way that a profile knows of.
func checkKVPath(req *plan.Request) error {
	if req.Mode != plan.PDRatio {
		return nil
	}
	var first error
	for _, x := range req.Pairings() {
		p, d := x.Prefill.Profile, x.Decode.Profile
		if p == d && req.KVPath == plan.KVAuto {
			return nil
		}
		_, err := handover.Between(p, d, 1, 1, req.KVPath)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	if first == nil {
		return nil
	}
	field := "kv_path"
	if req.KVPath == plan.KVAuto {
		field = "decode_device"
	}
	return &report.Failure{Class: report.InvalidParameters, Field: field, Message: message.Of(first)}
}
