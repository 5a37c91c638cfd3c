package search

import "fathom/sim/report"

func (r *run) capacity(i int) *report.Capacity { return nil }
