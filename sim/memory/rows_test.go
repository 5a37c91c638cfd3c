package memory

import (
	"bufio"
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"

	"fathom/sim/geometry"
	"fathom/sim/model"
	"fathom/sim/plan"
)

// row is one line of testdata/passes.tsv: a pass as the reference tool was asked for it, and the memory that it
// reported.
type row struct {
	model, flags string
	strategy     plan.Strategy
	quant        plan.Quant
	options      plan.Options
	mtp          int
	batch        Batch

	weight, kv, activation, perToken float64 // bytes
}

const gib = 1 << 30

func readRows(t *testing.T) []row {
	t.Helper()
	f, err := os.Open("testdata/passes.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []row
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		cells := strings.Split(lines.Text(), "\t")
		if len(cells) != 6 {
			t.Fatalf("line %q has %d columns", lines.Text(), len(cells))
		}
		r := row{model: cells[0], flags: cells[1]}
		for i, to := range []*float64{&r.weight, &r.kv, &r.activation, &r.perToken} {
			v, err := strconv.ParseFloat(cells[2+i], 64)
			if err != nil {
				t.Fatal(err)
			}
			*to = v * gib
		}
		r.parse(t)
		rows = append(rows, r)
	}
	if lines.Err() != nil || len(rows) == 0 {
		t.Fatalf("%d rows, %v", len(rows), lines.Err())
	}
	return rows
}

// parse reads the flags as text_generate does: requests are those of the whole instance, every DP rank gets the
// ceiling.
func (r *row) parse(t *testing.T) {
	t.Helper()
	m := find(t, r.model)
	set := flag.NewFlagSet(r.model, flag.ContinueOnError)
	number := func(name string, value int) *int { return set.Int(name, value, "") }
	devices, tp, ep, moeDP := number("num-devices", 1), number("tp-size", 1), number("ep-size", 1),
		number("moe-dp-size", 1)
	requests, query, context := number("num-queries", 1), number("query-length", 1), number("context-length", 0)
	mtp := number("num-mtp-tokens", 0)
	images, height, width := number("image-batch-size", 0), number("image-height", 0), number("image-width", 0)
	linear := set.String("quantize-linear-action", "", "")
	attention := set.String("quantize-attention-action", "", "")
	decode := set.Bool("decode", false, "")
	compile := set.Bool("compile", false, "")
	if err := set.Parse(strings.Fields(r.flags)); err != nil {
		t.Fatal(err)
	}
	r.mtp = *mtp
	r.strategy = plan.Strategy{TP: *tp, PP: 1, DP: *devices / *tp}
	if m.MoE() {
		r.strategy.EP, r.strategy.MoEDP = *ep, *moeDP
		r.strategy.MoETP = *devices / (*ep * *moeDP)
	}
	for a := range plan.NumLinearActions {
		if a.String() == *linear {
			r.quant.Linear = a
		}
	}
	for a := range plan.NumAttentionActions {
		if a.String() == *attention {
			r.quant.Attention = a
		}
	}
	r.options.Compile = *compile
	new, total := *query, *query+*context
	if *images > 0 {
		added := m.Vision.Tokens(*images, *height, *width)
		total += added
		if !*decode {
			new += added
		}
	}
	n := ceil(*requests, r.strategy.DP)
	r.batch = Batch{Decode: *decode, Images: *images > 0, Requests: n, Tokens: n * new, Total: n * total, Longest: total}
	if *images > 0 && !*decode {
		rows, cols := m.Vision.Grid(*height, *width)
		r.batch.Patches = n * *images * rows * cols
	}
}

var found = map[string]*model.Model{}

func find(t testing.TB, name string) *model.Model {
	t.Helper()
	if m := found[name]; m != nil {
		return m
	}
	m, err := model.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	found[name] = m
	return m
}

func (r row) ranks(t *testing.T) []Rank {
	return ranks(t, find(t, r.model), r.strategy, r.quant, r.options, r.mtp)
}

func (r row) String() string { return r.model + " " + r.flags }

// ranks are those of a model in the reference tool's formats.
func ranks(t testing.TB, m *model.Model, s plan.Strategy, q plan.Quant, o plan.Options, mtp int) []Rank {
	t.Helper()
	g, err := geometry.New(m, s, false)
	if err != nil {
		t.Fatal(err)
	}
	out, err := NewRanks(g, Setting{Formats: ReferenceFormats(q, m), Quant: q, Options: o, MTP: mtp,
		Replayed: true})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func rank(t testing.TB, m *model.Model, s plan.Strategy, q plan.Quant) *Rank {
	t.Helper()
	return &ranks(t, m, s, q, compiled, 0)[0]
}
