package report

import (
	"fathom/hw"
	"fathom/hw/message"
)

type serviceJSON struct {
	Label    string              `json:"label"`
	Of       string              `json:"of"`
	Notes    []string            `json:"notes"`
	Replicas int                 `json:"replicas"`
	Devices  int                 `json:"devices"`
	Routing  string              `json:"routing"`
	Played   serviceFiguresJSON  `json:"played"`
	Without  *serviceFiguresJSON `json:"without_tiers,omitempty"`
	Timeline []serviceSlotJSON   `json:"timeline"`
}

type serviceFiguresJSON struct {
	Requests    int      `json:"requests"`
	Refused     int      `json:"refused"`
	Seconds     float64  `json:"seconds"`
	TTFT        statJSON `json:"ttft_ms"`
	TPOT        statJSON `json:"tpot_ms"`
	E2E         statJSON `json:"e2e_ms"`
	Throughput  float64  `json:"throughput_tok_s"`
	QPS         float64  `json:"qps"`
	Goodput     float64  `json:"goodput"`
	HitRate     float64  `json:"hit_rate"`
	HitDevice   float64  `json:"hit_rate_device"`
	HitHost     float64  `json:"hit_rate_host"`
	HitSSD      float64  `json:"hit_rate_ssd"`
	KVPeak      float64  `json:"kv_peak"`
	Preemptions int      `json:"preemptions"`
	Bind        string   `json:"bound_by"`
}

type serviceSlotJSON struct {
	At      float64 `json:"at_s"`
	Sent    int     `json:"sent"`
	Within  float64 `json:"goodput"`
	TTFT    float64 `json:"ttft_ms"`
	Waiting int     `json:"in_flight"`
}

func serviceOf(s *Service) *serviceJSON {
	if s == nil {
		return nil
	}
	out := &serviceJSON{Label: hw.Clean(s.Label), Of: hw.Clean(s.Of.String()), Notes: said(s.Read), Replicas: s.Replicas,
		Devices: s.Devices, Routing: s.Routing, Played: serviceFigures(&s.Played), Timeline: []serviceSlotJSON{}}
	if s.Without != nil {
		out.Without = ptr(serviceFigures(s.Without))
	}
	for _, x := range s.Slots {
		out.Timeline = append(out.Timeline, serviceSlotJSON{Six(x.At), x.Sent, Six(x.Within), Six(x.TTFT), x.Waiting})
	}
	return out
}

func said(list []message.Message) []string {
	out := []string{}
	for _, m := range list {
		out = append(out, hw.Clean(m.String()))
	}
	return out
}

func serviceFigures(f *ServiceFigures) serviceFiguresJSON {
	return serviceFiguresJSON{f.Requests, f.Refused, Six(f.Seconds), statOf(f.TTFT), statOf(f.TPOT), statOf(f.E2E),
		Six(f.Throughput), Six(f.QPS), Six(f.Goodput), Six(f.HitRate), Six(f.HitDevice), Six(f.HitHost), Six(f.HitSSD),
		Six(f.KVPeak), f.Preemptions, f.Bind}
}

type dayJSON struct {
	Label      string           `json:"label"`
	Of         string           `json:"of"`
	Notes      []string         `json:"notes"`
	Devices    int              `json:"devices_per_replica"`
	Goal       float64          `json:"goal"`
	Min        int              `json:"needed_min"`
	Max        int              `json:"needed_max"`
	PerReplica float64          `json:"qps_per_replica"`
	Requests   float64          `json:"requests"`
	Played     int64            `json:"requests_played"`
	Whole      bool             `json:"played_whole"`
	Static     dayPolicyJSON    `json:"static"`
	Auto       dayPolicyJSON    `json:"autoscaled"`
	Failures   []dayFailureJSON `json:"failures"`
	Slots      []daySlotJSON    `json:"slots"`
}

type dayPolicyJSON struct {
	Most        int      `json:"replicas"`
	Hours       float64  `json:"replica_hours"`
	DeviceHours float64  `json:"device_hours"`
	Cost        *float64 `json:"cost"`
	Goodput     float64  `json:"goodput"`
}

type dayFailureJSON struct {
	Replicas int     `json:"replicas"`
	Of       int     `json:"replicas_played"`
	Before   float64 `json:"goodput_before"`
	After    float64 `json:"goodput_failed"`
	Again    int     `json:"sent_again"`
}

type daySlotJSON struct {
	At     float64     `json:"at_s"`
	Rate   float64     `json:"rate"`
	Peak   float64     `json:"peak_rate"`
	Needed int         `json:"needed"`
	Static dayKeptJSON `json:"static"`
	Auto   dayKeptJSON `json:"autoscaled"`
}

type dayKeptJSON struct {
	Paid    int     `json:"paid"`
	Ready   int     `json:"ready"`
	Goodput float64 `json:"goodput"`
	TTFT    float64 `json:"ttft_ms"`
}

func dayOf(f *Day) *dayJSON {
	if f == nil {
		return nil
	}
	policy := func(p *DayPolicy) dayPolicyJSON {
		return dayPolicyJSON{p.Most, Six(p.Hours), Six(p.DeviceHours), Maybe(p.Cost), Six(p.Goodput)}
	}
	kept := func(k *DayKept) dayKeptJSON { return dayKeptJSON{k.Paid, k.Ready, Six(k.Goodput), Six(k.TTFT)} }
	out := &dayJSON{Label: hw.Clean(f.Label), Of: hw.Clean(f.Of.String()), Notes: said(f.Notes), Devices: f.Devices,
		Goal: f.Goal, Min: f.Min, Max: f.Max, PerReplica: Six(f.PerReplica), Requests: Six(f.Requests), Played: f.Played,
		Whole: f.Whole, Static: policy(&f.Static), Auto: policy(&f.Auto), Failures: []dayFailureJSON{},
		Slots: []daySlotJSON{}}
	for _, x := range f.Failures {
		out.Failures = append(out.Failures, dayFailureJSON{x.Replicas, x.Of, Six(x.Before), Six(x.After), x.Again})
	}
	for i := range f.Slots {
		s := &f.Slots[i]
		out.Slots = append(out.Slots, daySlotJSON{Six(s.At), Six(s.Rate), Six(s.Peak), s.Needed, kept(&s.Static),
			kept(&s.Auto)})
	}
	return out
}
