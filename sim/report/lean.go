package report

import "slices"

// Lean is a report without its points. Rows share blocks of figures with the others of their strategy, which a row that
// is kept would keep whole; here each has its own.
func (r *Report) Lean() *Report {
	out := *r
	out.Devices = slices.Clone(r.Devices)
	for i := range out.Devices {
		d := &out.Devices[i]
		d.Points = nil
		d.Aggregation, d.Prefill, d.Decode = d.Aggregation.lean(), d.Prefill.lean(), d.Decode.lean()
		if x := d.PDRatio; x != nil {
			own := *x
			own.Candidates = slices.Clone(x.Candidates)
			for k := range own.Candidates {
				own.Candidates[k].Prefill.Detach()
				own.Candidates[k].Decode.Detach()
			}
			if own.Best != nil {
				own.Best = &own.Candidates[0]
			}
			d.PDRatio = &own
		}
	}
	return &out
}

func (s *Section) lean() *Section {
	if s == nil {
		return nil
	}
	own := Section{Candidates: slices.Clone(s.Candidates)}
	for i := range own.Candidates {
		own.Candidates[i].Detach()
	}
	if s.Best != nil {
		own.Best = &own.Candidates[0]
	}
	return &own
}

// Detach gives a row copies of the figures that it points to and of why it lost, which share blocks of memory with the
// other rows of its strategy, so that those can go.
func (r *Row) Detach() {
	r.Reason = r.Reason.Own()
	for _, p := range []**float64{&r.TTFT, &r.TPOT, &r.QPS, &r.CostPerMTok, &r.CostPerMonth} {
		if *p != nil {
			*p = ptr(**p)
		}
	}
	for _, p := range []**Shares{&r.Prefill, &r.Decode} {
		if *p != nil {
			own := **p
			*p = &own
		}
	}
}
