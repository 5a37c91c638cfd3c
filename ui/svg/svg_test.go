package svg

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"fathom/hw/message"
	"fathom/sim/chart"
	"fathom/sim/plan"
	"fathom/sim/report"
	"fathom/sim/sweep"
	"fathom/ui/text"
)

func pen(t testing.TB, lang string) Pen {
	t.Helper()
	c, err := text.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	return Pen{c}
}

// whole reads SVG to its end.
func whole(t *testing.T, name, s string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		_, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v\n%.400s", name, err, s)
		}
	}
}

// frontier has the points of one device on a grid that is easy to find again.
func frontier() *chart.Frontier {
	f := &chart.Frontier{Figure: chart.PerDevice, X: chart.Axis{Key: "chart.user"}, Y: chart.Axis{Key: "chart.per_device"},
		Limits: []chart.Limit{{At: 20, Label: message.New("chart.limit", "TPOT", 50.0)}}}
	f.Add(chart.Set{Device: "<D&>", Phase: "aggregation", Points: []chart.Point{
		{X: 20, Y: 400, OK: true, Label: "TP=1", Band: &report.Interval{Low: 300, High: 420}},
		{X: 60, Y: 300, OK: true, Label: "TP=2"}, {X: 100, Y: 100, OK: true, Label: "TP=8"}, {X: 50, Y: 200, OK: true},
		{X: 10, Y: 500}}})
	return f
}

// picture is a sweep of one or two knobs with a strategy that gives way to another, and places without an answer.
func picture(t testing.TB, two bool) *chart.Picture {
	t.Helper()
	q := &plan.Request{Devices: 8, InputLength: 1000, OutputLength: 500, TPOTLimit: 50}
	words := []string{"input-length=1000,2000,4000,8000"}
	if two {
		words = append(words, "tpot-limit=20,40")
	}
	axes, err := sweep.Parse(words, q)
	if err != nil {
		t.Fatal(err)
	}
	r := &sweep.Result{Request: q, Axes: axes}
	for i, x := range axes[0].Values {
		c := sweep.Cell{At: []float64{x}, Device: "D", Phase: "aggregation", Label: "TP=1 | PP=1 | DP=8",
			Throughput: 1000 / float64(i+1), Status: report.OK,
			Interval: &report.Interval{Low: 500 / float64(i+1), High: 1200 / float64(i+1)}}
		if i == 2 {
			c.Label = "TP=8 | PP=1 | DP=1"
		}
		if i == 3 {
			c = sweep.Cell{At: c.At, Device: "D", Phase: c.Phase, Status: report.OverTTFT, Reason: message.Literal("late")}
		}
		if !two {
			r.Cells = append(r.Cells, c)
			continue
		}
		for _, y := range axes[1].Values {
			c.At = []float64{x, y}
			r.Cells = append(r.Cells, c)
		}
	}
	list := chart.Of(r, chart.Throughput)
	if len(list) != 1 {
		t.Fatal(len(list))
	}
	return list[0]
}

func ladder() []report.Rung {
	up := 0.25
	return []report.Rung{{Step: report.StepReference, Throughput: 100, Label: "TP=8 | PP=1 | DP=1"},
		{Step: report.StepExhaustive}, {Step: report.StepCalibrated, Throughput: 125, Label: "TP=4 | PP=1 | DP=2",
			Range: &report.Interval{Low: 100, High: 200}, Change: &up}}
}

// Every drawing is well-formed, has words in both languages, and nothing in it is markup that was not meant.
func TestDrawingsHaveWords(t *testing.T) {
	n, p, d := 3, 4.0, 30
	ratio := &report.Ratio{Prefill: report.Row{Label: "TP=1"}, Decode: report.Row{Label: "TP=2"}, PrefillQPS: 2,
		DecodeQPS: 1, PDRatio: 0.5, PrefillInstances: &n, DecodeInstances: &d, SystemQPS: &p, Bottleneck: "decode"}
	row := &report.Row{Label: "TP=8", WeightGB: 5, KVGB: 3, ActivationGB: 1, AvailableGB: 40}
	for _, lang := range text.Languages {
		pen := pen(t, lang)
		memory, ok := pen.Memory("D", row, 10)
		pair, both := pen.Pair("D", ratio, 16, 32)
		if !ok || !both {
			t.Fatal("no drawing of memory or pairs")
		}
		list := []Chart{pen.Frontier(frontier()), pen.Sweep(picture(t, false)), pen.Sweep(picture(t, true)),
			pen.Ladder("D", ladder()), memory, pair}
		for i, c := range list {
			s := c.Inline(fmt.Sprint("c", i))
			whole(t, c.Title, s)
			if c.Desc == "" || c.Title == "" || !strings.Contains(s, `role="img"`) ||
				regexp.MustCompile(`&lt;[a-z_]+\.|\{[a-z0-9]+\}|NaN|Inf`).MatchString(s) {
				t.Errorf("%s: %q %q\n%.300s", lang, c.Title, c.Desc, s)
			}
		}
		whole(t, lang, string(File("<a&b>", list)))
	}
	if _, ok := pen(t, "en").Memory("D", &report.Row{NoMemory: true}, 0); ok {
		t.Error("memory that nobody stated is drawn")
	}
}

// What a description says is what the drawing holds.
func TestDescriptionsSayTheFigures(t *testing.T) {
	p := pen(t, "en")
	for _, x := range []struct{ desc, want string }{
		{p.Frontier(frontier()).Desc, "<D&>: 5 points, 4 within the limits. " +
			"The front goes from 20, 400 (TP=1) to 100, 100 (TP=8)."},
		{p.Sweep(picture(t, false)).Desc, "Input length 2000 to 4000: TP=1 | PP=1 | DP=8 → TP=8 | PP=1 | DP=1."},
		{p.Sweep(picture(t, false)).Desc, "The largest is 1,000 tok/s."},
		{p.Ladder("D", ladder()).Desc, "125.0 tok/s  TP=4 DP=2  +25.0%   100 to 200 in eight of ten measured runs"},
	} {
		if !strings.Contains(x.desc, x.want) {
			t.Errorf("%q is not in %q", x.want, x.desc)
		}
	}
}

// dots are the places of single points of a class, in drawing units.
func dots(s, class string) (out [][2]float64) {
	for _, path := range regexp.MustCompile(`<path class="`+class+`"[^>]* d="([^"]*)"`).FindAllStringSubmatch(s, -1) {
		for _, m := range regexp.MustCompile(`M([\d.]+) ([\d.]+)h0`).FindAllStringSubmatch(path[1], -1) {
			x, _ := strconv.ParseFloat(m[1], 64)
			y, _ := strconv.ParseFloat(m[2], 64)
			out = append(out, [2]float64{x, y})
		}
	}
	return out
}

// Points stand where their figures are: places are linear in them on both sides.
func TestPointsStandWhereTheirFiguresAre(t *testing.T) {
	got := dots(pen(t, "en").Frontier(frontier()).body, "d s0")
	// the point inside, then the front by rising X: (50, 200), (20, 400), (60, 300), (100, 100)
	want := [][2]float64{{50, 200}, {20, 400}, {60, 300}, {100, 100}}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	kx := (got[3][0] - got[1][0]) / (want[3][0] - want[1][0])
	ky := (got[3][1] - got[1][1]) / (want[3][1] - want[1][1])
	for i := range want {
		x, y := got[1][0]+kx*(want[i][0]-want[1][0]), got[1][1]+ky*(want[i][1]-want[1][1])
		if math.Abs(x-got[i][0]) > 0.2 || math.Abs(y-got[i][1]) > 0.2 || kx <= 0 || ky >= 0 {
			t.Errorf("point %d stands at %v, want %.1f %.1f", i, got[i], x, y)
		}
	}
}

// A curve has a dot for each answer, a sign where none is, and a letter where the winner changes; a map has the tiles
// of each winner, and rows of one colour are one tile.
func TestSweepsAreDrawnWhole(t *testing.T) {
	curve := pen(t, "en").Sweep(picture(t, false)).body
	if n := len(dots(curve, "d s0")) + len(dots(curve, "d s1")); n != 3 {
		t.Errorf("%d dots for 3 answers", n)
	}
	if strings.Count(curve, ">t</text>") != 2 || strings.Count(curve, ">B</text>") != 2 { // in the plot and the legend
		t.Error(curve)
	}
	tiles := pen(t, "en").Sweep(picture(t, true)).body
	if n := strings.Count(tiles, "z\"") + strings.Count(tiles, "zM"); n < 6 || n > 10 {
		t.Errorf("%d tiles for 2 rows of 4 places with 3 looks or more", n)
	}
}

// A map of many places still has letters, hatches what has no answer, and no label of a knob runs off its right edge.
func TestMapsOfManyPlaces(t *testing.T) {
	s := *picture(t, true)
	row := []chart.Place{}
	values := []float64{}
	for i := range 48 {
		row = append(row, s.Rows[0][i/12])
		values = append(values, float64(100_000+i*1000))
	}
	s.X.Values, s.Rows, s.Changes = values, [][]chart.Place{row, row}, nil
	out := pen(t, "en").Sweep(&s).body
	for _, sign := range []string{">A</text>", ">B</text>", ">t</text>"} {
		if n := strings.Count(out, `class="c o"`+sign); n != 2 {
			t.Errorf("%d letters %s for two rows", n, sign)
		}
	}
	if m := regexp.MustCompile(`<path class="no" d="([^"]*)"`).FindStringSubmatch(out); m == nil ||
		strings.Count(m[1], "M") != 24 {
		t.Errorf("the hatch of 24 places: %v", m)
	}
	for _, m := range regexp.MustCompile(`<text x="([0-9.]+)" y="[0-9.]+" class="m c">([^<]*)<`).FindAllStringSubmatch(out, -1) {
		x, _ := strconv.ParseFloat(m[1], 64)
		if x+3.6*float64(len(m[2])) > plotW {
			t.Errorf("%s at %v is clipped", m[2], x)
		}
	}
}

var colour = regexp.MustCompile(`--([a-z]+\d?):#([0-9a-f]{6})`)

// Text keeps a contrast of 4.5 on its ground (WCAG 2.1, 1.4.3): on paper and panel, and ink on the strongest tile.
func TestContrast(t *testing.T) {
	light, dark, _ := strings.Cut(Style, "@media")
	for name, css := range map[string]string{"light": light, "dark": dark} {
		c := map[string][3]float64{}
		for _, m := range colour.FindAllStringSubmatch(css, -1) {
			v, _ := strconv.ParseUint(m[2], 16, 32)
			c[m[1]] = [3]float64{float64(v >> 16), float64(v >> 8 & 255), float64(v & 255)}
		}
		if len(c) != 5+hues {
			t.Fatalf("%s: %d colours", name, len(c))
		}
		for _, ground := range []string{"paper", "panel"} {
			for text := range c {
				if text != "paper" && text != "panel" && text != "line" {
					if k := contrast(c[text], c[ground]); k < 4.5 {
						t.Errorf("%s: %s on %s has a contrast of %.2f", name, text, ground, k)
					}
				}
			}
		}
		for i := range hues {
			h, paper := c[fmt.Sprint("h", i)], c["paper"]
			var tile [3]float64
			for k := range tile {
				tile[k] = strongest*h[k] + (1-strongest)*paper[k]
			}
			if k := contrast(c["ink"], tile); k < 4.5 {
				t.Errorf("%s: ink on a tile of h%d has a contrast of %.2f", name, i, k)
			}
		}
	}
}

func contrast(a, b [3]float64) float64 {
	lum := func(c [3]float64) float64 {
		var l float64
		for i, w := range []float64{.2126, .7152, .0722} {
			v := c[i] / 255
			if v <= .03928 {
				v /= 12.92
			} else {
				v = math.Pow((v+.055)/1.055, 2.4)
			}
			l += w * v
		}
		return l
	}
	x, y := lum(a), lum(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}
