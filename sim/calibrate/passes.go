package calibrate

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/kernel"
	"fathom/sim/model"
	"fathom/sim/pass"
	"fathom/sim/plan"
	"fathom/sim/price"
	"fathom/sim/score"
)

// Pass is one forward pass whose kernels were measured one by one: seconds of each class and of all.
type Pass struct {
	Model, Device, Backend string
	Prefill                bool
	Seconds                float64
	Class                  [kernel.NumClasses]float64

	model   *model.Model
	engine  string // of the kernels
	formats kernel.Formats
	shape   pass.Shape
	tp, dp  int
	ep, mtp int
}

// passColumns are those that tell a file of kernel sums from one of serving runs.
var passColumns = []string{"phase", "batch", "isl_or_context", "silicon_ms", "silicon_gemm_ms", "silicon_attention_ms",
	"silicon_moe_ms", "silicon_allreduce_ms",
	"silicon_moe_comm_ms", "silicon_other_ms", "model", "gpu", "quant_weights", "quant_kv", "tp", "ep", "moe_tp",
	"attn_dp"}

// ReadPasses reads a file of kernel sums. ok is false where the columns are not those of one; the error names line and
// field.
func ReadPasses(r io.Reader) (passes []Pass, ok bool, err error) {
	c := csv.NewReader(r)
	c.Comment = '#'
	head, err := c.Read()
	if err != nil {
		return nil, false, nil // whoever reads serving runs says what is wrong
	}
	at := map[string]int{}
	for i, name := range head {
		at[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))] = i
	}
	for _, name := range passColumns {
		if _, found := at[name]; !found {
			return nil, false, nil
		}
	}
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, true, err
		}
		line, _ := c.FieldPos(0)
		p, err := readPass(record, at)
		if err != nil {
			return nil, true, message.Fault("passes.line", line, err)
		}
		passes = append(passes, p)
	}
	if len(passes) == 0 {
		return nil, true, message.Fault("passes.none")
	}
	return passes, true, nil
}

func readPass(record []string, at map[string]int) (Pass, error) {
	text := func(name string) string { return hw.Clean(record[at[name]]) }
	var fault error
	number := func(name string) float64 {
		if text(name) == "" {
			return 0
		}
		v, err := strconv.ParseFloat(text(name), 64)
		if (err != nil || !(v >= 0) || v > 1e9) && fault == nil {
			fault = message.Fault("passes.number", name, text(name))
		}
		return v
	}
	size := func(name string) int { return max(1, int(number(name))) }
	p := Pass{Model: text("model"), Device: text("gpu"), Prefill: text("phase") == "prefill",
		Seconds: number("silicon_ms") / 1e3,
		tp:      size("tp"), dp: size("attn_dp"), ep: size("ep"), mtp: size("moe_tp")}
	if i, ok := at["backend"]; ok {
		p.Backend = hw.Clean(record[i])
		p.engine = engineIn(p.Backend)
	}
	p.Class = [kernel.NumClasses]float64{number("silicon_gemm_ms") / 1e3,
		(number("silicon_attention_ms") + number("silicon_other_ms")) / 1e3, number("silicon_moe_ms") / 1e3,
		(number("silicon_allreduce_ms") + number("silicon_moe_comm_ms")) / 1e3}
	batch, length := size("batch")*p.dp, size("isl_or_context")
	if fault != nil {
		return p, fault
	}
	switch {
	case text("phase") != "prefill" && text("phase") != "decode":
		return p, message.Fault("passes.phase", text("phase"))
	case batch > 1<<20 || length > 1<<24 || p.tp > 4096 || p.dp > 4096 || p.ep > 4096 || p.mtp > 4096:
		return p, message.Fault("passes.range")
	case p.Seconds <= 0:
		return p, message.Fault("passes.time", text("silicon_ms"))
	}
	weights, err := hw.ParseFormat(text("quant_weights"))
	if err != nil {
		return p, message.Fault("passes.column", "quant_weights", err)
	}
	cache, err := hw.ParseFormat(text("quant_kv"))
	if err != nil {
		return p, message.Fault("passes.column", "quant_kv", err)
	}
	p.formats = kernel.Formats{Attention: weights, Dense: weights, Expert: weights, KV: cache}
	if p.model, _, err = score.Stored(&score.Row{Model: p.Model, Precision: "bf16"}); err != nil {
		return p, err
	}
	p.model = alike(p.model)
	p.shape = pass.Shape{Requests: batch, Query: length, Total: length}
	if !p.Prefill {
		p.shape.Decode, p.shape.Query, p.shape.Total = true, 1, length+1
	}
	return p, nil
}

// engineIn is the name of an engine without its version.
func engineIn(backend string) string {
	for i, part := range strings.Split(backend, "-") {
		if i > 0 && part != "" && part[0] >= '0' && part[0] <= '9' {
			return backend[:strings.Index(backend, "-"+part)]
		}
	}
	return backend
}

// alike gives every layer of a model routed experts where the last one has them: such files price the dense layers that
// come first like the others (their roofline columns show it).
func alike(m *model.Model) *model.Model {
	last := m.Layers[len(m.Layers)-1].FFN
	if !last.MoE() {
		return m
	}
	out := *m
	out.Layers = slices.Clone(m.Layers)
	for i := range out.Layers {
		out.Layers[i].FFN = last
	}
	return &out
}

// together tells for each class which one it is measured in: in passes without prompts, what runs beside shared experts
// has the dispatch of rows in it.
func (p *Pass) together() [kernel.NumClasses]kernel.Class {
	out := [kernel.NumClasses]kernel.Class{kernel.LinearClass, kernel.AttentionClass, kernel.ExpertClass, kernel.LinkClass}
	if !p.Prefill && p.dp > 1 && p.model.Layers[0].FFN.SharedInner > 0 {
		out[kernel.LinkClass] = kernel.ExpertClass
	}
	return out
}

// classes are predicted and measured seconds as they were measured together.
func (p *Pass) classes(got [kernel.NumClasses]float64) (ours, theirs [kernel.NumClasses]float64) {
	for c, to := range p.together() {
		ours[to] += got[c]
		theirs[to] += p.Class[c]
	}
	return ours, theirs
}

// price gives the seconds of each class, with constants and a profile whose groups are those of the fit.
func (p *Pass) price(device *hw.Profile, k *kernel.Constants) (out [kernel.NumClasses]float64, err error) {
	layout := plan.Strategy{TP: p.tp, DP: p.dp}
	if p.model.MoE() {
		layout.EP, layout.MoETP = p.ep, p.mtp
	}
	priced, err := price.New(price.Setup{Setup: pass.Setup{Model: p.model, Profile: device, Strategy: layout,
		Fidelity: plan.Calibrated}, Given: &price.Given{Formats: p.formats, Costs: price.Costs{Kernel: *k}}})
	if err != nil {
		return out, err
	}
	for _, row := range priced.Table(p.shape).Rows {
		out[row.Class] += row.Seconds
	}
	return out, nil
}
