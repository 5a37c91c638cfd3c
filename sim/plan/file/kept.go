package file

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"

	"fathom/hw/message"
	"fathom/sim/plan"

	"github.com/BurntSushi/toml"
)

// A scenario is a saved plan with a table more: what it answered when it was kept. Whoever reads the plan passes over
// the table, so that a scenario is a plan wherever a plan may be.
const keptKey = "kept"

// most bounds a kept part: so many profiles nobody compares, and no word in it is longer.
const (
	mostKept = 256
	mostWord = 4096
)

// Kept is what a plan answered, with what answered it.
type Kept struct {
	At       string   `toml:"at"`      // RFC 3339
	Program  string   `toml:"program"` // the version that answered
	Fidelity string   `toml:"fidelity"`
	Search   string   `toml:"search"`
	Results  []Result `toml:"result"` // one for every profile and phase
}

// Result is the best answer of one profile in one phase. Figures are 0 where they do not apply.
type Result struct {
	Device      string  `toml:"device"`
	Profile     string  `toml:"profile"`                   // the profile's print (hw.Print) of that day
	Phase       string  `toml:"phase"`                     // aggregation, prefill, decode or pd_ratio
	Strategy    string  `toml:"strategy,omitzero"`         // "": nothing meets limits and memory
	Throughput  float64 `toml:"throughput_tok_s,omitzero"` // tokens per second
	Low         float64 `toml:"throughput_low,omitzero"`   // ends of its interval; 0 and 0: uncalibrated
	High        float64 `toml:"throughput_high,omitzero"`
	PerDevice   float64 `toml:"throughput_tok_s_device,omitzero"`
	TTFT        float64 `toml:"ttft_ms,omitzero"`
	TPOT        float64 `toml:"tpot_ms,omitzero"`
	Concurrency int     `toml:"concurrency,omitzero"`
	Cost        float64 `toml:"cost_per_mtok,omitzero"`
	Reason      string  `toml:"reason,omitzero"` // why there is no answer
}

// answering are the phases whose figures answer a plan, first those that answer it whole: tokens of prompts are no
// answer where tokens of answers are known.
var answering = []string{plan.PDRatio.String(), plan.PhaseAggregation.String(), plan.PhaseDecode.String(),
	plan.PhasePrefill.String()}

// Best is the result that serves the most tokens in the phase that answers the plan; nil where none does. Replicas
// beside a split are no answer to it.
func (k *Kept) Best() *Result {
	var best *Result
	if k == nil {
		return nil
	}
	split := slices.ContainsFunc(k.Results, func(r Result) bool { return r.Phase == answering[0] })
	for i := range k.Results {
		r := &k.Results[i]
		if r.Throughput <= 0 || split && r.Phase != answering[0] {
			continue
		}
		if best == nil || cmp.Or(cmp.Compare(slices.Index(answering, best.Phase), slices.Index(answering, r.Phase)),
			cmp.Compare(r.Throughput, best.Throughput)) > 0 {
			best = r
		}
	}
	return best
}

// Head is what a list says of a plan without reading its answers.
type Head struct {
	Schema string `toml:"schema"`
	Model  any    `toml:"model"`
	Device any    `toml:"device"`
	Kept   *Kept  `toml:"kept"`
}

// Words are the one or more texts of a head's key.
func Words(v any) (out []string) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, x := range list {
		if s, ok := x.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// DecodeHead reads the head of a plan. The error is an *Error; its Newer tells a file of a later version, which is as
// it should be, from one that is damaged.
func DecodeHead(text string) (*Head, error) {
	var h Head
	if schema := schemaOf(text); schema != Schema && strings.HasPrefix(schema, "fathom.plan") {
		return nil, &Error{Said: unknownSchema(schema), Newer: true}
	}
	if quick, ok := quickHead(text); ok {
		h = *quick
	} else if _, err := toml.Decode(text, &h); err != nil {
		return nil, unread(err)
	}
	if h.Schema != Schema {
		return nil, &Error{Said: unknownSchema(h.Schema)}
	}
	if err := h.Kept.check(); err != nil {
		return nil, &Error{Said: message.Of(err)}
	}
	return &h, nil
}

// schemaOf is the schema that a plan names before its first table, whatever stands in the rest of it: the keys of a
// later version may be of other types.
func schemaOf(text string) string {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			break
		}
		var h struct {
			Schema string `toml:"schema"`
		}
		if key, _, ok := strings.Cut(line, "="); ok && strings.Trim(strings.TrimSpace(key), `"'`) == "schema" {
			toml.Decode(line, &h) // what is no text names no version
			return h.Schema
		}
	}
	return ""
}

func (k *Kept) check() error {
	if k == nil {
		return nil
	}
	if len(k.Results) > mostKept {
		return message.Fault("kept.many", len(k.Results), mostKept)
	}
	words := []string{k.At, k.Program, k.Fidelity, k.Search}
	for i := range k.Results {
		r := &k.Results[i]
		words = append(words, r.Device, r.Profile, r.Phase, r.Strategy, r.Reason)
		for _, v := range []float64{r.Throughput, r.Low, r.High, r.PerDevice, r.TTFT, r.TPOT, r.Cost,
			float64(r.Concurrency)} {
			if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
				return message.Fault("kept.figure", i+1, v)
			}
		}
	}
	if slices.ContainsFunc(words, func(s string) bool { return len(s) > mostWord }) {
		return message.Fault("kept.word", mostWord)
	}
	return nil
}

// Cut takes a scenario apart: the plan, and the kept part with its heading; "" where there is none. A heading inside a
// text of several lines is none: a plan that fathom wrote has no such text, and one that has is read all the same.
func Cut(text string) (plan, kept string) {
	at := 0
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "["+keptKey+"]" {
			return text[:at], text[at:]
		}
		at += len(line)
	}
	return text, ""
}

// WithKept puts a kept part behind a plan, in place of the one it has.
func WithKept(text string, k *Kept) (string, error) {
	plan, _ := Cut(text)
	if k == nil {
		return plan, nil
	}
	var b bytes.Buffer
	e := toml.NewEncoder(&b)
	e.Indent = ""
	if err := e.Encode(map[string]*Kept{keptKey: k}); err != nil {
		return "", err
	}
	return strings.TrimRight(plan, "\n") + "\n\n" + b.String(), nil
}
