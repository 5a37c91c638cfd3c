package refusal

import (
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// checkSpeculation refuses what no step can yield.
func checkSpeculation(req *plan.Request) error {
	s := req.Speculation
	if !s.Beside() {
		return nil
	}
	bad := func(field string, said message.Message) error {
		return &report.Failure{Class: report.InvalidParameters, Field: field, Message: said}
	}
	most := s.Tokens + 1
	if s.Draft == "dspark" {
		most++ // its head guesses one more (search-and-serving 3.8)
	}
	switch {
	case s.Tokens < 1 || s.Tokens > 64:
		return bad("num_speculative_tokens", message.New("failure.draft-tokens", s.Tokens))
	case !(s.Length >= 1 && s.Length <= float64(most)):
		return bad("acceptance_length", message.New("failure.draft-length", s.Length, most))
	case s.Model != nil && s.Share > 0:
		return bad("draft_model", message.New("failure.draft-priced", s.Model.Name))
	case !(s.Share >= 0 && s.Share <= 10):
		return bad("draft_share", message.New("failure.draft-share", s.Share))
	}
	return nil
}
