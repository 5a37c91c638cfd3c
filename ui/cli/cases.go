package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"fathom/assets"
	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/cases"
	"fathom/sim/engine"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/state/field"
	"fathom/ui/runs"

	"github.com/spf13/cobra"
)

func (p *Program) casesCommand() *cobra.Command {
	return &cobra.Command{Use: "cases IN.csv -o OUT.csv [flags]", Short: "Run many plans from a CSV file",
		DisableFlagParsing: true,
		Long: "One column a plan flag, lists with ;. Flags of plan on the line hold for every case that does not say " +
			"otherwise. An output file\n" +
			"that holds finished cases is continued. Columns expected (tok/s a device that somebody measured), note " +
			"and reason\nare carried; the output says how far off a case is.\n\n" +
			"  --template            print a file to start from\n" +
			"  --template published  print published systems: CloudMatrix384, DeepSeek, SGLang, vLLM\n" +
			"  --check               check every case and run none",
		RunE: func(c *cobra.Command, args []string) error {
			if wants(args, "-h", "--help") {
				return c.Help()
			}
			if wants(args, "--template") {
				if wants(args, "published") {
					_, err := p.Stdout.Write(assets.Published)
					return err
				}
				return p.caseTemplate()
			}
			check := wants(args, "--check")
			line := field.FromArgs(slices.DeleteFunc(slices.Clone(args), func(a string) bool { return a == "--check" }),
				field.FromFlag, "")
			if line.Err() {
				return fromIssues("cases", line.Issues)
			}
			return p.cases(c.Context(), line.Answers, check)
		}}
}

func (p *Program) caseTemplate() error {
	examples := map[string]string{}
	for _, id := range []field.ID{field.Model, field.Device, field.DeviceCount, field.InputLength, field.OutputLength,
		field.TTFT, field.TPOT,
		field.Linear, field.Attention} {
		examples[id.String()] = field.Table[id].Example
	}
	return cases.Template(p.Stdout, field.Columns(), examples)
}

// cases runs or checks a file. common holds the flags of the line; its model is the name of the file.
func (p *Program) cases(ctx context.Context, common field.Answers, check bool) error {
	in := common[field.Model].Text
	common[field.Model] = field.Answer{}
	if in == "" {
		return badInput("cases", "bad.cases-file")
	}
	data, err := hw.ReadInput(p.expand(in), mostTable)
	if err != nil {
		return badInput("cases", "bad.cases-read", in, pathReason(err))
	}
	all, err := cases.Read(runs.Alive{Ctx: ctx, R: bytes.NewReader(data)}, field.Columns(),
		func(name string) string { return hw.Meant(field.Columns(), name) })
	if err != nil {
		return badInput("cases", "bad.cases-read", in, err)
	}
	catalog, warnings, err := p.catalog(&common)
	if err != nil {
		return refused("cases", err)
	}
	for _, w := range warnings {
		p.warn(w)
	}
	if slices.ContainsFunc(all, func(c cases.Case) bool { return lacksQuant(c, &common) }) {
		p.note(message.New("said.cases-quant"))
	}
	request := func(c cases.Case) (*plan.Request, error) { return p.caseRequest(c, common, catalog) }
	if check {
		return p.checkCases(ctx, all, request)
	}
	e, wait, err := p.engine(field.Read(&common, catalog))
	if err != nil {
		return err
	}
	defer wait()
	run := cases.Runner{Request: request, Progress: p.caseProgress(),
		Plan: func(ctx context.Context, q *plan.Request) (*report.Report, error) {
			return engineRun(ctx, e, q)
		}}
	return p.runCases(ctx, all, run, common[field.Output].Text)
}

func engineRun(ctx context.Context, e engine.Engine, q *plan.Request) (*report.Report, error) {
	out, err := e.Run(ctx, q, nil)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// lacksQuant reports whether neither a case nor the command line says how to quantize. The reference tool's batch files
// may leave the columns out.
func lacksQuant(c cases.Case, common *field.Answers) bool {
	has := func(id field.ID) bool { return common.Given(id) || c.Values[id.String()] != "" }
	return c.Broken == nil && !(has(field.Linear) && has(field.Attention))
}

// caseRequest turns the values of a line, over the flags of the command line, into a request.
func (p *Program) caseRequest(c cases.Case, common field.Answers, catalog *field.Catalog) (*plan.Request, error) {
	own := field.FromValues(c.Values, field.FromPlan, c.Name)
	if own.Err() {
		return nil, errorsOf(own.Issues)
	}
	a := field.Overlay(common, own.Answers)
	for id, action := range map[field.ID]string{field.Linear: plan.W8A8Dynamic.String(),
		field.Attention: plan.AttentionDisabled.String()} {
		if !a.Given(id) {
			a[id] = field.Answer{Text: action, Source: field.CLIDefault}
		}
	}
	a = field.FillDefaults(a)
	if err := p.resolve(&a, catalog); err != nil {
		return nil, err
	}
	q, issues := field.Request(a, *catalog)
	if q == nil {
		return nil, errorsOf(issues)
	}
	return q, nil
}

// errorsOf joins the errors among issues into one line.
func errorsOf(issues []report.Issue) error {
	var lines []string
	for _, i := range issues {
		if i.Severity == report.Error {
			lines = append(lines, i.Message.String())
		}
	}
	return errors.New(strings.Join(lines, "; "))
}

func (p *Program) checkCases(ctx context.Context, all []cases.Case,
	request func(cases.Case) (*plan.Request, error)) error {
	bad := &usageError{command: "cases"}
	for _, c := range all {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		err := c.Broken
		if err == nil {
			_, err = request(c)
		}
		if err != nil {
			where := fmt.Sprintf("line %d", c.Line)
			if c.Name != where {
				where += ", " + c.Name
			}
			bad.lines = append(bad.lines, message.New("issue.line", where, err))
		}
	}
	if len(bad.lines) > 0 {
		return bad
	}
	return p.emit("", []byte(p.counted("said.cases-good", len(all))+"\n"))
}

// runCases writes records as they come, behind those of an earlier run where the file has some.
func (p *Program) runCases(ctx context.Context, all []cases.Case, run cases.Runner, path string) error {
	if path == "" || path == "-" {
		end, err := cases.Run(ctx, all, nil, run, p.Stdout, true)
		return p.casesDone(0, end, err)
	}
	if err := p.checkOutput("cases", path); err != nil {
		return err
	}
	old, err := hw.ReadInput(p.expand(path), mostTable)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return badInput("cases", "bad.cases-earlier", path, err)
	}
	done, keep, err := cases.Resume(old)
	if err != nil {
		return badInput("cases", "bad.output", path, err)
	}
	f, err := os.OpenFile(p.expand(path), os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return badInput("cases", "bad.output", path, pathReason(err))
	}
	defer f.Close()
	if err := f.Truncate(int64(keep)); err != nil {
		return err
	}
	if _, err := f.Seek(int64(keep), io.SeekStart); err != nil {
		return err
	}
	if len(done) > 0 {
		p.say(p.counted("said.cases-resumed", len(done)))
	}
	end, err := cases.Run(ctx, all, done, run, f, keep == 0)
	return p.casesDone(len(done), end, err)
}

// casesDone tells how a run ended; one feasible case makes it a good one. resumed counts those that an earlier run
// finished.
func (p *Program) casesDone(resumed int, end cases.Progress, err error) error {
	if err != nil {
		return err
	}
	p.tell("said.cases-done", p.counted("said.case", end.Total), end.Feasible, end.Failed)
	switch {
	case end.Feasible > 0 || resumed > 0 || end.Total == 0:
		return nil
	case end.Failed == end.Total:
		return Exit(Failed)
	}
	return Exit(Infeasible)
}

// caseProgress draws a line that replaces itself, where stderr is a terminal.
func (p *Program) caseProgress() func(cases.Progress) {
	f, ok := p.Stderr.(*os.File)
	if !ok || !isTerminal(f) || p.Getenv("TERM") == "dumb" {
		return nil
	}
	return func(s cases.Progress) {
		const width = 30
		full := width * s.Done / max(1, s.Total)
		fmt.Fprintf(f, "\r\x1b[K[%s%s] %s", strings.Repeat("#", full), strings.Repeat(".", width-full),
			p.voice.Tell(message.New("said.cases-at", s.Done, s.Total, s.Failed)))
		if s.Done == s.Total {
			fmt.Fprint(f, "\r\x1b[K")
		}
	}
}

// counted is the text of a number of cases.
func (p *Program) counted(key string, n int) string { return p.voice.N(key, n, strconv.Itoa(n)) }
