package engine

import (
	"context"
	"errors"
	"io"
	"math"
	"sync/atomic"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/bench"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/search"
	"fathom/sim/trace"
	"fathom/sim/traffic"
)

// Serving says how far a service is played: parts of the whole, from 0 to 1, and requests.
type Serving struct {
	Share    float64
	Requests int64
}

// Serve plays the best row of every device against what the request of a report names: a trace, conversations or a day.
// A device without an answer stays as it is. The error is bad input, or the context's cause.
func Serve(ctx context.Context, rep *report.Report, watch func(Serving)) error {
	if rep == nil || rep.Request == nil || !rep.Request.Service.Asked() {
		return nil
	}
	for i := range rep.Devices {
		d := &rep.Devices[i]
		if d.PDRatio != nil && d.PDRatio.Best != nil {
			var err error
			if d.Service, err = ServedPair(ctx, rep.Request, d.PDRatio.Best, watch); err != nil {
				return err
			}
		}
		if d.Aggregation == nil || d.Aggregation.Best == nil {
			continue
		}
		for _, p := range rep.Request.Profiles {
			if p.Name != d.Device {
				continue
			}
			var err error
			if d.Service, d.Day, err = Served(ctx, rep.Request, p, d.Aggregation.Best, watch); err != nil {
				return err
			}
		}
	}
	return nil
}

// Served plays one row against what a request names. One of both results is nil.
func Served(ctx context.Context, req *plan.Request, profile *hw.Profile, row *report.Row,
	watch func(Serving)) (s *report.Service, d *report.Day, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = internal(v)
		}
	}()
	var stopped atomic.Bool
	defer context.AfterFunc(ctx, func() { stopped.Store(true) })()
	b, err := search.Deployment(req, profile, row, Price, &stopped)
	if err != nil {
		return nil, nil, err
	}
	w := served{req: req, label: row.Label, devices: req.Devices, bench: b, talk: b, fleet: b.Fleet,
		answer: answer(req, row.TTFT, row.TPOT), link: profile.HostBandwidth / 1e9, stopped: &stopped, watch: watch}
	if req.Service.Fleet != "" {
		d, err = w.day(ctx, profile)
	} else {
		s, err = w.requests()
	}
	if errors.Is(err, traffic.ErrStopped) && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return s, d, err
}

// ServedPair plays all instances of a pair against the trace or the conversations that a request names.
func ServedPair(ctx context.Context, req *plan.Request, x *report.Ratio, watch func(Serving)) (s *report.Service,
	err error) {
	defer func() {
		if v := recover(); v != nil {
			err = internal(v)
		}
	}()
	var stopped atomic.Bool
	defer context.AfterFunc(ctx, func() { stopped.Store(true) })()
	prefill, decode := profileOf(req, x.PrefillDevice), profileOf(req, x.DecodeDevice)
	if prefill == nil || decode == nil {
		return nil, message.Fault("service.no-split")
	}
	pair, err := search.PairDeployment(req, prefill, decode, x, Price, &stopped)
	if err != nil {
		return nil, err
	}
	w := served{req: req, label: x.Prefill.Label + " / " + x.Decode.Label, devices: *x.TotalDevices, bench: pair.Prefill,
		talk: pair.Decode, fleet: pair.Fleet, answer: answer(req, x.TTFT(), x.Decode.TPOT),
		link: prefill.HostBandwidth / 1e9, stopped: &stopped, watch: watch}
	if s, err = w.requests(); errors.Is(err, traffic.ErrStopped) && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return s, err
}

// profileOf is the profile of a name in a request; nil: it has none.
func profileOf(req *plan.Request, name string) *hw.Profile {
	for _, p := range req.Profiles {
		if p.Name == name {
			return p
		}
	}
	for _, pools := range [][]plan.Pool{req.PrefillPools, req.DecodePools} {
		for i := range pools {
			if pools[i].Profile.Name == name {
				return pools[i].Profile
			}
		}
	}
	return nil
}

// answer is how many seconds a request takes at the row's own load; 0 where that is not known.
func answer(req *plan.Request, ttft, tpot *float64) float64 {
	if ttft == nil || tpot == nil {
		return 0
	}
	return (*ttft + *tpot*float64(req.OutputLength)) / 1000
}

// served is a row, or a pair, at work.
type served struct {
	req     *plan.Request
	label   string
	devices int          // of one of them
	bench   *bench.Bench // where calls arrive
	talk    *bench.Bench // which has whole conversations in its room
	fleet   func(replicas int, routing traffic.Routing, tiers plan.Tiers) traffic.Fleet
	answer  float64 // seconds that a request takes about
	link    float64 // GB/s from the host's memory to a device as its profile has it; 0: not stated
	stopped *atomic.Bool
	watch   func(Serving)
}

func (w *served) limits() traffic.Limits {
	return traffic.Limits{TTFT: w.req.TTFTLimit / 1000, TPOT: w.req.TPOTLimit / 1000, E2E: w.req.E2ELimit / 1000}
}

// goal is the share of a day's requests that has to be within the limits: what the request says, else the highest
// percentile that one of its limits binds.
func (w *served) goal() float64 {
	if g := w.req.Goodput; g > 0 {
		return g
	}
	share := [plan.NumPercentiles]float64{usualGoal, 0.5, 0.9, 0.95, 0.99}
	return max(share[w.req.TTFTAt], share[w.req.TPOTAt], share[w.req.E2EAt])
}

// slots of a timeline: of a trace about so many.
const slots = 48

// requests plays a trace or conversations, without the tiers too, so that it can be told what they buy.
func (w *served) requests() (*report.Service, error) {
	s := &w.req.Service
	routing, err := bench.RoutingOf(s.Routing)
	if err != nil {
		return nil, err
	}
	n := max(1, s.Replicas)
	out := &report.Service{Label: w.label, Replicas: n, Devices: n * w.devices, Routing: routing.String()}
	tiers := s.Tiers
	if tiers.HostGiB > 0 && tiers.HostGBs == 0 {
		tiers.HostGBs = w.link
	}
	played, err := w.play(out, w.fleet(n, routing, tiers))
	if err != nil {
		return nil, err
	}
	if tiers != s.Tiers {
		out.Read = append(out.Read, message.New("service.host-link", w.link))
	}
	out.Played = figuresOf(played)
	for i, x := range played.Slots {
		sent := math.Max(1, float64(x.Sent))
		out.Slots = append(out.Slots, report.ServiceSlot{At: float64(i) * w.slot(), Sent: x.Sent,
			Within: float64(x.Kept) / sent, TTFT: 1000 * x.TTFT / sent, Waiting: x.Waiting})
	}
	if s.Tiers != (plan.Tiers{}) {
		var aside report.Service
		without, err := w.play(&aside, w.fleet(n, routing, plan.Tiers{}))
		if err != nil {
			return nil, err
		}
		f := figuresOf(without)
		out.Without = &f
	}
	return out, nil
}

// slot is the length of a piece of the timeline: a minute, more where a window says how long the trace is.
func (w *served) slot() float64 {
	s := &w.req.Service
	scale := s.TraceScale
	if scale == 0 {
		scale = 1
	}
	return math.Max(60, (s.TraceTo-s.TraceFrom)/scale/slots)
}

// play feeds a fleet and tells what was read.
func (w *served) play(out *report.Service, f traffic.Fleet) (traffic.Played, error) {
	f.Limits, f.Slot, f.Context = w.limits(), w.slot(), w.req.Model.Context
	if f.Clock = traffic.Tabled(f.Clock); f.Decode != nil {
		f.Decode.Clock = traffic.Tabled(f.Decode.Clock)
	}
	s := &w.req.Service
	if s.Trace == "" {
		src, err := w.talk.Conversations(s.Sessions, w.req.QPS, w.answer, w.req.Model.Context, 1)
		if err != nil {
			return traffic.Played{}, err
		}
		out.Of = message.New("service.sessions", s.Sessions.Turns, s.Sessions.Think, s.Sessions.System,
			math.Max(1, s.Sessions.Groups), w.req.QPS)
		f.From, f.To = src.From, src.To
		f.Watch = func(ended int64, now float64) { w.tell(math.Min(1, now/src.To), ended) }
		played, err := traffic.Serve(src, f)
		say := "service.warm"
		if !src.Settled {
			say = "service.unsettled"
		}
		out.Read = append(out.Read, message.New(say, src.From, src.To-src.From))
		if cut, of := src.Cut(); cut > 0 {
			out.Read = append(out.Read, message.New("service.cut", cut, of, w.req.Model.Context, f.Engine.KVTokens))
		}
		return played, err
	}
	file, err := openTrace(s.Trace)
	if err != nil {
		return traffic.Played{}, message.Fault("service.in-file", s.Trace, err)
	}
	defer file.Close()
	size := max(1, file.Size)
	read := &counting{r: file}
	src, err := trace.Open(read, trace.Options{Format: trace.FormatOf(s.TraceFormat), Scale: s.TraceScale,
		From: s.TraceFrom, To: s.TraceTo, Rate: w.req.QPS, Seed: 1, Stopped: w.stopped})
	if err != nil {
		return traffic.Played{}, inFile(s.Trace, err)
	}
	f.Watch = func(ended int64, _ float64) { w.tell(float64(read.n)/float64(size), ended) }
	played, err := traffic.Serve(src, f)
	if err != nil {
		return played, inFile(s.Trace, err)
	}
	sum := src.Summary()
	if sum.Empty > 0 && sum.Empty == sum.Rows {
		return played, message.Fault("service.in-file", s.Trace, message.Fault("service.all-empty", sum.Empty))
	}
	if sum.Played == 0 {
		return played, message.Fault("service.in-file", s.Trace, message.Fault("service.outside", s.TraceFrom, s.TraceTo,
			sum.Seconds))
	}
	out.Of = message.New("service.trace", s.Trace, sum.Format.String(),
		message.New("count.requests", sum.Played))
	out.Read = append(w.told(&sum), w.refused(&played, f.Engine.KVTokens)...)
	return played, nil
}

// openTrace opens a trace of any length: it is streamed.
func openTrace(path string) (*hw.Input, error) { return hw.OpenInput(path, math.MaxInt64) }

// inFile names the file of what is wrong in it; errors of the system name it anyway.
func inFile(path string, err error) error {
	var said *message.Error
	if !errors.As(err, &said) {
		return err
	}
	return message.Fault("service.in-file", path, err)
}

func (w *served) tell(share float64, requests int64) {
	if w.watch != nil {
		w.watch(Serving{share, requests})
	}
}

// told is what a reader of the figures has to know of the trace.
func (w *served) told(s *trace.Summary) (out []message.Message) {
	out = append(out, message.New("service.lengths", s.Input, s.Output, w.req.InputLength, w.req.OutputLength))
	if s.Format == trace.Mooncake && w.req.Service.TraceFormat == "" {
		out = append(out, message.New("service.milliseconds"))
	}
	if s.Epoch > 0 {
		out = append(out, message.New("service.epoch", 1/s.Epoch))
	}
	if s.Untimed {
		out = append(out, message.New("service.untimed", w.req.QPS))
	}
	if s.Empty > 0 {
		out = append(out, message.New("service.empty", s.Empty))
	}
	if s.Reordered > 0 {
		out = append(out, message.New("service.reordered", s.Reordered))
	}
	if s.Gap > longGap {
		out = append(out, message.New("service.gap", s.Gap, s.GapLine))
	}
	return out
}

// refused says which requests are never served, and by what.
func (w *served) refused(p *traffic.Played, room int) (out []message.Message) {
	if r := &p.Long; r.Requests > 0 {
		out = append(out, message.New("service.long", r.Requests, r.Row, r.Tokens, w.req.Model.Context, w.req.Model.Name))
	}
	if r := &p.Large; r.Requests > 0 {
		out = append(out, message.New("service.large", r.Requests, r.Row, r.Tokens, room))
	}
	return out
}

// longGap is a time without a request that is worth a word, in seconds.
const longGap = 600

type counting struct {
	r io.Reader
	n int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func statOf(s traffic.Stat) report.Stat {
	return report.Stat{Mean: 1000 * s.Mean, P50: 1000 * s.P50, P90: 1000 * s.P90, P95: 1000 * s.P95, P99: 1000 * s.P99}
}

func figuresOf(p traffic.Played) report.ServiceFigures {
	asked := math.Max(1, float64(p.Reuse.Asked))
	share := func(n int64) float64 { return float64(n) / asked }
	return report.ServiceFigures{Requests: p.Requests, Refused: p.Refused, Seconds: p.Seconds, TTFT: statOf(p.TTFT),
		TPOT: statOf(p.TPOT), E2E: statOf(p.E2E), Throughput: p.Output, QPS: p.Rate, Goodput: p.Goodput,
		HitRate: p.Reuse.Rate(), HitDevice: share(p.Reuse.Device), HitHost: share(p.Reuse.Below[0]),
		HitSSD: share(p.Reuse.Below[1]), KVPeak: p.KVPeak, Preemptions: p.Preemptions, Bind: p.Bind.String()}
}

// usualGoal is the share of a day's requests that has to be within the limits, where nobody says.
const usualGoal = 0.95

// Defaults of a fleet that follows its load, where nobody says: minutes to fetch and load weights; the pod autoscaler's
// five minutes before fewer replicas run (stabilizationWindowSeconds); a fifth of a replica kept free.
const (
	coldStart = 180
	scaleDown = 300
	target    = 0.8
)
