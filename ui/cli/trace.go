package cli

import "fathom/sim/pass"

// traceEvent is one complete event of the Chrome trace format, times in microseconds.
type traceEvent struct {
	Name     string         `json:"name"`
	Category string         `json:"cat"`
	Phase    string         `json:"ph"`
	Start    float64        `json:"ts"`
	Duration float64        `json:"dur"`
	Process  int            `json:"pid"`
	Thread   int            `json:"tid"`
	Args     map[string]any `json:"args"`
}

// chromeTrace lays the operators of a pass end to end in the order of their first use, all runs of one shape together: equal
// layers are priced once, so there is no other order to tell.
func chromeTrace(p *pass.Pass) ([]byte, error) {
	var events []traceEvent
	at := 0.0
	for i := range p.Rows {
		r := &p.Rows[i]
		us := r.Seconds() * 1e6
		events = append(events, traceEvent{Name: r.Kind.String(), Category: boundNames[r.Time.Bound], Phase: "X", Start: at, Duration: us,
			Process: 0, Thread: 0, Args: map[string]any{"shape": r.Shape(), "count": r.Count, "average_us": r.Time.Seconds * 1e6}})
		at += us
	}
	return toJSON(map[string]any{"traceEvents": events, "displayTimeUnit": "ms"})
}
