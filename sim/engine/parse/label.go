package parse

import (
	"strconv"
	"strings"

	"fathom/sim/plan"
)

// strategy reads a label such as "TP=4 | PP=1 | DP=2 | EP=8 | MOE-TP=1 | MOE-DP=1 | MTP=3 | DCP=2". Parts that fathom
// has no size for (draft models, "DFlash=8/acc=5") stay in the label only. ok is false where the text is no label.
func strategy(label string) (s plan.Strategy, mtp int, ok bool) {
	s.PP, s.DCP = 1, 1
	for part := range strings.SplitSeq(label, "|") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		value, _, _ = strings.Cut(value, "/") // "MTP=1/acc=1.9": the accepted length goes with the count
		n, valid := whole(value)
		if !valid {
			continue
		}
		switch strings.ToUpper(key) {
		case "TP":
			s.TP = n
		case "PP":
			s.PP = max(1, n)
		case "DP":
			s.DP = n
		case "EP":
			s.EP = n
		case "MOE-TP":
			s.MoETP = n
		case "MOE-DP":
			s.MoEDP = n
		case "DCP":
			s.DCP = max(1, n)
		case "MTP":
			mtp = n
		}
	}
	return s, mtp, s.TP > 0
}

// most is above any count that a log can mean.
const most = 1e9

// whole reads a count; pandas prints counts of mixed columns as 32.0.
func whole(text string) (int, bool) {
	text = strings.TrimSuffix(strings.TrimSpace(text), ".0")
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0 && n <= most
}

// number reads a figure; nil where the cell is empty, "-", "None" or no finite number.
func number(text string) *float64 {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(v > -1e15 && v < 1e15) {
		return nil
	}
	return &v
}
