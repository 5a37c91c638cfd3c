package report

// heldHeader are the columns that a file has more where the request has limits on what single requests meet. All are of
// the most load that holds the limits; ttft_p50 and the like without held_ are of the traffic that --traffic plays.
var heldHeader = []string{"held_concurrency", "held_sent_qps", "held_qps", "ttft_p95", "tpot_p95", "e2e_mean",
	"e2e_p50", "e2e_p90", "e2e_p95", "e2e_p99", "held_ttft_p50", "held_ttft_p90", "held_ttft_p95", "held_ttft_p99",
	"held_tpot_p50", "held_tpot_p90", "held_tpot_p95", "held_tpot_p99", "goodput", "tightest_limit"}

// heldColumns are heldHeader where the request has such limits, else none: without them a file stays as it is.
func heldColumns(r *Report) []string {
	if q := r.Request; q != nil && (q.Played() || q.E2ELimit > 0) {
		return heldHeader
	}
	return nil
}

// heldCells are a row's or a pair's under these columns.
func heldCells(h *Held, columns []string) []string {
	cells := make([]string, len(columns))
	if h == nil || len(columns) == 0 {
		return cells
	}
	tight := ""
	if p := h.Tightest(); p != nil {
		tight = p.Against().String()
	}
	values := []float64{float64(h.Concurrency), h.Rate, h.QPS, h.TTFT.P95, h.TPOT.P95, h.E2E.Mean, h.E2E.P50, h.E2E.P90,
		h.E2E.P95, h.E2E.P99, h.TTFT.P50, h.TTFT.P90, h.TTFT.P95, h.TTFT.P99, h.TPOT.P50, h.TPOT.P90, h.TPOT.P95,
		h.TPOT.P99, h.Goodput}
	for i, v := range values {
		if cells[i] = Decimal(v); v == 0 && columns[i] == "held_sent_qps" {
			cells[i] = "" // a closed loop sends none
		}
	}
	cells[len(values)] = tight
	return cells
}
