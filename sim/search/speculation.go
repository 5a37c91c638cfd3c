package search

import (
	"fathom/hw/message"
	"fathom/sim/memory"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/report"
	"fathom/sim/serve"
	"fathom/sim/traffic"
)

// accepted is the mean number of tokens that a decode step yields with so many MTP tokens.
func (j *job) accepted(mtp int) float64 {
	if s := j.req.Speculation; s.Beside() {
		return s.Length
	}
	return serve.Accepted(mtp, j.req.Acceptance)
}

// guessing are passes with what guesses ahead: every decode step costs a share more, or as many passes of a draft as
// it guesses tokens. A draft reads the prompts, too, and its weights and cache lie beside the model's.
type guessing struct {
	serve.Forward
	share  float64
	draft  serve.Forward // nil: a share
	tokens int           // of a draft in a step, one after the other
}

func (g guessing) Uniform(shape pass.Shape) pass.Result {
	r := g.Forward.Uniform(shape)
	if shape.Decode {
		r.Seconds *= 1 + g.share
		r.Slowest *= 1 + g.share
	}
	if g.draft == nil {
		return r
	}
	own, times := shape, 1.0
	own.Images = 0
	if shape.Decode {
		own.Total, own.Query, times = shape.Total-shape.Query+1, 1, float64(g.tokens)
	}
	aside := g.draft.Uniform(own)
	extra := times * aside.Seconds
	r.Seconds += extra
	r.Memory.Weight, r.Memory.KV = r.Memory.Weight+aside.Memory.Weight, r.Memory.KV+aside.Memory.KV
	r.Memory.Available -= aside.Memory.Weight + aside.Memory.KV
	if r.Slowest > 0 {
		r.Slowest += extra
	}
	return r
}

// guessingPricer is guessing for schedulers, whose steps may hold prompts beside.
type guessingPricer struct {
	price.Pricer
	guess guessing
}

func (g guessingPricer) Uniform(shape pass.Shape) pass.Result { return g.guess.Uniform(shape) }
func (g guessingPricer) Clock() traffic.Clock {
	clock := g.Pricer.Clock()
	return traffic.ClockFunc(func(at traffic.State) float64 {
		seconds := clock.Seconds(at)
		if at.Decoding > 0 {
			at.Prompts = nil
			seconds += g.guess.share * clock.Seconds(at)
		}
		return seconds
	})
}

// draftedPricer is guessingPricer with a draft of its own: the first of its passes reads the prompts of the step, too.
type draftedPricer struct {
	price.Pricer
	guess guessing
	draft price.Pricer
}

func (g draftedPricer) Uniform(shape pass.Shape) pass.Result { return g.guess.Uniform(shape) }
func (g draftedPricer) Room(tokens int) memory.Room {
	return g.Pricer.Room(tokens).Beside(g.draft.Room(tokens))
}
func (g draftedPricer) Clock() traffic.Clock {
	clock, draft := g.Pricer.Clock(), g.draft.Clock()
	return traffic.ClockFunc(func(at traffic.State) float64 {
		seconds := clock.Seconds(at)
		at.Width = 1
		seconds += draft.Seconds(at)
		if at.Decoding > 0 && g.guess.tokens > 1 {
			at.Prompts = nil
			seconds += float64(g.guess.tokens-1) * draft.Seconds(at)
		}
		return seconds
	})
}

// ofDraft is the setup of the draft's own passes: its checkpoint as published, over the ranks of the model's stage. Its
// routed experts are cut over all of them, as engines take no layout of experts for a draft.
func ofDraft(s pass.Setup, draft *model.Model) pass.Setup {
	s.Model, s.MTP, s.Guess, s.Busiest = draft, 0, 0, 0
	s.Strategy = plan.Strategy{TP: s.Strategy.TP, PP: 1, DP: s.Strategy.DP}
	if draft.MoE() {
		s.Strategy.EP, s.Strategy.MoETP, s.Strategy.MoEDP = 1, s.Strategy.TP*s.Strategy.DP, 1
	}
	if s.Quant = (plan.Quant{}); draft.Quantization != nil {
		s.Quant.Linear = plan.AsPublished
	}
	return s
}

// drafted prices passes with what a request says guesses ahead.
func drafted(req *plan.Request, pricer Pricer) Pricer {
	share, draft := req.Speculation.Share, req.Speculation.Model
	if !req.Speculation.Beside() || share == 0 && draft == nil {
		return pricer
	}
	return func(s pass.Setup) (serve.Forward, error) {
		f, err := pricer(s)
		if err != nil {
			return nil, err
		}
		g := guessing{Forward: f, share: share, tokens: req.Speculation.Tokens}
		if draft != nil {
			if g.draft, err = pricer(ofDraft(s, draft)); err != nil {
				return nil, message.Fault("failure.draft-model", draft.Name, message.Of(err))
			}
		}
		p, ok := f.(price.Pricer)
		own, drafts := g.draft.(price.Pricer)
		switch {
		case ok && drafts:
			return draftedPricer{p, g, own}, nil
		case ok:
			return guessingPricer{p, g}, nil
		}
		return g, nil
	}
}

// mostBatch is the largest batch that a curve of speculation looks at.
const mostBatch = 1 << 14

// batches are those of a curve in their order: 1, 2, 4 and so on, and that of the row.
func batches(own int) (list []int) {
	for batch := 1; batch <= mostBatch; batch *= 2 {
		if list = append(list, batch); batch < own && own < 2*batch {
			list = append(list, own)
		}
	}
	return list
}

// breakeven finds at which batch the speculation of a row stops paying: the time of a token with it and without, at the
// row's layout and context, from one request a replica to what fits.
func (r *run) breakeven(j *job, row *report.Row) *report.Breakeven {
	t := &tuple{strategy: row.Strategy, mtp: row.MTP}
	with, err := r.price(j.setup(t))
	plain := j.setup(&tuple{strategy: row.Strategy})
	plain.Guess = 0
	without, fault := r.plain(plain)
	load := j.load(t)
	if err != nil || fault != nil || load.MTP == 0 {
		return nil
	}
	out := &report.Breakeven{Phase: row.Phase, Label: row.Label, Length: load.Accepted}
	at := func(batch int) (report.SpeculationPoint, bool) {
		n := batch * load.DP
		context := load.Input + load.Output/2
		a := with.Uniform(pass.Shape{Decode: true, Requests: n, Query: load.MTP + 1, Total: context + load.MTP + 1})
		b := without.Uniform(pass.Shape{Decode: true, Requests: n, Query: 1, Total: context + 1})
		p := report.SpeculationPoint{Batch: batch, Concurrency: n * load.PP, With: 1000 * a.Seconds / load.Accepted,
			Without: 1000 * b.Seconds}
		p.Gain = p.Without / p.With
		return p, a.Memory.Available >= 0 && b.Memory.Available >= 0 && !r.stopped.Load()
	}
	last := 0
	for _, batch := range batches(row.Batch) {
		p, fits := at(batch)
		if !fits {
			break
		}
		out.Points = append(out.Points, p)
		if p.Gain < 1 && out.Stops == 0 {
			lo, hi := last, batch // pays at lo, or nowhere where it is 0; does not at hi
			for hi-lo > 1 {
				if q, _ := at((lo + hi) / 2); q.Gain < 1 {
					hi = (lo + hi) / 2
				} else {
					lo = (lo + hi) / 2
				}
			}
			out.Stops = hi
		}
		last = batch
	}
	if len(out.Points) == 0 {
		return nil
	}
	return out
}

// speculation adds the curves of a device's best rows, where the request says how tokens are guessed.
func (r *run) speculation(i int, d *report.Device) {
	if r.req.Speculation.Draft == "" || r.stopped.Load() {
		return
	}
	for _, j := range r.jobs[i] {
		best := d.Phase(j.phase).Best
		if j.phase == plan.PhasePrefill || best == nil {
			continue
		}
		b := r.breakeven(j, best)
		if b == nil {
			continue
		}
		d.Breakeven = append(d.Breakeven, *b)
		first := b.Points[0]
		switch {
		case b.Stops == 1:
			d.Notes = append(d.Notes, message.New("note.draft-never", b.Label, first.Gain))
		case b.Stops > 0:
			d.Notes = append(d.Notes, message.New("note.draft-stops", b.Label, first.Gain, b.Stops))
		default:
			end := b.Points[len(b.Points)-1]
			d.Notes = append(d.Notes, message.New("note.draft-always", b.Label, first.Gain, end.Batch, end.Gain))
		}
	}
	switch s := r.req.Speculation; {
	case s.Model != nil:
		d.Notes = append(d.Notes, message.New("note.draft-model", s.Model.Name, s.Tokens))
	case s.Beside():
		d.Notes = append(d.Notes, message.New("note.draft-memory", s.Draft))
	}
}
