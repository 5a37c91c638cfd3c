package cli

import (
	"fathom/sim/launch"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/ui/command"
	"fathom/ui/text"
)

// copied is one text about the best row of a report: what the copy menu of the dashboard gives.
func copied(r *report.Report, request *plan.Request, kind string, t *text.Catalog) ([]byte, error) {
	line := func(s string) []byte { return []byte(s + "\n") }
	switch kind {
	case "reference":
		return line(field.Shell(field.Command(request))), nil
	case "fathom":
		return line(r.Ours), nil
	}
	s, ok := bestSubject(r, request)
	if !ok {
		return nil, nil // the exit code says that no point is feasible
	}
	if kind == "serve" {
		return line(command.Serve(s, t)), nil
	}
	for g := range launch.NumGenerators {
		if g.Kind() == kind {
			return line(command.Benchmark(g, s, t)), nil
		}
	}
	return nil, badInput("plan", "bad.copy", kind)
}

// bestSubject is the best row or pair of the first profile that has one; of two phases without a pair the decode one,
// whose rate is that of answers.
func bestSubject(r *report.Report, request *plan.Request) (command.Subject, bool) {
	for i := range r.Devices {
		d := &r.Devices[i]
		s := command.Subject{Request: request, Device: d.Device}
		if d.PDRatio != nil {
			s.Ratio = d.PDRatio.Best
		}
		for _, section := range []*report.Section{d.Aggregation, d.Decode, d.Prefill} {
			if s.Row == nil && s.Ratio == nil && section != nil {
				s.Row = section.Best
			}
		}
		if s.Row != nil || s.Ratio != nil {
			return s, true
		}
	}
	return command.Subject{}, false
}
