package report

import (
	"encoding/csv"
	"fmt"
	"strconv"

	"fathom/hw/message"
)

// Day is what a day asks of replicas of a row. Shares are of requests within the limits; times in seconds unless
// named otherwise.
type Day struct {
	Label    string
	Of       message.Message // the curve
	Notes    []message.Message
	Devices  int     // of a replica
	Goal     float64 // share of the requests that has to be within the limits
	Min, Max int     // replicas needed in the quietest and the busiest slot
	// PerReplica is what one of Max replicas serves within the limits, in requests per second.
	PerReplica   float64
	Requests     float64 // of the day
	Played       int64
	Whole        bool
	Length       float64
	Static, Auto DayPolicy
	Failures     []DayFailure
	Slots        []DaySlot
}

// DayPolicy is a fleet over the day.
type DayPolicy struct {
	Most        int // replicas at a time
	Hours       float64
	DeviceHours float64
	Cost        *float64 // money; nil without a price
	Goodput     float64
}

// DayFailure is the peak with a replica that fails.
type DayFailure struct {
	Replicas      int
	Of            int // replicas that were played
	Before, After float64
	Again         int
}

// DaySlot is a piece of the day.
type DaySlot struct {
	At           float64
	Rate, Peak   float64
	Needed       int
	Static, Auto DayKept
}

// DayKept is what a fleet keeps in a slot.
type DayKept struct {
	Paid, Ready int
	Goodput     float64
	TTFT        float64 // mean, milliseconds
}

// Clock writes a time of the day: 09:30, with the day before it from the second on.
func Clock(seconds float64) string {
	m := int(seconds/60 + 0.5)
	text := fmt.Sprintf("%02d:%02d", m/60%24, m%60)
	if d := m / 1440; d > 0 {
		text = strconv.Itoa(d) + "d " + text
	}
	return text
}

// dayParts are the fleet in a document: the answer, the two fleets, a failure, and the day slot by slot.
func dayParts(f *Day) []part {
	if f == nil {
		return nil
	}
	p := part{level: 3, heading: message.New("report.h-fleet")}
	p.lines = append(p.lines, message.New("fleet.head", f.Of, f.Label, message.New("count.devices", f.Devices)),
		message.New("fleet.needed", f.Min, f.Max, message.New("count.devices", f.Max*f.Devices),
			two(f.PerReplica), 100*f.Goal))
	p.lines = append(p.lines, f.Notes...)
	for _, x := range f.Failures {
		again := message.New("fleet.again", x.Again)
		if x.Of < x.Replicas {
			p.lines = append(p.lines, message.New("fleet.failure-of", x.Replicas, 100*x.Before, 100*x.After, again, x.Of))
			continue
		}
		p.lines = append(p.lines, message.New("fleet.failure", x.Replicas, 100*x.Before, 100*x.After, again))
	}
	g := &grid{}
	g.column("fleet", false)
	for _, h := range []string{"replicas", "replica-hours", "device-hours", "cost-day", "within"} {
		g.column(h, true)
	}
	for _, x := range []struct {
		name string
		p    *DayPolicy
	}{{"fleet.static", &f.Static}, {"fleet.auto", &f.Auto}} {
		g.add(message.New(x.name), strconv.Itoa(x.p.Most), two(x.p.Hours), two(x.p.DeviceHours), optionalTwo(x.p.Cost),
			sharePercent(x.p.Goodput))
	}
	p.table = g
	return []part{p, {level: 3, heading: message.New("report.h-day"), role: roleTable, table: dayTable(f)}}
}

func dayTable(f *Day) *grid {
	g := &grid{}
	g.column("time", false)
	for _, h := range []string{"req-s", "peak-req-s", "needed", "static-goodput", "static-ttft", "auto-paid", "auto-ready",
		"auto-goodput", "auto-ttft"} {
		g.column(h, true)
	}
	for i := range f.Slots {
		s := &f.Slots[i]
		g.add(Clock(s.At), two(s.Rate), two(s.Peak), strconv.Itoa(s.Needed), sharePercent(s.Static.Goodput),
			figure(s.Static.TTFT), strconv.Itoa(s.Auto.Paid), strconv.Itoa(s.Auto.Ready), sharePercent(s.Auto.Goodput),
			figure(s.Auto.TTFT))
	}
	return g
}

// writeFleets is CSV of the days of all devices, a line for every slot.
func writeFleets(w *csv.Writer, r *Report) {
	w.Write([]string{"device", "label", "at_s", "rate_req_s", "peak_req_s", "needed", "static_replicas", "static_goodput",
		"static_ttft_ms", "auto_paid", "auto_ready", "auto_goodput", "auto_ttft_ms"})
	for i := range r.Devices {
		d := &r.Devices[i]
		if d.Day == nil {
			continue
		}
		for k := range d.Day.Slots {
			s := &d.Day.Slots[k]
			w.Write([]string{d.Device, d.Day.Label, plain(s.At), plain(s.Rate), plain(s.Peak), strconv.Itoa(s.Needed),
				strconv.Itoa(s.Static.Paid), plain(s.Static.Goodput), plain(s.Static.TTFT), strconv.Itoa(s.Auto.Paid),
				strconv.Itoa(s.Auto.Ready), plain(s.Auto.Goodput), plain(s.Auto.TTFT)})
		}
	}
}

// writeServices is CSV of what was played of all devices, a line for every run.
func writeServices(w *csv.Writer, r *Report) {
	w.Write([]string{"device", "label", "run", "replicas", "requests", "refused", "req_s", "tok_s", "goodput",
		"ttft_mean_ms", "ttft_p50_ms", "ttft_p90_ms", "ttft_p99_ms", "tpot_mean_ms", "tpot_p99_ms",
		"e2e_mean_ms", "e2e_p99_ms",
		"hit_rate", "hit_device", "hit_host", "hit_ssd", "kv_peak", "preemptions", "bound_by"})
	for i := range r.Devices {
		d := &r.Devices[i]
		if d.Service == nil {
			continue
		}
		for _, x := range []struct {
			name string
			f    *ServiceFigures
		}{{"as_asked", &d.Service.Played}, {"without_tiers", d.Service.Without}} {
			f := x.f
			if f == nil {
				continue
			}
			rec := []string{d.Device, d.Service.Label, x.name, strconv.Itoa(d.Service.Replicas), strconv.Itoa(f.Requests),
				strconv.Itoa(f.Refused)}
			for _, v := range []float64{f.QPS, f.Throughput, f.Goodput, f.TTFT.Mean, f.TTFT.P50, f.TTFT.P90, f.TTFT.P99,
				f.TPOT.Mean, f.TPOT.P99, f.E2E.Mean, f.E2E.P99, f.HitRate, f.HitDevice, f.HitHost, f.HitSSD, f.KVPeak} {
				rec = append(rec, plain(v))
			}
			w.Write(append(rec, strconv.Itoa(f.Preemptions), f.Bind))
		}
	}
}

func plain(v float64) string { return strconv.FormatFloat(Six(v), 'f', -1, 64) }
