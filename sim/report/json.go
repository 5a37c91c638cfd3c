package report

import (
	"bytes"
	"encoding/json"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
)

// Schema names the JSON form of a report. Fields are only ever added to it.
const Schema = "fathom.report/1"

// JSON writes the report in the form that scripts rely on: a value that does not apply is null, never 0; figures have
// at most six decimals; texts carry no control sequences.
func JSON(r *Report) ([]byte, error) { return Encode(asJSON(r), "  ") }

// Encode writes a value as JSON for scripts: as it is, without escapes for HTML.
func Encode(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	err := e.Encode(v)
	return b.Bytes(), err
}

type reportJSON struct {
	Schema     string       `json:"schema"`
	Command    string       `json:"command"`
	Ours       string       `json:"fathom_command"`
	Engine     string       `json:"engine"`
	Fidelity   string       `json:"fidelity"`
	Search     string       `json:"search"`
	ElapsedMS  float64      `json:"elapsed_ms"`
	Partial    bool         `json:"partial"`
	Mode       string       `json:"mode"`
	Request    inputsJSON   `json:"request"`
	Issues     []Issue      `json:"issues"`
	Devices    []deviceJSON `json:"devices"`
	Cross      []crossJSON  `json:"cross_hardware"`
	Ladder     []ladderJSON `json:"ladder,omitempty"` // of the best row of the first device
	Disclaimer string       `json:"disclaimer"`

	Failure     *failureJSON     `json:"failure,omitempty"`
	Differences []differenceJSON `json:"differences,omitempty"`
	LogFile     string           `json:"log_file,omitempty"`
}

type deviceJSON struct {
	Device      string            `json:"device"`
	Fidelity    string            `json:"fidelity"`
	Search      string            `json:"search"`
	Serving     *string           `json:"serving_engine"`         // of calibrated figures
	Standing    Standing          `json:"standing"`               // calibrated, taken_over (other devices), uncalibrated
	Runs        *int              `json:"runs"`                   // measured on this device behind calibrated figures
	Bare        []string          `json:"without_interval"`       // figures of a calibrated device
	Beside      *besideJSON       `json:"nearest_runs,omitempty"` // of another device, where no fit is of this one
	Evaluated   int               `json:"points_evaluated"`
	Counts      Counts            `json:"counts"`
	Nearest     []nearJSON        `json:"nearest"`
	Aggregation *sectionJSON      `json:"aggregation,omitempty"`
	Prefill     *sectionJSON      `json:"prefill,omitempty"`
	Decode      *sectionJSON      `json:"decode,omitempty"`
	PDRatio     *ratiosJSON       `json:"pd_ratio,omitempty"`
	Capacity    *capacityJSON     `json:"capacity,omitempty"`
	Corrections []correctionJSON  `json:"corrections,omitempty"`
	Ladder      []ladderJSON      `json:"ladder,omitempty"`
	Repriced    []repricedJSON    `json:"repriced,omitempty"` // bests that are others where the profile is asked for alone
	Explained   []explanationJSON `json:"explained,omitempty"`
	Breakeven   []breakevenJSON   `json:"breakeven,omitempty"`
	Experts     []expertsJSON     `json:"experts,omitempty"`
	AFD         *afdJSON          `json:"afd,omitempty"`
	Service     *serviceJSON      `json:"service,omitempty"` // of the best row
	Day         *dayJSON          `json:"fleet,omitempty"`   // of the best row
	Outcomes    []outcomeJSON     `json:"outcomes"`
	Notes       []string          `json:"notes"`
	Points      []rowJSON         `json:"points,omitempty"`
}

type failureJSON struct {
	Class      FailureClass `json:"class"`
	Message    string       `json:"message"`
	Lines      []string     `json:"lines"`
	Field      string       `json:"field"`
	Fix        string       `json:"fix"`
	Correction string       `json:"correction"`
}

func failure(f *Failure) *failureJSON {
	if f == nil {
		return nil
	}
	out := &failureJSON{Class: f.Class, Message: hw.Clean(f.Message.String()), Lines: []string{}, Field: f.Field,
		Fix: hw.Clean(f.Fix), Correction: hw.Clean(f.Advice.String())}
	for _, l := range f.Lines {
		out.Lines = append(out.Lines, hw.Clean(l))
	}
	return out
}

type nearJSON struct {
	Row   rowJSON `json:"row"`
	Relax string  `json:"relax"`
}

type sectionJSON struct {
	Best       *rowJSON  `json:"best"`
	Candidates []rowJSON `json:"candidates"`
}

type ratiosJSON struct {
	Best       *ratioJSON  `json:"best"`
	Candidates []ratioJSON `json:"candidates"`
	Rates      string      `json:"rates"`                // which a pair has, where the tables of its sides have others
	Aggregated *versusJSON `json:"aggregated,omitempty"` // the same devices without disaggregation
}

type outcomeJSON struct {
	Phase  string `json:"phase"`
	Label  string `json:"label"`
	End    string `json:"end"`
	Reason string `json:"reason"`
}

type correctionJSON struct {
	Name       string   `json:"name"`
	Phase      string   `json:"phase"`
	Reference  string   `json:"reference"`
	Corrected  string   `json:"corrected"`
	Throughput *float64 `json:"throughput_change"`
	TTFT       *float64 `json:"ttft_change"`
	TPOT       *float64 `json:"tpot_change"`
	QPS        *float64 `json:"qps_change"`
	FreeGB     *float64 `json:"available_gb_change"`
	Refused    bool     `json:"refused"`
	Note       string   `json:"note"`
}

type crossJSON struct {
	Device     string      `json:"device"`
	Throughput float64     `json:"throughput_tok_s"`
	Ratio      float64     `json:"ratio_to_first"`
	Range      *[2]float64 `json:"range"` // of throughput_tok_s; null: uncalibrated
	// differs from the first by more than the ranges leave open; null: not known
	Beyond  *bool      `json:"beyond_ranges"`
	Row     *rowJSON   `json:"row"`
	PDRatio *ratioJSON `json:"ratio,omitempty"`

	Repriced bool `json:"repriced,omitempty"` // no ratio of hardware
}

func asJSON(r *Report) reportJSON {
	out := reportJSON{Schema: Schema, Command: hw.Clean(r.Command), Ours: hw.Clean(r.Ours), Engine: r.Engine,
		Fidelity: r.Fidelity, Search: searchOf(r),
		ElapsedMS: Six(r.ElapsedMS), Partial: r.Partial, Mode: r.Mode.String(), Request: inputs(r), Issues: []Issue{},
		Devices: []deviceJSON{}, Cross: []crossJSON{}, Disclaimer: Disclaimer.String(),
		Failure: failure(r.Failure), Differences: differences(r.Differences), LogFile: hw.Clean(r.LogFile)}
	for _, i := range r.Issues {
		i.Field = hw.Clean(i.Field)
		out.Issues = append(out.Issues, i)
	}
	out.Ladder = ladderOf(r)
	if r.mixed() {
		out.Issues = append(out.Issues, Issue{Severity: Warning, Field: "fidelity", Message: MixedFidelity})
	}
	for i := range r.Devices {
		out.Devices = append(out.Devices, device(r, &r.Devices[i], r.Request != nil && r.Request.KeepAll))
	}
	for i := range r.Cross {
		c := &r.Cross[i]
		line := crossJSON{Device: hw.Clean(c.Device), Throughput: Six(c.Throughput), Ratio: Six(c.RatioToFirst),
			Beyond: r.Beyond(i), Repriced: r.restsOnRepriced(i)}
		scale := 1.0
		if c.Ratio != nil { // the range is of requests, the figure of tokens
			scale = c.Throughput / c.Ratio.Balanced
		}
		line.Range = ends(c.Range(), scale)
		if c.Row != nil {
			line.Row = ptr(row(c.Row))
		}
		if c.Ratio != nil {
			line.PDRatio = ptr(ratio(c.Ratio))
		}
		out.Cross = append(out.Cross, line)
	}
	return out
}

// searchOf is the common search of the devices, or "mixed".
func searchOf(r *Report) string {
	name := r.Search.String()
	for i := range r.Devices {
		if s := r.Devices[i].Search; s != plan.SearchAuto && s != r.Search {
			return "mixed"
		}
	}
	return name
}

func device(r *Report, d *Device, points bool) deviceJSON {
	standing, bare := r.Standing(d)
	out := deviceJSON{Service: serviceOf(d.Service), Day: dayOf(d.Day), Ladder: ladder(d.Ladder),
		Repriced: repriced(d.Repriced), Device: hw.Clean(d.Device),
		Fidelity: d.Fidelity.String(), Search: d.Search.String(),
		Evaluated: d.Evaluated, Counts: d.Counts,
		Nearest: []nearJSON{}, Aggregation: section(d.Aggregation), Prefill: section(d.Prefill), Decode: section(d.Decode),
		Capacity: capacity(d.Capacity), Explained: explanations(d.Explained), Breakeven: breakevens(d.Breakeven),
		Experts: expertsOf(d.Experts), AFD: afdOf(d.AFD),
		Outcomes: []outcomeJSON{}, Notes: []string{}}
	out.Standing, out.Bare, out.Beside = standing, append([]string{}, bare...), besideOf(r, d)
	if s := r.Serving(d); s != "" {
		out.Serving = &s
	}
	if p := r.profile(d.Device); standing != Uncalibrated && p != nil && p.Calibrated != nil {
		out.Runs = &p.Calibrated.Runs
	}
	for i := range d.Nearest {
		out.Nearest = append(out.Nearest, nearJSON{row(&d.Nearest[i].Row), hw.Clean(d.Nearest[i].Relax.String())})
	}
	if d.PDRatio != nil {
		out.PDRatio = &ratiosJSON{Candidates: []ratioJSON{}, Rates: message.New("report.pair-rates").String()}
		for i := range d.PDRatio.Candidates {
			out.PDRatio.Candidates = append(out.PDRatio.Candidates, ratio(&d.PDRatio.Candidates[i]))
		}
		if d.PDRatio.Best != nil {
			out.PDRatio.Best = ptr(ratio(d.PDRatio.Best))
		}
		if v := d.PDRatio.Aggregated; v != nil {
			out.PDRatio.Aggregated = versus(v)
			if b := d.PDRatio.Best; b != nil {
				_, qps := v.Total()
				out.PDRatio.Aggregated.Lead = ptr(Six(b.Serves()/qps - 1))
				out.PDRatio.Aggregated.LeadRange = ends(d.PDRatio.Lead(), 1)
			}
		}
	}
	for _, o := range d.Outcomes {
		out.Outcomes = append(out.Outcomes, outcomeJSON{o.Phase.String(), hw.Clean(o.Label), string(o.End),
			hw.Clean(o.Reason.String())})
	}
	for _, c := range d.Corrections {
		out.Corrections = append(out.Corrections, correction(c))
	}
	for _, n := range d.Notes {
		out.Notes = append(out.Notes, hw.Clean(n.String()))
	}
	if points {
		out.Points = make([]rowJSON, len(d.Points))
		for i := range d.Points {
			out.Points[i] = row(&d.Points[i])
		}
	}
	return out
}

func correction(c Correction) correctionJSON {
	return correctionJSON{c.Name.String(), c.Phase.String(), c.Reference.String(), c.Corrected.String(),
		Maybe(c.Throughput), Maybe(c.TTFT),
		Maybe(c.TPOT), Maybe(c.QPS),
		Maybe(c.FreeGB), c.Refused, hw.Clean(c.Note.String())}
}

func section(s *Section) *sectionJSON {
	if s == nil {
		return nil
	}
	out := &sectionJSON{Candidates: []rowJSON{}}
	for i := range s.Candidates {
		out.Candidates = append(out.Candidates, row(&s.Candidates[i]))
	}
	if s.Best != nil {
		out.Best = ptr(row(s.Best))
	}
	return out
}

func ptr[T any](v T) *T { return &v }

// unlessZero is a count or figure that is null where it does not apply.
func unlessZero[T int | float64](v T) *T {
	if v == 0 {
		return nil
	}
	return &v
}
