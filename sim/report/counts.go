package report

import (
	"encoding/json"
	"fmt"
)

// MarshalJSON writes null for counts that are not known.
func (c Counts) MarshalJSON() ([]byte, error) {
	type plain Counts
	if !c.Unsaid {
		return json.Marshal(plain(c))
	}
	return json.Marshal(map[string]*int{"ok": &c.OK, "ttft": nil, "tpot": nil, "oom": nil, "invalid": nil, "engine": nil})
}

func countLine(d *Device) string {
	if d.Counts.Unsaid {
		return fmt.Sprintf("%d points are listed; how many others lost, and by what, is not said. Fidelity %s, search %s.",
			d.Evaluated, d.Fidelity, d.Search)
	}
	if d.Counts.Engine > 0 {
		return fmt.Sprintf("%d points: %d ok, %d over TTFT, %d over TPOT, %d out of memory, %d refused by the engine; "+
			"%d combinations not valid. Fidelity %s, search %s.",
			d.Evaluated, d.Counts.OK, d.Counts.TTFT, d.Counts.TPOT, d.Counts.OOM, d.Counts.Engine, d.Counts.Invalid,
			d.Fidelity, d.Search)
	}
	return fmt.Sprintf("%d points: %d ok, %d over TTFT, %d over TPOT, %d out of memory; %d combinations not valid. "+
		"Fidelity %s, search %s.",
		d.Evaluated, d.Counts.OK, d.Counts.TTFT, d.Counts.TPOT, d.Counts.OOM, d.Counts.Invalid, d.Fidelity, d.Search)
}
