package report

import (
	"fmt"
	"strconv"

	"fathom/hw/message"
)

// Service is what a row makes of recorded requests or of conversations. Times in milliseconds unless named otherwise.
type Service struct {
	Label    string
	Of       message.Message // what was played
	Read     []message.Message
	Replicas int // instances of the row
	Devices  int
	Routing  string

	Played  ServiceFigures
	Without *ServiceFigures // the same without tiers below the devices' memory; nil: there were none
	Slots   []ServiceSlot
}

// ServiceFigures are those of one run.
type ServiceFigures struct {
	Requests, Refused int     // that ended; that are larger than the KV room
	Seconds           float64 // from the first request to the last token
	TTFT, TPOT, E2E   Stat
	Throughput, QPS   float64
	Goodput           float64 // share of the requests within the limits
	// Shares of the prompt tokens that were found in the prefix cache: in all, and in each place.
	HitRate, HitDevice, HitHost, HitSSD float64
	KVPeak                              float64
	Preemptions                         int
	Bind                                string
}

// ServiceSlot is a piece of the timeline.
type ServiceSlot struct {
	At      float64 // seconds
	Sent    int
	Within  float64 // share of them within the limits
	TTFT    float64 // mean
	Waiting int     // most requests at a time
}

// serviceParts are the service in a document.
func serviceParts(s *Service) []part {
	if s == nil {
		return nil
	}
	p := part{level: 3, heading: message.New("report.h-service"), role: roleTable}
	p.lines = append(p.lines, message.New("service.head", s.Of, s.Label, message.New("count.replicas", s.Replicas),
		message.New("count.devices", s.Devices), message.New("service.routing-of", s.Routing)))
	p.lines = append(p.lines, s.Read...)
	p.table = serviceTable(s)
	return []part{p}
}

func serviceTable(s *Service) *grid {
	g := &grid{}
	g.column("run", false)
	for _, h := range []string{"requests", "req-s", "tok-s", "within", "ttft-mean", "p50", "p90", "p99", "tpot-mean",
		"tpot-p99", "hit-rate", "hit-device", "hit-host", "hit-ssd", "kv-peak", "preempted"} {
		g.column(h, true)
	}
	g.column("bound-by", false)
	rows := []struct {
		name string
		f    *ServiceFigures
	}{{"service.as-asked", &s.Played}, {"service.without", s.Without}}
	for _, r := range rows {
		if r.f == nil {
			continue
		}
		f := r.f
		g.add(message.New(r.name), strconv.Itoa(f.Requests), two(f.QPS), two(f.Throughput), sharePercent(f.Goodput),
			figure(f.TTFT.Mean), figure(f.TTFT.P50), figure(f.TTFT.P90), figure(f.TTFT.P99), two(f.TPOT.Mean),
			two(f.TPOT.P99), sharePercent(f.HitRate), sharePercent(f.HitDevice), sharePercent(f.HitHost), sharePercent(f.HitSSD),
			fmt.Sprintf("%.0f%%", 100*f.KVPeak), strconv.Itoa(f.Preemptions), message.New("bind."+f.Bind))
	}
	return g
}

func sharePercent(v float64) string { return fmt.Sprintf("%.1f%%", 100*v) }
