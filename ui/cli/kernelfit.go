package cli

import (
	"bytes"
	"context"
	"fmt"
	"strconv"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/calibrate"
	"fathom/ui/text"
)

// calibrateSums fits to kernel sums.
func (p *Program) calibrateSums(ctx context.Context, m *measurements, o *calibration) error {
	var names []string
	for i := range m.passes {
		names = append(names, m.passes[i].Device)
	}
	passes := among(p, m.passes, func(x *calibrate.Pass) string { return x.Device }, calibrate.DevicesOf(names, o.find),
		nil, message.Message{})
	if len(passes) == 0 {
		return badInput("calibrate", "bad.fit-unknown", m.what())
	}
	watch, clear := p.fitProgress()
	defer clear()
	report, err := calibrate.Sums(ctx, passes, o.find, o.device, calibrate.Request{File: m.source(), Name: o.name}, watch)
	clear()
	if err != nil {
		return p.refused(m, err)
	}
	text, err := renderSums(p.voice, report, o)
	if err != nil {
		return err
	}
	return p.emitCalibration(o, report.Profile, text)
}

// renderSums prints the report of a fit to kernel sums.
func renderSums(voice *text.Catalog, r *calibrate.SumReport, o *calibration) ([]byte, error) {
	if o.format == "json" {
		return toJSON(r)
	}
	var b bytes.Buffer
	tell := func(key string, args ...any) string { return voice.Tell(message.New("fitted."+key, args...)) }
	b.WriteString(tell("passes", r.Passes) + "\n" + tell("errors") + "\n\n")
	e := titled(voice, "fitted.col", "device", "phase", "model", ">passes", ">unfitted", ">profile", ">fit", ">left-out",
		">model-left-out")
	for _, x := range r.Errors {
		device := x.Device
		if device == "" {
			device = tell("all")
		}
		cells := []string{device, x.Phase, hw.Clean(x.Model), strconv.Itoa(x.Passes)}
		for _, v := range []float64{x.Before, x.Profile, x.Fit, x.After, x.Unseen} {
			if v == 0 {
				cells = append(cells, "-")
				continue
			}
			cells = append(cells, strconv.FormatFloat(v, 'f', 3, 64))
		}
		e.add(cells...)
	}
	b.WriteString(e.text())
	if o.device != nil {
		n := numberSheet(voice)
		for _, v := range r.Numbers {
			before, after := "-", []string{four(v.Value), four(v.Low), four(v.High)}
			if v.Before > 0 {
				before = four(v.Before)
			}
			if v.Kept {
				after = []string{tell("kept"), "", ""}
			}
			n.add(v.Name, v.Engine, before, after[0], after[1], after[2], v.Unit, fmt.Sprintf("%.0f%%", 100*v.Identifiable))
		}
		b.WriteString("\n" + tell("told") + "\n\n" + n.text())
	}
	return b.Bytes(), nil
}

// four shows four digits.
func four(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
