package report

import "strconv"

// Power is what the devices of a row draw, and what its tokens take. Hosts, switches and cooling are not in it.
type Power struct {
	Device float64  // W of one device at most: what it draws by itself, or a cap
	Total  float64  // W of all devices
	PerW   float64  // tokens per second and watt (tokens per joule), at least
	Energy float64  // kWh per million tokens, at most
	Least  *float64 // kWh per million tokens if devices drew what they draw idle; nil where that is not known
	Pace   float64  // share of their pace that devices keep at least under a cap, as the row's figures have it; 1 without
}

// kWhPerMTok is energy per million tokens of a draw in W and a rate in tokens per second.
func kWhPerMTok(watts, rate float64) float64 { return watts / rate * 1e6 / 3.6e6 }

// Draw is the power of n devices at a rate of tokens per second, which a cap has brought down to pace; zero watts: not
// known. Whatever the cap spares, the least energy is that of the pace without one.
func Draw(device, idle float64, n int, rate, pace float64) *Power {
	if device <= 0 || rate <= 0 {
		return nil
	}
	total := device * float64(n)
	p := &Power{Device: device, Total: total, PerW: rate / total, Energy: kWhPerMTok(total, rate), Pace: pace}
	if idle > 0 {
		least := kWhPerMTok(idle*float64(n), rate/pace)
		p.Least = &least
	}
	return p
}

type powerJSON struct {
	Device float64  `json:"watts_device"`
	Total  float64  `json:"watts"`
	PerW   float64  `json:"tokens_per_watt"` // per second
	Energy float64  `json:"kwh_per_mtok"`
	Least  *float64 `json:"kwh_per_mtok_least"`
	Pace   *float64 `json:"capped_pace,omitempty"`
}

func powerOf(p *Power) *powerJSON {
	if p == nil {
		return nil
	}
	out := &powerJSON{Device: Six(p.Device), Total: Six(p.Total), PerW: Six(p.PerW), Energy: Six(p.Energy),
		Least: Maybe(p.Least)}
	if p.Pace < 1 {
		out.Pace = ptr(Six(p.Pace))
	}
	return out
}

// powerCells are the figures of a CSV line; empty where they are not known.
func powerCells(p *Power) []string {
	if p == nil {
		return []string{"", "", ""}
	}
	return []string{Decimal(p.Total), Decimal(p.PerW), Decimal(p.Energy)}
}

// powerHeads are the columns of drawn.
var powerHeads = [3]string{"watts", "tok-s-watt", "kwh-mtok"}

// drawn are the figures of a table's line.
func drawn(p *Power) [3]string {
	if p == nil {
		return [3]string{"-", "-", "-"}
	}
	return [3]string{strconv.FormatFloat(p.Total, 'f', 0, 64), strconv.FormatFloat(p.PerW, 'f', 3, 64),
		strconv.FormatFloat(p.Energy, 'f', 4, 64)}
}
