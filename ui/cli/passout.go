package cli

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/cost"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/ui/number"
	"fathom/ui/text"
)

// fidelityOf resolves the fidelity of a pass as a plan would.
func fidelityOf(text string, p *hw.Profile) (plan.Fidelity, error) {
	asked := plan.FidelityAuto
	for f := plan.Reference; f <= plan.Calibrated; f++ {
		if f.String() == text {
			asked = f
		}
	}
	f, err := asked.On(p)
	if err != nil {
		return f, refused("pass", err)
	}
	return f, nil
}

// The JSON of a pass (cli.md): times in ms unless named otherwise, GB are GiB.
type passReport struct {
	Schema   string `json:"schema"`
	Device   string `json:"device"`
	Model    string `json:"model"`
	Phase    string `json:"phase"`
	Fidelity string `json:"fidelity"`
	// of measured kernels: kernels back to back, or an engine's step
	Basis     string             `json:"basis,omitempty"`
	KernelsMS *float64           `json:"kernels_ms,omitempty"` // of measured kernels: their sum
	StepMS    *float64           `json:"step_ms,omitempty"`    // and the step of the engine, its host beside them
	Compared  bool               `json:"compared_with_reference"`
	TimeMS    float64            `json:"time_ms"`
	TokensPer float64            `json:"tokens_per_s_per_device"`
	Memory    passMemory         `json:"memory_gb"`
	Breakdown map[string]float64 `json:"breakdown_ms"`
	StaticMS  float64            `json:"static_ms"`
	Ops       []passOp           `json:"ops"`
	Shapes    []passOp           `json:"shapes"`
	Stages    []passStage        `json:"stages,omitempty"`
	Notes     []message.Message  `json:"notes"` // what a reader of the figures should know

	// median absolute error of kernel sums of models that the fit had not seen, a fraction; null: other figures
	SumError *float64    `json:"sum_error"`
	Interval *[2]float64 `json:"interval_ms"` // where eight of ten measured decode steps fall; null: not known
}

type passMemory struct {
	Total      float64 `json:"total"`
	Weight     float64 `json:"weight"`
	KVCache    float64 `json:"kv_cache"`
	Activation float64 `json:"activation"`
	Reserved   float64 `json:"reserved"`
	Available  float64 `json:"available"`
}

type passOp struct {
	Name    string  `json:"name"`  // as the reference tool has it
	Label   string  `json:"label"` // for people
	Shape   string  `json:"shape,omitempty"`
	Count   int     `json:"count"`
	TotalMS float64 `json:"total_ms"`
	AvgUS   float64 `json:"avg_us"`
	FLOPs   float64 `json:"flops"`
	Bytes   float64 `json:"bytes"`
	Bound   string  `json:"bound"`
}

type passStage struct {
	Layers int        `json:"layers"`
	TimeMS float64    `json:"time_ms"`
	SendMS float64    `json:"send_ms"`
	Memory passMemory `json:"memory_gb"`
}

func memoryOf(m pass.Memory) passMemory {
	return passMemory{m.Total / gib, m.Weight / gib, m.KV / gib, m.Activation / gib, m.Reserved / gib, m.Available / gib}
}

// remark says what a reader of the figures should know.
func (p *Program) remark(r *passReport) {
	for _, n := range r.Notes {
		p.note(n)
	}
}

// price prices the pass and prints it.
func (p *Program) price(f *passFlags, s pass.Setup, shape pass.Shape) error {
	if s.Fidelity == plan.Calibrated {
		r, err := measured(f, s, shape)
		if err != nil {
			return err
		}
		p.remark(r)
		return p.print(f, r)
	}
	pricer, err := price.New(price.Setup{Setup: s})
	if err != nil {
		return refused("pass", err)
	}
	if err := pricer.Check(shape); err != nil {
		return refused("pass", err)
	}
	for _, path := range []string{f.trace, f.out.path} {
		if err := p.checkOutput("pass", path); err != nil {
			return err
		}
	}
	priced := pricer.Table(shape).Operators
	r := newPassReport(s, shape, priced)
	r.Notes = append(r.Notes, pricer.Notes()...)
	p.remark(r)
	if f.trace != "" {
		var events bytes.Buffer
		if err := pass.Trace(&events, priced); err != nil {
			return err
		}
		if err := p.emit(f.trace, events.Bytes()); err != nil {
			return err
		}
	}
	return p.print(f, r)
}

// print writes the report; memory that is missing has its own exit code.
func (p *Program) print(f *passFlags, r *passReport) error {
	data, err := r.render(p.voice, f.out.name)
	if err != nil {
		return err
	}
	if err := p.checkOutput("pass", f.out.path); err != nil {
		return err
	}
	if err := p.emit(f.out.path, data); err != nil {
		return err
	}
	if r.Memory.Available < 0 {
		p.tell("said.pass-memory", -r.Memory.Available, r.Device)
		return Exit(Infeasible)
	}
	return nil
}

func newPassReport(s pass.Setup, shape pass.Shape, priced *pass.Pass) *passReport {
	ms := func(seconds float64) float64 { return seconds * 1e3 }
	b := priced.Bound
	r := &passReport{Schema: "fathom.pass/1", Device: s.Profile.Name, Model: s.Model.Name,
		Phase:    plan.PhasePrefill.String(),
		Fidelity: s.Fidelity.String(), Compared: s.Model.Compared, Notes: []message.Message{}, TimeMS: ms(priced.Seconds),
		Memory: memoryOf(priced.Memory), StaticMS: ms(b.Static),
		Breakdown: map[string]float64{"mem": ms(b.Mem), "comm": ms(b.Comm), "cube": ms(b.Cube), "vec": ms(b.Vec)}}
	if shape.Decode {
		r.Phase = plan.PhaseDecode.String()
	}
	if priced.Seconds > 0 {
		r.TokensPer = float64(shape.Requests) * float64(shape.Query) / priced.Seconds / float64(s.Strategy.World())
	}
	r.Shapes = shapesOf(priced.Rows)
	r.Ops = byName(r.Shapes)
	if len(priced.Stages) > 1 {
		for _, st := range priced.Stages {
			r.Stages = append(r.Stages, passStage{st.Layers, ms(st.Seconds), ms(st.Send), memoryOf(st.Memory)})
		}
	}
	return r
}

var boundNames = map[cost.Bound]string{cost.Mem: "mem", cost.Comm: "comm", cost.Cube: "cube", cost.Vec: "vec"}

// shapesOf writes the operator table, most expensive first; FLOPs and bytes are those of all runs of the row.
func shapesOf(rows []pass.Row) []passOp {
	out := make([]passOp, len(rows))
	for i := range rows {
		o := &rows[i]
		n := float64(o.Count)
		out[i] = passOp{Name: o.Kind.Reference(), Label: o.Kind.String(), Shape: o.Shape(), Count: o.Count,
			TotalMS: o.Seconds() * 1e3, AvgUS: o.Time.Seconds * 1e6,
			FLOPs: n * (o.Cube + o.CubeFP8 + o.Vec16 + o.Vec32), Bytes: n * (o.Read + o.Write + o.Message),
			Bound: boundNames[o.Time.Bound]}
	}
	slices.SortStableFunc(out, func(a, b passOp) int { return cmp.Compare(b.TotalMS, a.TotalMS) })
	return out
}

// byName sums rows of one name up, as the reference tool prints them; the bound is that of the most expensive shape.
func byName(shapes []passOp) []passOp {
	var out []passOp
	at := map[string]int{}
	for _, s := range shapes {
		i, ok := at[s.Name]
		if !ok {
			i = len(out)
			at[s.Name] = i
			s.Shape = ""
			out = append(out, s)
			continue
		}
		o := &out[i]
		o.Count += s.Count
		o.TotalMS += s.TotalMS
		o.FLOPs += s.FLOPs
		o.Bytes += s.Bytes
	}
	for i := range out {
		out[i].AvgUS = out[i].TotalMS * 1e3 / float64(out[i].Count)
	}
	slices.SortStableFunc(out, func(a, b passOp) int { return cmp.Compare(b.TotalMS, a.TotalMS) })
	return out
}

// render prints the report; CSV is the operator table alone.
func (r *passReport) render(voice *text.Catalog, format string) ([]byte, error) {
	s := titled(voice, "passed.col", "operator", "shape", ">count", ">total", ">average", ">gflop", ">mb", "bound")
	for _, o := range r.Shapes {
		s.add(o.Label, o.Shape, number.Int(o.Count), number.Fixed(o.TotalMS, 3), number.Fixed(o.AvgUS, 3),
			number.Digits(o.FLOPs/1e9, 4),
			number.Digits(o.Bytes/1e6, 4), o.Bound)
	}
	switch format {
	case "json":
		return toJSON(r)
	case "csv":
		return r.csv(), nil
	case "md":
		return []byte(r.summary(voice) + "\n" + s.markdown()), nil
	}
	return []byte(r.summary(voice) + "\n" + s.text()), nil
}

func (r *passReport) csv() []byte {
	s := sheet{titles: []string{"name", "shape", "count", "total_ms", "avg_us", "flops", "bytes", "bound"}}
	num := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	for _, o := range r.Shapes {
		s.add(o.Name, o.Shape, strconv.Itoa(o.Count), num(o.TotalMS), num(o.AvgUS), num(o.FLOPs), num(o.Bytes), o.Bound)
	}
	return s.csv()
}

// summary is what stands above the table.
func (r *passReport) summary(voice *text.Catalog) string {
	var b strings.Builder
	tell := func(key string, args ...any) string { return voice.Tell(message.New("passed."+key, args...)) }
	line := func(key string, args ...any) { b.WriteString(tell(key, args...) + "\n") }
	three := func(v float64) string { return number.Fixed(v, 3) }
	time := three(r.TimeMS) + " ms"
	if x := r.Interval; x != nil {
		time = tell("between", three(r.TimeMS), three(x[0]), three(x[1]))
	}
	basis := ""
	switch r.Basis {
	case price.Kernels.String():
		basis = tell("sum")
	case price.Step.String():
		basis = tell("step")
	}
	line("title", r.Model, r.Phase, time, r.Device, r.Fidelity, basis)
	if k, s := r.KernelsMS, r.StepMS; k != nil && s != nil {
		line("both", three(*k), three(*s))
	}
	line("rate", number.Fixed(r.TokensPer, 1))
	d := r.Breakdown
	line("bound", three(d["mem"]), three(d["comm"]), three(d["cube"]), three(d["vec"]), three(r.StaticMS))
	room := func(m passMemory) string {
		return tell("room", three(m.Weight), three(m.KVCache), three(m.Activation), three(m.Reserved), three(m.Available),
			three(m.Total))
	}
	line("memory", room(r.Memory))
	for i, s := range r.Stages {
		line("stage", i, s.Layers, three(s.TimeMS), three(s.SendMS), room(s.Memory))
	}
	if !r.Compared {
		line("uncompared")
	}
	return b.String()
}
