package state

import (
	"math"
	"strconv"

	"fathom/state/field"
)

// nudge is the next value up or down of a knob that holds one number: devices double or halve, everything else moves by
// about a tenth, in figures that one would say.
func nudge(id field.ID, text string, up bool) (string, bool) {
	x, ok := field.Number(id, text)
	if !ok || x < 0 {
		return "", false
	}
	switch id {
	case field.DeviceCount, field.PrefillDevices, field.DecodeDevices:
		if up {
			x *= 2
		} else {
			x = math.Max(1, math.Floor(x/2))
		}
	case field.HitRate:
		x = math.Min(0.95, math.Max(0, math.Round(x*20+sign(up))/20))
	case field.MTPTokens:
		x = math.Min(9, math.Max(0, x+sign(up)))
	default:
		by := math.Pow(10, math.Floor(math.Log10(math.Max(x, 1)))) / 2
		if !up && x <= 2*by {
			by /= 10 // below the next power of ten the steps are smaller
		}
		whole := id != field.TTFT && id != field.TPOT && id != field.Reserved && id != field.ServingCost
		if whole {
			by = math.Max(1, math.Round(by))
		}
		x = math.Max(0, math.Round((x+sign(up)*by)/by)*by)
		if whole || id == field.TTFT || id == field.TPOT {
			x = math.Max(x, math.Min(1, by))
		}
	}
	return strconv.FormatFloat(x, 'f', -1, 64), true
}

func sign(up bool) float64 {
	if up {
		return 1
	}
	return -1
}
