package field

import (
	"math"
	"strings"

	"fathom/sim/refusal"
	"fathom/sim/report"
)

// checkFloor names a limit that no pass can keep as the milliseconds that it is read as: who writes 2 may mean 2s.
func (r *Reading) checkFloor(id ID) []report.Issue {
	floor := r.floor(id)
	if !r.HasLimit(id) || r.Float(id) >= floor {
		return nil
	}
	text := strings.TrimSpace(r.Answers[id].Text)
	is, least := number2(r.Float(id)), number2(math.Floor(floor*100)/100)
	if last := text[len(text)-1]; '0' <= last && last <= '9' && r.Float(id)*timed["s"] >= floor {
		return one(warn(id, text, "below-pass-near", is, least, text+"s"))
	}
	return one(warn(id, text, "below-pass", is, least))
}

// floor is a time in ms that one pass of the first or of a further token takes longer than on any of the profiles
// (refusal.Floor). 0 where too little is known, and where tokens come from a cache or are guessed ahead.
func (r *Reading) floor(id ID) float64 {
	devices := r.Instances()
	if r.Model == nil || len(devices) == 0 || len(r.Profiles) == 0 || r.serves() || r.Workload() != nil {
		return 0
	}
	n, tokens := devices[0], float64(r.Int(InputLength))
	if r.PrefixCache() {
		tokens *= 1 - r.Float(HitRate)
	}
	if id == TPOT {
		if n, tokens = devices[len(devices)-1], 1; r.MTP() || r.drafts() != "" || r.Word(SpecMethod) != "" {
			return 0
		}
	}
	return refusal.Floor(r.Model, r.Profiles, n, tokens)
}
