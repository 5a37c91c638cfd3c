package hw

import "strconv"

// ErrorClasses are the classes of models whose runs are told apart: without and with routed experts.
var ErrorClasses = []string{"dense", "experts"}

// ClassError is how far off runs of a class of models were when their deployment was left out of a fit: medians of
// absolute errors as fractions of the measured value, by the profile before the fit and by the fit to the others; 0:
// not measured.
type ClassError struct {
	Class string `json:"class"` // one of ErrorClasses
	Runs  int    `json:"runs"`

	TTFTBefore       float64 `json:"ttft_before"`
	TTFTAfter        float64 `json:"ttft_after"`
	TPOTBefore       float64 `json:"tpot_before"`
	TPOTAfter        float64 `json:"tpot_after"`
	ThroughputBefore float64 `json:"throughput_before"`
	ThroughputAfter  float64 `json:"throughput_after"`
}

func (c *ClassError) path(engine string) []string {
	return []string{"calibrated", "engine", engine, "error", c.Class}
}

// numbers lists the figures, which are the table calibrated.engine.ENGINE.error.CLASS.
func (c *ClassError) numbers(engine string) []number {
	of := func(to *float64, key string) number {
		return number{path: append(c.path(engine), key), unit: plain, high: 1e4, example: "0.1", to: to}
	}
	return []number{
		of(&c.TTFTBefore, "ttft_before"), of(&c.TTFTAfter, "ttft_after"), of(&c.TPOTBefore, "tpot_before"),
		of(&c.TPOTAfter, "tpot_after"),
		of(&c.ThroughputBefore, "throughput_before"), of(&c.ThroughputAfter, "throughput_after"),
	}
}

// errors reads the classes of an engine that there are.
func (r *reader) errors(e *EngineCosts) {
	for _, class := range ErrorClasses {
		c := ClassError{Class: class}
		if _, ok := r.look(c.path(e.Name)...); !ok {
			continue
		}
		c.Runs, _ = r.whole(0, 1<<30, append(c.path(e.Name), "runs")...)
		for _, n := range c.numbers(e.Name) {
			r.number(n)
		}
		e.Errors = append(e.Errors, c)
	}
}

func (w *writer) errors(e *EngineCosts) {
	for i := range e.Errors {
		c := &e.Errors[i]
		w.header(c.path(e.Name))
		w.line("runs = " + strconv.Itoa(c.Runs))
		w.numbers(c.numbers(e.Name))
	}
}
