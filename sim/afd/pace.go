package afd

import "math"

// Stages is what one micro-batch takes in one layer, in seconds: attention, the way to the experts (and as long back),
// and the experts.
type Stages struct{ Attention, Send, Experts float64 }

// Chain is one layer of one micro-batch from end to end.
func (s Stages) Chain() float64 { return s.Attention + 2*s.Send + s.Experts }

// Longest is the stage that paces a full pipeline, with its name. Both directions of a link are stages of their own.
func (s Stages) Longest() (seconds float64, name string) {
	seconds, name = s.Attention, "attention"
	if s.Experts > seconds {
		seconds, name = s.Experts, "experts"
	}
	if s.Send > seconds {
		seconds, name = s.Send, "transfer"
	}
	return seconds, name
}

// Pace is the time of a pass through so many layers, and what paces it. Attention ranks stand in domains that take
// turns with the experts (xDeepServe, arXiv 2508.02520, section 5); each has so many micro-batches. One of them comes
// back to attention after its chain at the earliest, and not before attention has served the others of its domain and
// experts and links those of all: the larger of both a layer (MegaScale-Infer, arXiv 2504.02263, section 4.1). Beside
// it the pipeline fills once.
func (s Stages) Pace(micro, domains, layers int) (seconds float64, bound string) {
	all := float64(micro * domains)
	longest, bound := Stages{s.Attention * float64(micro) / all, s.Send, s.Experts}.Longest()
	if chain := s.Chain(); chain > all*longest {
		return float64(layers)*chain + (all-1)*longest, "latency"
	}
	return float64(layers)*all*longest + math.Max(0, s.Chain()-longest), bound
}
