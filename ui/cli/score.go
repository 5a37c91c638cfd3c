package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/score"
	"fathom/ui/runs"
	"fathom/ui/text"

	"github.com/spf13/cobra"
)

func (p *Program) scoreCommand() *cobra.Command {
	var files []string
	var from deployed
	c := &cobra.Command{
		Use: "score FILE [FILE…]", Short: "Hold measured serving runs against predictions",
		Long: "Reads tables of measured runs (CSV) and the result files of load generators as they are: vLLM, SGLang, " +
			"GuideLLM, AIPerf,\n" +
			"GenAI-Perf, inference-perf, InferenceX, evalscope, trtllm-bench, and what vLLM and SGLang print. FILE may be\n" +
			"a directory or a pattern. What a file " +
			"does not say of the deployment comes from the flags, or from a saved plan with --plan.",
		Args: argsFrom(1, runs.Most, "need.runs"),
	}
	from.flags(p, c, true)
	c.Flags().StringArrayVar(&files, "device-file", nil, "TOML file with a further profile; may be repeated")
	fidelity := "calibrated"
	c.Flags().Var(choice{"fidelity", &fidelity, []string{"calibrated", "unfitted"}}, "fidelity",
		"calibrated: the fit of a profile, where it has one; unfitted: constants that no run was fitted to")
	f := addFormat(c)
	c.RegisterFlagCompletionFunc("fidelity", cobra.FixedCompletions([]string{"calibrated", "unfitted"},
		cobra.ShellCompDirectiveNoFileComp))
	c.RunE = func(c *cobra.Command, args []string) error {
		return p.score(c.Context(), args, &from, files, fidelity == "unfitted", f)
	}
	return c
}

func (p *Program) score(ctx context.Context, paths []string, from *deployed, files []string, unfitted bool,
	f *format) error {
	if err := from.complete(ctx, p, "score"); err != nil {
		return err
	}
	rows, err := p.readRuns(ctx, "score", paths, from.known)
	if err != nil {
		return err
	}
	find, err := p.finder("score", files)
	if err != nil {
		return err
	}
	if err := p.checkOutput("score", f.path); err != nil {
		return err
	}
	result, err := score.Run(ctx, rows, score.Options{Profile: find, Unfitted: unfitted, Diagnose: mostVerdicts},
		p.scoreProgress())
	if err != nil {
		return err
	}
	data, err := renderScore(p.voice, result, f.name)
	if err != nil {
		return err
	}
	if err := p.emit(f.path, data); err != nil {
		return err
	}
	if result.Overall.Answered == 0 {
		p.tell("said.unpredicted")
		return Exit(Infeasible)
	}
	return nil
}

// finder looks profiles up by the names that measured runs use. Those of device files come first, under their aliases
// too: a profile that was calibrated for a device answers for it.
func (p *Program) finder(command string, files []string) (func(string) (*hw.Profile, error), error) {
	devices, warnings, err := p.profiles(files)
	if err != nil {
		return nil, refused(command, err)
	}
	for _, w := range warnings {
		p.warn(w)
	}
	own := devices[len(devices)-len(files):]
	return func(name string) (*hw.Profile, error) {
		if d, err := own.Find(name); err == nil {
			return d, nil
		}
		return devices.Find(name)
	}, nil
}

func (p *Program) scoreProgress() func(score.Progress) {
	f, ok := p.Stderr.(*os.File)
	if !ok || !isTerminal(f) || p.Getenv("TERM") == "dumb" {
		return nil
	}
	return func(s score.Progress) {
		fmt.Fprint(f, "\r\x1b[K"+p.voice.Tell(message.New("score.progress", s.Done, s.Total)))
		if s.Done == s.Total {
			fmt.Fprint(f, "\r\x1b[K")
		}
	}
}

// renderScore prints a scored file: all of it as JSON, one line a run as CSV, the sums and the worst rows for people.
func renderScore(voice *text.Catalog, r *score.Result, format string) ([]byte, error) {
	var b bytes.Buffer
	say := func(key string, args ...any) { b.WriteString(voice.Tell(message.New("score."+key, args...)) + "\n") }
	word := func(key string) string { return voice.T("score." + key) }
	switch format {
	case "json":
		err := r.WriteJSON(&b)
		return b.Bytes(), err
	case "csv":
		return scoreRows(r).csv(), nil
	}
	print := func(s *sheet) {
		if format == "md" {
			b.WriteString(s.markdown())
		} else {
			b.WriteString(s.text())
		}
		b.WriteByte('\n')
	}
	say("sums", r.Overall.Rows, r.Overall.Answered, r.Suspect)
	if judged := r.Judged(); len(judged) > 0 {
		say("judged", len(judged))
		for _, row := range judged[:min(mostJudged, len(judged))] {
			fmt.Fprintf(&b, "  %s: %s\n", hw.Clean(row.ID), voice.Tell(row.Verdict))
		}
		if more := len(judged) - mostJudged; more > 0 {
			say("more", more)
		}
	}
	b.WriteByte('\n')
	if verdicts(voice, r, print, &b); len(r.Rows) == 1 && r.Overall.Answered == 1 {
		return b.Bytes(), nil
	}
	sums := scoreSheet(voice, "runs-of")
	for _, s := range []score.Slice{{Name: word("aggregated"), Errors: r.Aggregated},
		{Name: word("disaggregated"), Errors: r.Disagg}, {Name: word("all"), Errors: r.Overall}} {
		if s.Rows > 0 {
			sums.add(scoreLine(s.Name, &s.Errors)...)
		}
	}
	if c := r.Compared; c != nil {
		sums.add(scoreLine(word("both-own"), &c.Own)...)
		sums.add(scoreLine(word("both-peer"), &c.Peer)...)
	}
	print(sums)
	if c := r.Coverage; c != nil {
		share := func(v *float64) string {
			if v == nil {
				return "-"
			}
			return fmt.Sprintf("%.0f%%", 100**v)
		}
		say("held", c.Rows, share(c.TTFT), share(c.TPOT), share(c.Throughput))
		b.WriteByte('\n')
		if c.Unlike > 0 {
			say("unlike", c.Unlike)
			b.WriteByte('\n')
		}
	}
	for _, part := range []struct {
		title string
		list  []score.Slice
	}{{"model", r.ByModel}, {"device", r.ByDevice}, {"engine", r.ByEngine}} {
		s := scoreSheet(voice, part.title)
		for i := range part.list {
			s.add(scoreLine(part.list[i].Name, &part.list[i].Errors)...)
		}
		print(s)
	}
	if format != "md" {
		scatters(voice, &b, r)
	}
	worst := titled(voice, "score.col", "worst", "model", "device", ">ttft", ">predicted", ">tpot", ">predicted", "likely")
	for _, w := range r.Worst {
		worst.add(hw.Clean(w.Row.ID), hw.Clean(w.Row.Model), hw.Clean(w.Row.Device), ms(w.Row.Measured.TTFT),
			ms(w.Predicted.TTFT), ms(w.Row.Measured.TPOT),
			ms(w.Predicted.TPOT), voice.Tell(w.Reason))
	}
	print(worst)
	lost := titled(voice, "score.col", "lost", "model", "device", "reason")
	more := 0
	for i := range r.Rows {
		switch w := &r.Rows[i]; {
		case w.Predicted != nil:
		case len(lost.rows) < mostLost:
			lost.add(hw.Clean(w.Row.ID), hw.Clean(w.Row.Model), hw.Clean(w.Row.Device), voice.Tell(w.Reason))
		default:
			more++
		}
	}
	if len(lost.rows) > 0 {
		print(lost)
	}
	if more > 0 {
		say("more", more)
	}
	return b.Bytes(), nil
}

// mostLost is how many runs without a prediction are listed for people.
const mostLost = 20

// mostJudged is how many runs are named that cannot be what their file says.
const mostJudged = 20

func scoreSheet(voice *text.Catalog, first string) *sheet {
	return titled(voice, "score.col", first, ">runs", ">answered", ">ttft-mape", ">median", ">bias", ">tpot-mape",
		">median", ">bias", ">throughput-mape", ">median", ">rank")
}

func scoreLine(name string, e *score.Errors) []string {
	out := []string{hw.Clean(name), strconv.Itoa(e.Rows), strconv.Itoa(e.Answered)}
	for _, v := range []*float64{e.TTFTMAPE, e.TTFTMedian, e.TTFTBias, e.TPOTMAPE, e.TPOTMedian, e.TPOTBias,
		e.ThroughputMAPE, e.ThroughputMedian, e.RankCorrelation} {
		if v == nil {
			out = append(out, "-")
			continue
		}
		out = append(out, strconv.FormatFloat(*v, 'f', 3, 64))
	}
	return out
}

// ms prints seconds as milliseconds; an absent figure is a dash.
func ms(seconds float64) string {
	if seconds <= 0 {
		return "-"
	}
	return strconv.FormatFloat(seconds*1e3, 'f', 2, 64)
}

func scoreRows(r *score.Result) *sheet {
	s := &sheet{titles: []string{"id", "model", "device", "engine", "measured_ttft_ms", "predicted_ttft_ms",
		"measured_tpot_ms", "predicted_tpot_ms",
		"measured_throughput_tok_s", "predicted_throughput_tok_s", "reason", "suspect", "ttft_ms_low", "ttft_ms_high",
		"tpot_ms_low", "tpot_ms_high",
		"throughput_tok_s_low", "throughput_tok_s_high"}}
	num := func(v, unit float64) string {
		if v <= 0 {
			return ""
		}
		return strconv.FormatFloat(v*unit, 'g', -1, 64)
	}
	for i := range r.Rows {
		w := &r.Rows[i]
		var pred score.Figures
		if w.Predicted != nil {
			pred = w.Predicted.Figures
		}
		var ends []string
		for i, v := range []float64{1e3 * pred.TTFT, 1e3 * pred.TPOT, pred.Throughput} {
			var bar hw.Bar
			if w.Predicted != nil && w.Predicted.Bars != nil {
				bar = []hw.Bar{w.Predicted.Bars.TTFT, w.Predicted.Bars.TPOT, w.Predicted.Bars.Throughput}[i]
			}
			low, high, _ := score.Interval(v, bar)
			ends = append(ends, num(low, 1), num(high, 1))
		}
		m := w.Row.Measured
		s.add(append([]string{hw.Clean(w.Row.ID), hw.Clean(w.Row.Model), hw.Clean(w.Row.Device), w.Row.Engine.String(),
			num(m.TTFT, 1e3), num(pred.TTFT, 1e3), num(m.TPOT, 1e3),
			num(pred.TPOT, 1e3), num(m.Throughput, 1), num(pred.Throughput,
				1), hw.Clean(w.Reason.String()), hw.Clean(w.Row.Suspect)}, ends...)...)
	}
	return s
}
