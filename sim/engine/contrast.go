package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/search"
)

// Contrast answers the same question with the other fidelity, corrected for reference and back, and says where the
// winners differ by more than five per cent or by strategy. Profiles that come with no constants of the reference tool
// are left out. Nothing to say, or no second search possible, is nil. watch hears of the second search.
func Contrast(ctx context.Context, req *plan.Request, rep *report.Report, watch func(report.Progress)) []report.Issue {
	if rep == nil || len(rep.Devices) == 0 || rep.Partial || len(req.PrefillPools) > 0 {
		return nil
	}
	other, mine := *req, *rep
	other.Profiles, mine.Devices = nil, nil
	other.TargetQPS, other.TargetConcurrency, other.Traffic = 0, 0, req.SearchTraffic()
	first := rep.Devices[0].Fidelity
	for i, p := range req.Profiles {
		if i < len(rep.Devices) && p.Reference && rep.Devices[i].Fidelity == first {
			other.Profiles = append(other.Profiles, p)
			mine.Devices = append(mine.Devices, rep.Devices[i])
		}
	}
	switch {
	case len(other.Profiles) == 0, first == plan.Calibrated, !slices.ContainsFunc(mine.Devices, answered):
		return nil // nothing to compare, which may take many times as long to find out as the plan itself
	case first == plan.Reference:
		other.Fidelity = plan.Corrected
	default:
		other.Fidelity = plan.Reference
	}
	// The same search, or its own gain would be taken for a difference of the figures.
	other.Search = mine.Devices[0].Search
	second, err := search.Best(ctx, &other, Price, report.MostUnasked, watcher(time.Now(), watch))
	switch {
	case errors.Is(err, report.ErrTooMuch):
		return []report.Issue{{Severity: report.Note, Field: "fidelity",
			Message: message.New("note.nocontrast", report.MostUnasked/1_000_000, other.Fidelity)}}
	case err != nil:
		return nil
	}
	return search.Disagree(&mine, second)
}

// answered tells whether a device has a best row in any phase.
func answered(d report.Device) bool {
	for _, s := range []*report.Section{d.Aggregation, d.Prefill, d.Decode} {
		if s != nil && s.Best != nil {
			return true
		}
	}
	return d.PDRatio != nil && d.PDRatio.Best != nil
}
