package cli

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/calibrate"
	"fathom/sim/score"
	"fathom/ui/text"
)

// calibrateRuns fits to serving runs: to those of the device or with --joint of its vendor, without a device to those
// of each vendor by themselves.
func (p *Program) calibrateRuns(ctx context.Context, m *measurements, o *calibration) error {
	device := func(r *score.Row) string { return r.Device }
	var names []string
	for i := range m.runs {
		names = append(names, m.runs[i].Device)
	}
	known := calibrate.DevicesOf(names, o.find)
	if o.device == nil {
		return p.crossValidate(ctx, m, known, among(p, m.runs, device, known, nil, message.Message{}), o)
	}
	rows := slices.DeleteFunc(slices.Clone(m.runs), func(r score.Row) bool {
		return !score.SameDevice(r.Device,
			o.device)
	})
	switch {
	case len(rows) == 0:
		return badInput("calibrate", "bad.fit-none", m.what(), o.device.Name, few(names))
	case o.joint:
		own := func(name string) bool { return known.By(name, o.device.Vendor) || score.SameDevice(name, o.device) }
		rows = among(p, m.runs, device, known, own, message.New("said.joint", o.device.Vendor))
	}
	report, err := p.fitRuns(ctx, m, rows, o)
	if err != nil {
		return p.refused(m, err)
	}
	text, err := renderCalibration(p.voice, report, o)
	if err != nil {
		return err
	}
	return p.emitCalibration(o, report.Profile, text)
}

// fitRuns fits to rows, with its progress on the screen.
func (p *Program) fitRuns(ctx context.Context, m *measurements, rows []score.Row, o *calibration) (*calibrate.Report,
	error) {
	watch, clear := p.fitProgress()
	defer clear()
	return calibrate.Calibrate(ctx, rows, o.device, calibrate.Request{
		Options: calibrate.Options{Profile: o.find, Fresh: o.fresh || o.device == nil}, File: m.source(), Name: o.name,
	}, watch)
}

// refused words what a fit cannot use as bad input.
func (p *Program) refused(m *measurements, err error) error {
	if calibrate.IsRefusal(err) {
		return badInput("calibrate", "bad.at", m.what(), err)
	}
	return err
}

// vendorReport is one vendor's part of a cross-validation.
type vendorReport struct {
	Vendor string            `json:"vendor"`
	Reason string            `json:"reason,omitempty"` // why its runs cannot be fitted
	Report *calibrate.Report `json:"report"`           // nil with a reason
}

// crossValidate reports the errors alone. A vendor whose runs cannot be fitted does not keep the others from it.
func (p *Program) crossValidate(ctx context.Context, m *measurements, known *calibrate.Devices, rows []score.Row,
	o *calibration) error {
	if len(rows) == 0 {
		return badInput("calibrate", "bad.fit-unknown", m.what())
	}
	var all []vendorReport
	var first error
	for _, vendor := range known.Vendors {
		own := slices.DeleteFunc(slices.Clone(rows), func(r score.Row) bool { return !known.By(r.Device, vendor) })
		report, err := p.fitRuns(ctx, m, own, o)
		if err != nil && !calibrate.IsRefusal(err) {
			return err
		}
		part := vendorReport{Vendor: cmp.Or(vendor, p.voice.T("fitted.no-vendor")), Report: report}
		if err != nil {
			part.Reason = err.Error()
			first = cmp.Or(first, err)
		}
		all = append(all, part)
	}
	if !slices.ContainsFunc(all, func(v vendorReport) bool { return v.Report != nil }) {
		return p.refused(m, first)
	}
	text, err := renderVendors(p.voice, all, o)
	if err != nil {
		return err
	}
	return p.emitCalibration(o, nil, text)
}

// renderVendors prints a report as it is, those of several vendors under their names.
func renderVendors(voice *text.Catalog, all []vendorReport, o *calibration) ([]byte, error) {
	if len(all) == 1 {
		return renderCalibration(voice, all[0].Report, o)
	}
	if o.format == "json" {
		return toJSON(struct {
			Schema  string         `json:"schema"`
			Vendors []vendorReport `json:"vendors"`
		}{"fathom.calibrate.vendors/1", all})
	}
	var b bytes.Buffer
	for i, v := range all {
		if i > 0 {
			b.WriteByte('\n')
		}
		if v.Report == nil {
			b.WriteString(voice.Tell(message.New("fitted.not", hw.Clean(v.Vendor), hw.Clean(v.Reason))) + "\n")
			continue
		}
		body, err := renderCalibration(voice, v.Report, o)
		if err != nil {
			return nil, err
		}
		b.WriteString(voice.Tell(message.New("fitted.of", hw.Clean(v.Vendor), "")) + string(body))
	}
	return b.Bytes(), nil
}

// renderCalibration prints the report of a fit.
func renderCalibration(voice *text.Catalog, r *calibrate.Report, o *calibration) ([]byte, error) {
	if o.format == "json" {
		return toJSON(r)
	}
	var b bytes.Buffer
	tell := func(key string, args ...any) string { return voice.Tell(message.New("fitted."+key, args...)) }
	say := func(key string, args ...any) { b.WriteString(tell(key, args...) + "\n") }
	groups := tell("deployments", r.Deployments)
	if len(r.Folds) != r.Deployments {
		groups = tell("parts", groups, len(r.Folds))
	}
	say("used", r.Used, r.Runs, groups)
	for _, o := range r.LeftOut {
		say("left-out", o.Message())
	}
	for _, note := range r.Notes {
		say("note", note)
	}
	b.WriteByte('\n')
	errors := []string{">runs", ">ttft-mape", ">median", ">tpot-mape", ">median", ">throughput-mape", ">median"}
	e := titled(voice, "fitted.col", append([]string{"cross"}, errors...)...)
	line := func(name string, v calibrate.Error) []string {
		cells := []string{name, strconv.Itoa(v.Rows)}
		for _, part := range v.Parts() {
			if part.Rows == 0 {
				cells = append(cells, "-", "-")
				continue
			}
			cells = append(cells, strconv.FormatFloat(part.Mean, 'f', 3, 64), strconv.FormatFloat(part.Median, 'f', 3, 64))
		}
		return cells
	}
	e.add(line(tell("before"), r.Before)...)
	e.add(line(tell("after"), r.After)...)
	if r.Peer != nil {
		e.add(line(tell("peer-before"), *r.PeerBefore)...)
		e.add(line(tell("peer-after"), *r.PeerAfter)...)
		e.add(line(tell("peer"), *r.Peer)...)
	}
	if r.Disaggregated != nil {
		e.add(line(tell("disagg-before"), r.Disaggregated.Before)...)
		e.add(line(tell("disagg-after"), r.Disaggregated.After)...)
	}
	b.WriteString(e.text() + "\n")
	was, is := r.Before.Parts(), r.After.Parts()
	for i, part := range is {
		if slices.Contains(r.Worse, part.Name) {
			say("worse", metricNames[part.Name], part.Median, was[i].Median)
			b.WriteByte('\n')
		}
	}
	if o.cross {
		folds := titled(voice, "fitted.col", append([]string{"left-out"}, errors...)...)
		for _, f := range r.Folds {
			folds.add(line(hw.Clean(f.Group), f.Error)...)
		}
		b.WriteString(folds.text() + "\n")
	}
	bars := titled(voice, "fitted.col", "engine", ">ttft", ">held", ">tpot", ">held", ">throughput", ">held")
	for _, g := range r.Bars {
		cells := []string{g.Engine}
		for _, x := range []calibrate.Covered{g.TTFT, g.TPOT, g.Throughput} {
			if x.High == 0 {
				cells = append(cells, "-", "-")
				continue
			}
			held := "-" // there are too few groups to test it
			if x.Held != nil {
				held = fmt.Sprintf("%.0f%%", 100**x.Held)
			}
			cells = append(cells, tell("range", fmt.Sprintf("%.2f", x.Low), fmt.Sprintf("%.2f", x.High)), held)
		}
		bars.add(cells...)
	}
	b.WriteString(tell("bars") + "\n\n" + bars.text())
	if o.cross && len(r.Regions) > 0 {
		b.WriteString("\n" + tell("regions") + "\n\n" + regionTable(voice, r.Regions))
	}
	if len(r.Numbers) > 0 {
		n := numberSheet(voice)
		for _, m := range r.Numbers {
			after := []string{four(m.After), four(m.Low), four(m.High)}
			if m.Kept {
				after = []string{tell("kept"), "", ""}
			}
			n.add(m.Name, m.Engine, four(m.Before), after[0], after[1], after[2], m.Unit,
				fmt.Sprintf("%.0f%%", 100*m.Identifiable))
		}
		b.WriteString("\n" + tell("told") + "\n\n" + n.text())
	}
	if r.Profile != nil && o.path != "" && o.path != "-" {
		b.WriteByte('\n')
		say("profile", r.Profile.Name, hw.Clean(o.path))
	}
	return b.Bytes(), nil
}

// metricNames are the figures of a run as people write them.
var metricNames = map[string]string{"ttft": "TTFT", "tpot": "TPOT", "throughput": "throughput"}

// numberSheet is the table of a fit's numbers.
func numberSheet(voice *text.Catalog) *sheet {
	return titled(voice, "fitted.col", "number", "engine", ">before", ">after", ">from", ">to", "unit", ">told")
}

// regionTable shows how far intervals hold in regions that no run of a fit was in: by the bars alone and widened, and
// how many regions of enough runs hold about what is claimed.
func regionTable(voice *text.Catalog, regions []calibrate.Region) string {
	const enough, least, most = 20, 0.695, 0.905 // as they are printed
	s := titled(voice, "fitted.col", "by", "left-out", ">runs", ">distance", ">ttft-held", ">tpot-held",
		">throughput-held")
	var below, within, above int
	for _, x := range regions {
		cells := []string{x.By, hw.Clean(x.Name), strconv.Itoa(x.Runs), strconv.FormatFloat(x.Distance, 'f', 2, 64)}
		for _, v := range x.Shares() {
			if v[1] == nil {
				cells = append(cells, "-")
				continue
			}
			cells = append(cells, fmt.Sprintf("%.0f → %.0f%%", 100**v[0], 100**v[1]))
			switch held := *v[1]; {
			case x.Runs < enough:
			case held < least:
				below++
			case held > most:
				above++
			default:
				within++
			}
		}
		s.add(cells...)
	}
	return s.text() + "\n" + voice.Tell(message.New("fitted.regions-held", enough, below+within+above, within, below,
		above)) + "\n"
}
