package search

import (
	"cmp"
	"math"
	"slices"

	"fathom/hw/message"
	"fathom/sim/handover"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// mostSplits is how many splits a report lists, best first.
const mostSplits = 100

// layout is what the transfer of a cache depends on of a side.
type layout struct {
	world, tp, pp, dcp, mtp int
}

func layoutOf(r *report.Row) layout {
	s := &r.Strategy
	return layout{s.World(), s.TP, max(1, s.PP), max(1, s.DCP), r.MTP}
}

// splits finds for every two instance sizes the layouts and the numbers of instances that serve most within the budget,
// the wait for the KV cache counted into TTFT. Rows are all feasible ones of both phases.
func (r *run) splits(i int, prefill, decode []report.Row) (*report.RatioSection, []message.Message) {
	pair, p, d := r.req.Pairings()[i], r.job(i, plan.PhasePrefill), r.job(i, plan.PhaseDecode)
	m := &match{run: r, pair: pair, prefill: p, decode: d, bytes: map[layout]float64{}}
	m.layers = p.overlapped()
	fronts, backs := m.prefills(prefill), m.decodes(decode)
	found := m.choices(fronts, backs)
	list := make([]report.Ratio, 0, mostSplits)
	for i := range found {
		c := &found[i]
		x := m.ratio(c)
		if !thrifty(&x, r.req) {
			m.wasted = max(m.wasted, x.Power.PerW)
			continue
		}
		list = append(list, x)
		list[len(list)-1].Left = m.left(c, fronts, backs)
		if len(list) == mostSplits {
			break
		}
	}
	s := &report.RatioSection{Candidates: list}
	if len(list) > 0 {
		s.Best = &list[0]
	}
	return s, m.notes(len(fronts) > 0 && len(backs) > 0 && len(list) == 0)
}

// choices are the best layouts of every two sizes, best first.
func (m *match) choices(fronts, backs []front) []choice {
	at := map[[2]int]int{} // place, by devices of a prefill and of a decode instance
	var list []choice
	for b := range backs {
		for f := range fronts {
			c, ok := m.best(&fronts[f], &backs[b])
			if !ok {
				continue
			}
			sizes := [2]int{fronts[f].layout.world, backs[b].layout.world}
			switch k, old := at[sizes]; {
			case !old:
				at[sizes] = len(list)
				list = append(list, c)
			case compareChoices(&c, &list[k]) < 0:
				list[k] = c
			}
		}
	}
	slices.SortFunc(list, func(a, b choice) int { return compareChoices(&a, &b) })
	return list
}

// choice is a split before it is written out: there are a hundred thousand.
type choice struct {
	prefill, decode   side
	cost              handover.Cost
	wait, system      float64 // ms; requests per second of all instances
	prefills, decodes int
	devices, size     int // of all instances, of one of each
}

// compareChoices orders splits: most requests per second of all devices, then fewest devices, then the smaller
// instances, which are easier to place and lose less when one fails; then what answers sooner.
func compareChoices(a, b *choice) int {
	return cmp.Or(
		cmp.Compare(b.system, a.system),
		cmp.Compare(a.devices, b.devices),
		cmp.Compare(a.size, b.size),
		cmp.Compare(min(b.prefill.qps, b.decode.qps), min(a.prefill.qps, a.decode.qps)),
		cmp.Compare(a.wait+*a.prefill.row.TTFT, b.wait+*b.prefill.row.TTFT),
		cmp.Compare(*a.decode.row.TPOT, *b.decode.row.TPOT),
		cmp.Compare(a.prefill.row.Label, b.prefill.row.Label),
		cmp.Compare(a.decode.row.Label, b.decode.row.Label),
	)
}

// match joins the two sides of one pairing.
type match struct {
	run             *run
	pair            plan.Pairing
	prefill, decode *job
	layers          int                // of the model, where its caches are sent layer by layer; else 0
	bytes           map[layout]float64 // of a request, by decode layout
	lost            error              // why no way was found between the pools
	nearest         float64            // least TTFT in ms with the wait, where the limit refuses it; 0: none
	waits           float64            // its wait in ms, over way
	way             handover.Way
	wasted          float64 // most tokens per second and watt of the splits that have fewer than asked for
}

// front are the rows of one prefill layout that could be wanted, most requests per second first.
type front struct {
	layout layout
	rows   []side
}

// prefills gathers the feasible rows by layout. A row of a layout that another beats in rate and in TTFT stays only for
// its smaller batches, whose caches wait less.
func (m *match) prefills(rows []report.Row) []front {
	by := map[layout][]side{}
	for i := range rows {
		r := &rows[i]
		if r.Status != report.OK || !passes(r, m.prefill.limits) || r.QPS == nil || !(*r.QPS > 0) || round3(*r.TTFT) <= 0 {
			continue
		}
		by[layoutOf(r)] = append(by[layoutOf(r)], side{r, *r.QPS})
	}
	return sorted(by)
}

func sorted(by map[layout][]side) []front {
	list := make([]front, 0, len(by))
	for l, rows := range by {
		slices.SortFunc(rows, func(a, b side) int {
			return cmp.Or(compareSides(a, b), cmp.Compare(a.row.Label, b.row.Label))
		})
		list = append(list, front{l, rows})
	}
	slices.SortFunc(list, func(a, b front) int {
		x, y := a.layout, b.layout
		return cmp.Or(cmp.Compare(x.world, y.world), cmp.Compare(x.tp, y.tp), cmp.Compare(x.pp, y.pp),
			cmp.Compare(x.dcp, y.dcp), cmp.Compare(x.mtp, y.mtp))
	})
	return list
}

// decodes gathers the best row of every decode layout.
func (m *match) decodes(rows []report.Row) []front {
	answers := float64(max(m.run.req.OutputLength-1, 1))
	by := map[layout][]side{}
	for i := range rows {
		r := &rows[i]
		if r.Status != report.OK || !passes(r, m.decode.limits) || !(round3(*r.TPOT) > 0) {
			continue
		}
		s := side{r, 1000 * float64(r.Concurrency) / (round3(*r.TPOT) * answers)}
		l := layoutOf(r)
		if old := by[l]; len(old) == 0 || cmp.Or(compareSides(s, old[0]),
			cmp.Compare(r.Label, old[0].row.Label)) < 0 {
			by[l] = []side{s}
		}
	}
	return sorted(by)
}

// best is the split of two layouts: the prefill row with most requests per second whose caches arrive within the limit,
// and the numbers of instances. ok is false where none fits.
func (m *match) best(f, b *front) (c choice, ok bool) {
	req := m.run.req
	if f.layout.world+b.layout.world > req.Devices {
		return c, false
	}
	if c.cost, ok = m.cost(f, b); !ok {
		return c, false
	}
	for _, s := range f.rows {
		c.wait = m.wait(&c.cost, s.row)
		if ttft := *s.row.TTFT + c.wait; req.TTFTLimit > 0 && round3(ttft) > req.TTFTLimit {
			if m.nearest == 0 || ttft < m.nearest {
				m.nearest, m.waits, m.way = ttft, c.wait, c.cost.Way
			}
			continue
		}
		c.prefill, c.decode, c.size = s, b.rows[0], f.layout.world+b.layout.world
		p, d := min(s.qps, c.cost.PrefillRate), min(c.decode.qps, c.cost.DecodeRate)
		c.prefills, c.decodes = m.numbers(p, d, f.layout.world, b.layout.world)
		c.system = min(float64(c.prefills)*p, float64(c.decodes)*d)
		c.devices = c.prefills*f.layout.world + c.decodes*b.layout.world
		return c, c.prefills > 0
	}
	return c, false
}

// ratio writes a choice out.
func (m *match) ratio(c *choice) report.Ratio {
	p, d := c.prefill, c.decode
	x := report.Ratio{Prefill: *p.row, Decode: *d.row, PrefillQPS: p.qps, DecodeQPS: d.qps, Balanced: min(p.qps, d.qps),
		PDRatio: d.qps / p.qps, Transfer: m.transferOf(&c.cost, c.wait, true),
		PrefillDevice: m.pair.Prefill.Profile.Name, DecodeDevice: m.pair.Decode.Profile.Name}
	SetInstances(&x, c.prefills, c.decodes, m.run.req, x.PrefillDevice)
	return x
}

// numbers maximises the requests per second of all instances within the budget and what there is of each kind; of equal
// ones it takes those with the fewest devices. 0, 0: not one of each fits.
func (m *match) numbers(pRate, dRate float64, pw, dw int) (np, nd int) {
	budget, of := m.run.req.Devices, m.pair.Stock()
	best, devices := 0.0, math.MaxInt
	for k := 1; k*pw <= min(of.Prefill, budget-dw); k++ {
		_, room, _ := of.Left(budget, k*pw, 0)
		n := room / dw
		if n < 1 {
			break
		}
		if need := math.Ceil(float64(k) * pRate / dRate * (1 - 1e-12)); need < float64(n) {
			n = max(1, int(need))
		}
		rate, used := min(float64(k)*pRate, float64(n)*dRate), k*pw+n*dw
		if rate > best || rate == best && used < devices {
			np, nd, best, devices = k, n, rate, used
		}
	}
	return np, nd
}

// cost is the transfer between two layouts.
func (m *match) cost(f, b *front) (handover.Cost, bool) {
	req := m.run.req
	bytes, known := m.bytes[b.layout]
	if !known {
		load, err := handover.Of(req.Model, b.rows[0].row.Strategy, req.Quant.Attention.Format(), b.layout.mtp)
		if err != nil {
			m.lost = err
			return handover.Cost{}, false
		}
		bytes = load.Bytes(req.InputLength)
		m.bytes[b.layout] = bytes
	}
	p, d := m.pair.Prefill.Profile, m.pair.Decode.Profile
	way, err := handover.Between(p, d, f.layout.world, b.layout.world, req.KVPath)
	if err != nil {
		m.lost = err
		return handover.Cost{}, false
	}
	return handover.New(bytes, handover.SideOf(p, f.rows[0].row.Strategy), handover.SideOf(d, b.rows[0].row.Strategy),
		way), true
}

// wait is the mean time in ms that the prompts of a prefill row wait for their caches: as many as share a forward end
// together.
func (m *match) wait(c *handover.Cost, r *report.Row) float64 {
	return 1000 * waitOf(m.run.req, c, r, m.layers)
}

// notes says why there is no split although both sides have rows, or what a split over two networks takes for granted.
func (m *match) notes(none bool) (list []message.Message) {
	p, d := m.pair.Prefill.Profile, m.pair.Decode.Profile
	switch {
	case !none && p != d:
		a, okA := p.Outside()
		b, okB := d.Outside()
		if okA && okB {
			list = append(list, message.New("note.split-network", p.Name, a.Name, d.Name, b.Name))
		}
		x, y := m.run.req.Serving.On(p).Engine().Title, m.run.req.Serving.On(d).Engine().Title
		if x != y {
			list = append(list, message.New("note.split-engines", p.Name, x, d.Name, y))
		}
	case !none:
	case m.wasted > 0:
		list = append(list, message.New("note.split-watts", m.wasted, m.run.req.PerWatt))
	case m.lost != nil:
		list = append(list, message.Of(m.lost))
	case m.nearest > 0:
		list = append(list, message.New("note.split-ttft", m.nearest, m.run.req.TTFTLimit, m.waits,
			m.way.Name, m.way.Link.Bandwidth/1e9))
	default:
		list = append(list, message.New("note.split-none", m.run.req.Devices))
	}
	return list
}

// left says what the devices that a split leaves over could do: one instance more, of any size that they make up, on
// the side that holds the other up.
func (m *match) left(c *choice, fronts, backs []front) *report.Left {
	prefills, decodes, rest := m.pair.Stock().Left(m.run.req.Devices, c.prefills*c.prefill.row.Strategy.World(),
		c.decodes*c.decode.row.Strategy.World())
	if rest <= 0 {
		return nil
	}
	p, d := float64(c.prefills)*min(c.prefill.qps, c.cost.PrefillRate),
		float64(c.decodes)*min(c.decode.qps, c.cost.DecodeRate)
	out := &report.Left{Devices: rest, QPS: c.system}
	if p == d {
		return out
	}
	side, list, room, add := plan.PhaseDecode, backs, decodes, func(q float64) float64 { return min(p, d+q) }
	if p < d {
		side, list, room, add = plan.PhasePrefill, fronts, prefills, func(q float64) float64 { return min(p+q, d) }
	}
	for i := range list {
		n := list[i].layout.world
		if n > room {
			if room == rest && (out.Needs == 0 || n < out.Needs) {
				out.Needs = n
			}
			continue
		}
		for _, s := range list[i].rows {
			if q := add(s.qps); q > out.QPS && (side == plan.PhaseDecode || *s.row.TTFT+c.wait <= m.limit()) {
				out.Phase, out.Instance, out.QPS, out.Label = side, n, q, s.row.Label
			}
		}
	}
	switch {
	case out.Instance > 0:
		out.Needs = 0
	case room < rest:
		out.Phase, out.Short, out.Room = side, true, room
	}
	return out
}

// limit is the TTFT limit in ms, endless where there is none.
func (m *match) limit() float64 {
	if l := m.run.req.TTFTLimit; l > 0 {
		return l
	}
	return math.Inf(1)
}
