package engine

import (
	"context"
	"errors"
	"os"
	"runtime"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/bench"
	"fathom/sim/fleet"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/trace"
	"fathom/sim/traffic"
	"fathom/sim/workload"
)

// day plays replicas of the row over a day.
func (w *served) day(ctx context.Context, profile *hw.Profile) (*report.Day, error) {
	s := &w.req.Service
	curve, of, err := w.curve()
	if err != nil {
		return nil, err
	}
	routing, err := bench.RoutingOf(s.Routing)
	if err != nil {
		return nil, err
	}
	usual := func(v, otherwise float64) float64 {
		if v == 0 {
			return otherwise
		}
		return v
	}
	scaling := fleet.Scaling{Min: max(1, int(s.Scaling.Min)), Max: int(s.Scaling.Max),
		ColdStart: usual(s.Scaling.ColdStart, coldStart), Down: usual(s.Scaling.Down, scaleDown),
		Target: usual(s.Scaling.Target, target), Spare: int(s.Scaling.Spare)}
	q := fleet.Question{Curve: curve, Scaling: scaling, Workers: runtime.GOMAXPROCS(0),
		Deployment: fleet.Deployment{Load: w.bench.Load(), Engine: w.bench.Engines(), Goal: w.goal(),
			Fleet: func(n int) traffic.Fleet {
				f := w.bench.Fleet(n, routing, plan.Tiers{})
				f.Limits, f.Classes, f.Reuse = w.limits(), w.bench.Load().Classes, false
				return f
			}},
		Watch: func(done, of int) { w.tell(float64(done)/float64(of), 0) }}
	p, err := fleet.Make(ctx, q)
	if err != nil {
		return nil, err
	}
	return w.dayOf(p, of, curve, scaling, profile), nil
}

// maxCurve bounds a file of a day: a line a second is far less.
const maxCurve = 64 << 20

// curve is the day of a request.
func (w *served) curve() (fleet.Curve, message.Message, error) {
	s := &w.req.Service
	if c, ok := fleet.ShapeOf(s.Fleet, w.req.QPS); ok {
		if w.req.QPS <= 0 {
			return nil, message.Message{}, message.Fault("service.no-peak", s.Fleet)
		}
		return c, message.New("service.shape", s.Fleet, w.req.QPS), nil
	}
	c, err := readDay(s.Fleet)
	if err != nil {
		return nil, message.Message{}, message.Fault("service.in-file", s.Fleet, err)
	}
	if w.req.QPS > 0 {
		c = c.Scaled(w.req.QPS)
	}
	_, peak := c.Peak(0, c.Length())
	return c, message.New("service.shape", s.Fleet, peak), nil
}

// readDay reads the file of a day. Errors do not name the file.
func readDay(path string) (fleet.Curve, error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, message.Fault("service.no-shape", workload.DayNames())
	}
	file, err := hw.OpenInput(path, maxCurve)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return fleet.Read(file)
}

// Readable says what is wrong with the file that a service names, without its name; of a trace, which may be very long,
// it reads the beginning alone. Whoever asks for it says it before the run.
func Readable(s plan.Service) error {
	if s.Trace != "" {
		file, err := openTrace(s.Trace)
		if err != nil {
			return err
		}
		defer file.Close()
		_, err = trace.Open(file, trace.Options{Format: trace.FormatOf(s.TraceFormat)})
		return err
	}
	if s.Fleet == "" || workload.Day(s.Fleet) != nil {
		return nil
	}
	_, err := readDay(s.Fleet)
	return err
}

// dayOf words a plan of a day.
func (w *served) dayOf(p *fleet.Plan, of message.Message, c fleet.Curve, s fleet.Scaling,
	profile *hw.Profile) *report.Day {
	devices, price := w.req.Devices, w.req.PriceOf(profile.Name)
	policy := func(x *fleet.Policy) report.DayPolicy {
		out := report.DayPolicy{Most: x.Most, Hours: x.Hours, DeviceHours: x.Hours * float64(devices), Goodput: x.Goodput}
		if price > 0 {
			cost := out.DeviceHours * price
			out.Cost = &cost
		}
		return out
	}
	d := &report.Day{Label: w.label, Of: of, Devices: devices, Goal: w.goal(), Min: p.Min, Max: p.Max,
		PerReplica: p.PerReplica, Requests: p.Requests, Played: p.Played, Whole: p.Whole, Length: c.Length(),
		Static: policy(&p.Static), Auto: policy(&p.Auto)}
	d.Notes = append(d.Notes, message.New("fleet.follows", s.Target*100, s.ColdStart, s.Down, s.Min, s.Max, s.Spare))
	if s.Max == 0 {
		d.Notes[0] = message.New("fleet.follows-free", s.Target*100, s.ColdStart, s.Down, s.Min, s.Spare)
	}
	if p.Whole {
		d.Notes = append(d.Notes, message.New("fleet.whole", p.Requests))
	} else {
		d.Notes = append(d.Notes, message.New("fleet.windows", p.Played, p.Requests))
		if n := fleet.Crowd; p.Max*w.bench.Engines() > n {
			say := "fleet.crowds"
			if p.PeakOf < p.Max {
				say = "fleet.crowds-sampled"
			}
			d.Notes = append(d.Notes, message.New(say, n, fleet.Sample, p.PeakOf))
		}
	}
	for _, f := range p.Failures {
		d.Failures = append(d.Failures, report.DayFailure(f))
	}
	kept := func(k *fleet.Kept) report.DayKept {
		return report.DayKept{Paid: k.Paid, Ready: k.Ready, Goodput: k.Goodput, TTFT: 1000 * k.TTFT}
	}
	for i := range p.Slots {
		x := &p.Slots[i]
		d.Slots = append(d.Slots, report.DaySlot{At: x.At, Rate: x.Rate, Peak: x.Peak, Needed: x.Needed,
			Static: kept(&x.Static), Auto: kept(&x.Auto)})
	}
	return d
}
