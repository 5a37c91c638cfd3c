package page

import (
	"context"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/hw/unraced"
	"fathom/sim/decision"
	"fathom/sim/engine"
	"fathom/sim/model"
	"fathom/sim/sweep"
	"fathom/state/field"
	"fathom/ui/text"
)

var update = flag.Bool("update", false, "write the goldens anew")

const (
	main = " --num-devices 8 --input-length 3500 --output-length 1500 --ttft-limit 2000 --tpot-limit 50 " +
		"--quantize-linear-action W8A8_DYNAMIC --quantize-attention-action DISABLED --compile"
	die = "ATLAS_800_A3_752T_128G_DIE"
)

// question is what a page is made of: a line, what is swept, and whether it says what the decision hangs on.
type question struct {
	name, lang, line string
	sweep            []string
	hinges           bool
}

// questions have one profile; two with a price and a sweep; a map; P:D pairs; no answer; what the decision hangs on.
var questions = []question{
	{name: "one", lang: "en", line: "Qwen/Qwen3-32B --device " + die + main},
	{name: "one-zh", lang: "zh", line: "Qwen/Qwen3-32B --device " + die + main},
	{name: "two", lang: "zh", line: "Qwen/Qwen3-32B --device " + die + " H200_SXM --device-cost H200_SXM=3" + main,
		sweep: []string{"input-length=512..32k:log:12"}},
	{name: "map", lang: "en", line: "Qwen/Qwen3-32B --device " + die + main, sweep: []string{"input-length=512..32k:log:12",
		"tpot-limit=10..100:9"}},
	{name: "pair", lang: "en", line: "deepseek-ai/DeepSeek-V3.1 --device " + die + " --num-devices 64 " +
		"--enable-optimize-prefill-decode-ratio --prefill-devices-per-instance 16 --decode-devices-per-instance 32 " +
		"--tp-sizes --ep-sizes 16 --input-length 3500 --output-length 1500 --ttft-limit 3000 --tpot-limit 60 " +
		"--quantize-linear-action W8A8_DYNAMIC --quantize-attention-action DISABLED --compile"},
	{name: "crowd", lang: "en",
		line:  "Qwen/Qwen3-32B --device " + die + " H200_SXM H100_SXM ATLAS_800_A2_376T_64G" + main,
		sweep: []string{"input-length=512..32k:log:12"}},
	{name: "none", lang: "zh", line: "Qwen/Qwen3-32B --device " + die + strings.Replace(main, "2000", "10", 1)},
	{name: "hinges", lang: "en", line: "Qwen/Qwen3-32B --device " + die + " --device-cost " + die + "=2" + main,
		sweep: []string{"input-length=512..32k:log:12"}, hinges: true},
	{name: "hinges-zh", lang: "zh", line: "Qwen/Qwen3-32B --device " + die + " ATLAS_800_A2_376T_64G" + main,
		sweep: []string{"input-length=512..32k:log:12", "tpot-limit=10..100:9"}, hinges: true},
}

var known = map[string]Page{}

// answered is the page of the real engine's answer to a question, which all tests share and none changes.
func answered(t testing.TB, of question) Page {
	t.Helper()
	p, ok := known[of.name]
	if !ok {
		p = anew(t, of)
		known[of.name] = p
	}
	return p
}

// anew answers a question whether it was or not.
func anew(t testing.TB, of question) Page {
	t.Helper()
	ctx := context.Background()
	x := field.FromArgs(strings.Fields(of.line), field.FromFlag, "")
	a := field.FillDefaults(field.Derive(x.Answers))
	c := field.Catalog{ModelNames: model.Names(), Profiles: hw.Builtin(), Models: map[string]*model.Model{}}
	name := a[field.Model].Text
	m, err := model.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	c.Models[name] = m
	q, issues := field.Request(a, c)
	if q == nil {
		t.Fatal(issues)
	}
	own := *q
	own.KeepAll = true
	r, err := engine.Embedded{}.Run(ctx, &own, nil)
	if err != nil {
		t.Fatal(err)
	}
	engine.Climb(ctx, r, nil)
	r.Request, r.ElapsedMS = q, 0
	r.Inputs, r.Ours = field.Inputs(a, c), field.Shell(field.PlanCommand(x.Answers, c))
	engine.Explain(r, field.Again)
	texts, err := text.Load(of.lang)
	if err != nil {
		t.Fatal(err)
	}
	p := Page{Report: r, Texts: texts, Program: "fathom test"}
	if len(of.sweep) > 0 {
		axes, err := sweep.Parse(of.sweep, q)
		if err != nil {
			t.Fatal(err)
		}
		if p.Sweep, err = engine.Sweep(ctx, q, axes, nil); err != nil {
			t.Fatal(err)
		}
	}
	if of.hinges {
		if p.Decision, err = engine.Decide(ctx, q, decision.Usual(q), nil); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// whole reads a document to its end; every element is closed.
func whole(t *testing.T, name string, data []byte) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(data)))
	d.Strict = true
	d.Entity = xml.HTMLEntity
	for {
		_, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

// A page needs nothing from anywhere, is short, and holds every part in the language that was asked for.
func TestPagesAreSelfContained(t *testing.T) {
	unraced.Skip(t)
	foreign := regexp.MustCompile(`(?i)<script|<link|<iframe|<object|\son[a-z]+=|(?:src|href)\s*=|@import|url\(`)
	for _, x := range questions {
		p := answered(t, x)
		page, drawing := HTML(p), SVG(p)
		if hit := foreign.Find(page); hit != nil {
			t.Errorf("%s: %q", x.name, hit)
		}
		if hit := foreign.Find(drawing); hit != nil {
			t.Errorf("%s.svg: %q", x.name, hit)
		}
		if len(page) > 300_000 || len(drawing) > 300_000 {
			t.Errorf("%s: %d and %d bytes, more than 300 kB", x.name, len(page), len(drawing))
		}
		whole(t, x.name, page[strings.Index(string(page), "<html"):])
		whole(t, x.name+".svg", drawing)
		for _, s := range []string{string(page), string(drawing)} {
			if m := regexp.MustCompile(`&lt;[a-z_.0-9-]+&gt;|NaN|Inf\b|\{[a-z0-9]+\}`).FindString(s); m != "" {
				t.Errorf("%s: a text is missing or half filled: %s", x.name, m)
			}
		}
		if n := strings.Count(string(page), "<svg"); n == 0 || n != strings.Count(string(page), "<title id=") ||
			n != strings.Count(string(page), "<desc id=") || n != strings.Count(string(page), `role="img"`) ||
			strings.Contains(string(page), "></desc>") {
			t.Errorf("%s: %d drawings, not each with a title and a description", x.name, n)
		}
		if strings.Contains(string(page), `lang="zh-CN"`) != (x.lang == "zh") {
			t.Errorf("%s: another language", x.name)
		}
	}
}

// What the file says is what the report says: the best row, every candidate, the limits, the commands.
func TestPageHoldsTheReport(t *testing.T) {
	p := answered(t, questions[0])
	page := string(HTML(p))
	at := -1
	for _, want := range []string{"<h1>Qwen/Qwen3-32B, aggregation</h1>", "TTFT at most 2,000 ms", "1,643 <small>tok/s",
		"TP=8 DP=1 · batch 22", "TTFT 1,964 of 2,000 ms", "Uncalibrated", "<svg", "1,823 tok/s", "KV cache  2.86 GiB", "Why",
		"limited by", "<td class=\"n\">1581.41</td>", "<td class=\"n\">623.88</td>", "vllm serve Qwen/Qwen3-32B",
		"vllm bench serve", "fathom plan Qwen/Qwen3-32B --device " + die, "<details>", "validate with real workload tests"} {
		if next := strings.Index(page[max(0, at):], strings.ReplaceAll(want, "  ", " ")); next < 0 {
			t.Errorf("%q is missing, or comes too early", want)
		} else {
			at = max(0, at) + next
		}
	}
	for _, r := range p.Report.Devices[0].Ladder {
		if !strings.Contains(page, "<td>"+r.Step.String()+"</td>") {
			t.Errorf("the ladder has no %s", r.Step)
		}
	}
}

// Names with markup and control characters are words.
func TestHostileNamesAreWords(t *testing.T) {
	p := anew(t, questions[0])
	m := *p.Report.Request.Model
	m.Name = "a<script>alert(1)</script>\"'&\x1b[31m\x00\u202e]]>"
	q := *p.Report.Request
	q.Model = &m
	p.Report.Request = &q
	p.Report.Inputs = nil
	p.Report.Ours = "fathom plan '" + m.Name + "'\n--device x"
	d := &p.Report.Devices[0]
	d.Device = "<img onerror=x>"
	d.Ladder[0].Label = "</title><b>"
	for i := range d.Points {
		d.Points[i].Label = "</desc><b>"
	}
	for name, data := range map[string][]byte{"page": HTML(p), "svg": SVG(p)} {
		s := string(data)
		whole(t, name, data[strings.Index(s, map[string]string{"page": "<html", "svg": "<svg"}[name]):])
		for _, bad := range []string{"<script", "<img", "</title><b", "</desc><b", "\x1b", "\x00", "\u202e"} {
			if strings.Contains(s, bad) {
				t.Errorf("%s: %q is in it", name, bad)
			}
		}
	}
}

// The same request gives the same bytes.
func TestPagesAreTheSameEachTime(t *testing.T) {
	x := questions[3]
	a, b := answered(t, x), anew(t, x)
	if string(HTML(a)) != string(HTML(b)) || string(SVG(a)) != string(SVG(b)) {
		t.Error("two pages of one question differ")
	}
}

// outline is what a page is built of: its sections, headings, captions and the heads of its tables, in order.
func outline(page []byte) string {
	parts := regexp.MustCompile(`(?s)<(section class="[^"]*"|details|svg|pre|dl|(?:h[1-4]|summary|figcaption)>[^<]*|thead>` +
		`.*?</thead>)`)
	var b strings.Builder
	for _, m := range parts.FindAllSubmatch(page, -1) {
		s := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(strings.ReplaceAll(string(m[1]), "</th>", " | "), "")
		b.WriteString(strings.Replace(s, ">", ": ", 1) + "\n")
	}
	return b.String()
}

// Golden outlines of the pages in both languages; what figures and sentences they hold is the matter of the report.
func TestGoldenPages(t *testing.T) {
	for _, x := range questions[:2] {
		path := filepath.Join("testdata", x.name+".txt")
		got := outline(HTML(answered(t, x)))
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v (go test ./ui/page -update writes it)", err)
		}
		a, b := strings.Split(string(want), "\n"), strings.Split(got, "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("%s, line %d\nwant %.300s\ngot  %.300s", path, i+1, a[i], b[i])
			}
		}
		if len(a) != len(b) {
			t.Fatalf("%s: %d lines, want %d", path, len(b), len(a))
		}
	}
}

// Ten thousand points and a map of 10,000 places stay under the limit.
func TestLargeReportsStayShort(t *testing.T) {
	unraced.Skip(t)
	p := anew(t, question{lang: "en", line: questions[3].line,
		sweep: []string{"input-length=512..32k:log:100", "tpot-limit=10..100:100"}})
	d := &p.Report.Devices[0]
	for len(d.Points) < 10_000 {
		d.Points = append(d.Points, d.Points[len(d.Points)%40])
	}
	all := *p.Report.Request
	all.KeepAll = true
	p.Report.Request = &all
	if n := len(HTML(p)); n > 300_000 {
		t.Errorf("%d bytes", n)
	}
}
