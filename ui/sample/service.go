package sample

import (
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// Served is what a short trace, or a short day, gives; figures are round, so that screens can be checked by eye.
func Served(q *plan.Request) (*report.Service, *report.Day) {
	if q.Service.Fleet == "" {
		s := &report.Service{Label: "TP=8 DP=1", Of: message.New("service.trace", "trace.jsonl", "mooncake",
			message.New("count.requests", 12000)),
			Replicas: 4, Devices: 32, Routing: "prefix", Played: report.ServiceFigures{Requests: 12000, Seconds: 3600,
				TTFT:       report.Stat{Mean: 400, P50: 300, P90: 800, P95: 1100, P99: 1600},
				TPOT:       report.Stat{Mean: 14, P50: 13, P90: 18, P95: 21, P99: 25},
				E2E:        report.Stat{Mean: 9000, P50: 8000, P90: 15000, P95: 19000, P99: 24000},
				Throughput: 1150, QPS: 3.3, Goodput: 0.994, HitRate: 0.42, HitDevice: 0.3, HitHost: 0.12, KVPeak: 0.8,
				Bind: "load"}}
		without := s.Played
		without.HitRate, without.HitDevice, without.HitHost, without.TTFT.Mean = 0.31, 0.31, 0, 520
		s.Without = &without
		for i := range 60 {
			s.Slots = append(s.Slots, report.ServiceSlot{At: float64(i) * 60, Sent: 200, Within: 1 - float64(i%7)/100,
				TTFT: 300 + float64(10*(i%13)), Waiting: 20 + i%17})
		}
		return s, nil
	}
	d := &report.Day{Label: "TP=8 DP=1", Of: message.New("service.shape", "day", 40.), Devices: 8, Goal: 0.95, Min: 10,
		Max: 33, PerReplica: 1.25, Requests: 2e6, Played: 200_000, Length: 86400,
		Static: report.DayPolicy{Most: 33, Hours: 792, DeviceHours: 6336, Goodput: 0.999},
		Auto:   report.DayPolicy{Most: 41, Hours: 590, DeviceHours: 4720, Goodput: 0.981},
		Failures: []report.DayFailure{{Replicas: 33, Of: 33, Before: 0.97, After: 0.91, Again: 20},
			{Replicas: 34, Of: 34, Before: 0.99, After: 0.97, Again: 20}}}
	for i := range 48 {
		n := 10 + 23*(24-abs(i-24))/24
		d.Slots = append(d.Slots, report.DaySlot{At: float64(i) * 1800, Rate: 1.2 * float64(n), Peak: 1.25 * float64(n),
			Needed: n, Static: report.DayKept{Paid: 33, Ready: 33, Goodput: 1, TTFT: 300},
			Auto: report.DayKept{Paid: n * 5 / 4, Ready: n * 6 / 5, Goodput: 1 - float64(i%5)/50, TTFT: 400}})
	}
	return nil, d
}

func abs(n int) int { return max(n, -n) }
