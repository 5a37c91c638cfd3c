package score

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"

	"fathom/hw/message"
	"fathom/sim/traffic"
)

// Result is a scored file.
type Result struct {
	Overall    Errors
	Suspect    int     // rows left out of all sums
	Groups     []Group // by model, device, engine and mode
	Aggregated Errors  // all modes apart: they fail for different reasons
	Disagg     Errors
	ByModel    []Slice
	ByDevice   []Slice
	ByEngine   []Slice
	Compared   *Versus   // nil where the file holds no other predictions
	Coverage   *Coverage // nil where no prediction carries an interval
	Rows       []Scored
	Worst      []*Scored // largest errors first
}

// Group is a set of rows of one kind.
type Group struct {
	Model, Device, Engine, Mode string
	Errors
}

// Slice is all rows that share one property.
type Slice struct {
	Name string
	Errors
}

// Versus sets fathom beside the other predictor on the aggregated rows that both answer.
type Versus struct{ Own, Peer Errors }

// worst is how many rows are named as the worst.
const worst = 20

func own(s *Scored) *Figures {
	if s.Predicted == nil {
		return nil
	}
	return &s.Predicted.Figures
}

func (r *Row) mode() string {
	if r.Disaggregated {
		return "disagg"
	}
	return "agg"
}

// Judged lists the runs that cannot be what their file says.
func (res *Result) Judged() []*Row {
	var out []*Row
	for i := range res.Rows {
		if r := res.Rows[i].Row; !r.Verdict.IsZero() {
			out = append(out, r)
		}
	}
	return out
}

func summarise(rows []Scored) *Result {
	res := &Result{Rows: rows}
	all := make([]*Scored, len(rows))
	for i := range rows {
		all[i] = &rows[i]
		if rows[i].Row.Suspect != "" {
			res.Suspect++
		}
	}
	pick := func(keep func(*Scored) bool) []*Scored {
		var out []*Scored
		for _, s := range all {
			if keep(s) {
				out = append(out, s)
			}
		}
		return out
	}
	res.Overall = errorsOf(all, own)
	res.Aggregated = errorsOf(pick(func(s *Scored) bool { return !s.Row.Disaggregated }), own)
	res.Disagg = errorsOf(pick(func(s *Scored) bool { return s.Row.Disaggregated }), own)
	res.ByModel = slicesBy(all, func(r *Row) string { return r.Model })
	res.ByDevice = slicesBy(all, func(r *Row) string { return r.Device })
	res.ByEngine = slicesBy(all, func(r *Row) string { return r.Engine.String() })
	res.Groups = groups(all)
	if both := pick(func(s *Scored) bool {
		return s.Row.Peer != nil && s.Predicted != nil &&
			!s.Row.Disaggregated
	}); len(both) > 0 {
		res.Compared = &Versus{Own: errorsOf(both, own), Peer: errorsOf(both, func(s *Scored) *Figures { return s.Row.Peer })}
	}
	res.Coverage = coverage(all)
	res.Worst = pick(func(s *Scored) bool { return s.Predicted != nil && s.Row.Suspect == "" })
	slices.SortStableFunc(res.Worst, func(a, b *Scored) int { return cmp.Compare(b.size(), a.size()) })
	res.Worst = res.Worst[:min(worst, len(res.Worst))]
	return res
}

// size is the largest error of a row, as |ln(predicted/measured)|, so that half and double count the same.
func (s *Scored) size() float64 {
	var most float64
	m, p := s.Row.Measured, s.Predicted
	for _, v := range [][2]float64{{m.TTFT, p.TTFT}, {m.TPOT, p.TPOT}, {m.Throughput, p.Throughput}} {
		if v[0] > 0 && v[1] > 0 {
			most = math.Max(most, math.Abs(math.Log(v[1]/v[0])))
		}
	}
	return most
}

// slicesBy splits rows by one property, by name.
func slicesBy(rows []*Scored, key func(*Row) string) []Slice {
	sets := map[string][]*Scored{}
	for _, s := range rows {
		sets[key(s.Row)] = append(sets[key(s.Row)], s)
	}
	var out []Slice
	for name, set := range sets {
		out = append(out, Slice{Name: name, Errors: errorsOf(set, own)})
	}
	slices.SortFunc(out, func(a, b Slice) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func groups(rows []*Scored) []Group {
	type key struct{ model, device, engine, mode string }
	sets := map[key][]*Scored{}
	for _, s := range rows {
		r := s.Row
		k := key{r.Model, r.Device, r.Engine.String(), r.mode()}
		sets[k] = append(sets[k], s)
	}
	var out []Group
	for k, set := range sets {
		if e := errorsOf(set, own); e.Rows > 0 {
			out = append(out, Group{k.model, k.device, k.engine, k.mode, e})
		}
	}
	slices.SortFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(a.Model, b.Model), cmp.Compare(a.Device, b.Device), cmp.Compare(a.Engine, b.Engine),
			cmp.Compare(a.Mode, b.Mode))
	})
	return out
}

// figuresJSON are figures in the units of the contract; null where absent.
type figuresJSON struct {
	TTFT        *float64         `json:"ttft_ms"`
	TPOT        *float64         `json:"tpot_ms"`
	Throughput  *float64         `json:"throughput_tok_s"`
	Percentiles *percentilesJSON `json:"percentiles,omitempty"`
}

// percentilesJSON are percentiles in ms, by "p99"; those that are not known are left out.
type percentilesJSON struct {
	TTFT map[string]float64 `json:"ttft_ms,omitempty"`
	TPOT map[string]float64 `json:"tpot_ms,omitempty"`
}

func (p Percentiles) json() *percentilesJSON {
	list := func(s traffic.Stat) map[string]float64 {
		out := map[string]float64{}
		for _, at := range traffic.Percents {
			if v := *s.At(at); v > 0 {
				out[fmt.Sprintf("p%g", at)] = v * 1e3
			}
		}
		return out
	}
	if out := (percentilesJSON{list(p.TTFT), list(p.TPOT)}); len(out.TTFT)+len(out.TPOT) > 0 {
		return &out
	}
	return nil
}

func (f Figures) json() figuresJSON {
	some := func(v, unit float64) *float64 {
		if v <= 0 || math.IsInf(v, 0) || math.IsNaN(v) {
			return nil
		}
		v *= unit
		return &v
	}
	return figuresJSON{TTFT: some(f.TTFT, 1e3), TPOT: some(f.TPOT, 1e3), Throughput: some(f.Throughput, 1)}
}

type groupJSON struct {
	Model  string `json:"model"`
	Device string `json:"device"`
	Engine string `json:"engine"`
	Mode   string `json:"mode"`
	Errors
}

type rowJSON struct {
	ID        string            `json:"id"`
	Source    string            `json:"source,omitempty"` // the file, and the tool that wrote it
	Predicted *figuresJSON      `json:"predicted"`
	Interval  *intervalsJSON    `json:"interval,omitempty"`
	Measured  figuresJSON       `json:"measured"`
	Reason    message.Message   `json:"reason"`
	Suspect   string            `json:"suspect,omitempty"`
	Notes     []message.Message `json:"notes,omitempty"`
	Causes    []causeJSON       `json:"causes,omitempty"`
	Test      string            `json:"test,omitempty"` // the measurement that tells the first two causes apart
}

// causeJSON is what would explain a measurement.
type causeJSON struct {
	Cause    string  `json:"cause"`
	Explains float64 `json:"explains"` // share of the gap between prediction and measurement that it removes
	Key      string  `json:"key"`
	Value    float64 `json:"value"`
}

// WriteJSON writes the contract fathom.score/1 of cli.md.
func (res *Result) WriteJSON(w io.Writer) error {
	type overall struct {
		Errors
		Suspect int `json:"suspect"`
	}
	type versus struct {
		Own  Errors `json:"own"`
		Peer Errors `json:"peer"`
	}
	out := struct {
		Schema     string      `json:"schema"`
		Overall    overall     `json:"overall"`
		Aggregated Errors      `json:"aggregated"`
		Disagg     Errors      `json:"disaggregated"`
		Compared   *versus     `json:"compared,omitempty"`
		Coverage   *Coverage   `json:"coverage,omitempty"`
		Groups     []groupJSON `json:"groups"`
		Rows       []rowJSON   `json:"rows"`
	}{
		Schema: "fathom.score/1", Overall: overall{res.Overall, res.Suspect}, Aggregated: res.Aggregated, Disagg: res.Disagg,
		Coverage: res.Coverage,
		Groups:   []groupJSON{}, Rows: make([]rowJSON, len(res.Rows)),
	}
	if c := res.Compared; c != nil {
		out.Compared = &versus{c.Own, c.Peer}
	}
	for _, g := range res.Groups {
		out.Groups = append(out.Groups, groupJSON(g))
	}
	for i := range res.Rows {
		s := &res.Rows[i]
		r := rowJSON{ID: s.Row.ID, Measured: s.Row.Measured.json(), Reason: s.Reason, Suspect: s.Row.Suspect,
			Notes: s.Row.Notes, Source: s.Row.source()}
		r.Measured.Percentiles = s.Row.Percentiles.json()
		if s.Predicted != nil {
			f := s.Predicted.json()
			if r.Measured.Percentiles != nil {
				f.Percentiles = Percentiles{s.Predicted.Traffic.TTFT, s.Predicted.Traffic.TPOT}.json()
			}
			r.Predicted, r.Interval = &f, s.Predicted.intervals()
		}
		if d := s.Diagnosis; d != nil {
			for _, c := range d.Causes {
				r.Causes = append(r.Causes, causeJSON{c.Message().String(), c.Explains, c.Key, c.Value})
			}
			if d.Test != nil {
				r.Test = d.Test.Message(d.Causes[0], d.Causes[1]).String()
			}
		}
		out.Rows[i] = r
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
