package field

import (
	"slices"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/sim/expert"
	"fathom/sim/model"
	"fathom/sim/plan"
	"fathom/sim/report"
)

// tokens writes a value as the words of a flag. NAME=PRICE and NAME=N pairs hold both words and numbers.
func (v Value) tokens() []string {
	var out []string
	switch {
	case len(v.Words) > 0 && len(v.Floats) == len(v.Words):
		for i, w := range v.Words {
			out = append(out, w+"="+decimal(v.Floats[i]))
		}
	case len(v.Words) > 0 && len(v.Ints) == len(v.Words):
		for i, w := range v.Words {
			if v.Ints[i] > 0 {
				w += "=" + strconv.Itoa(v.Ints[i])
			}
			out = append(out, w)
		}
	case len(v.Words) > 0:
		out = append(out, v.Words...)
	case len(v.Ints) > 0:
		for _, n := range v.Ints {
			out = append(out, strconv.Itoa(n))
		}
	case len(v.Floats) > 0:
		for _, x := range v.Floats {
			out = append(out, decimal(x))
		}
	case v.On:
		out = append(out, "on")
	}
	return out
}

// text writes words as an answer: a single value as it stands, several quoted where they need it.
func (f *Field) text(words []string) string {
	if f.Arity == One && len(words) == 1 {
		return words[0]
	}
	return Join(words)
}

// decimal is the shortest text that reads back as the same number, without an exponent.
func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// flag gives the words behind a field's flag, and whether the flag belongs on a command line: it has an answer that
// differs from what its absence means.
func (r *Reading) flag(id ID) (words []string, set bool) {
	f := &Table[id]
	if !r.Given(id) {
		return nil, false
	}
	words = r.Values[id].tokens()
	if f.Default.Given() {
		v, _ := f.Parse(f.Default.Text)
		if slices.Equal(words, v.tokens()) && v.On == r.Values[id].On {
			return nil, false
		}
	}
	if f.Arity == One && len(words) == 0 { // left to the search
		return nil, false
	}
	if f.Arity == None || f.Arity == Any && slices.Equal(words, []string{"on"}) {
		words = nil
	}
	return words, true
}

// Args writes the answers as arguments: the model, then the flags in the order of the table. ours adds the flags that
// the reference tool does not have.
func (r *Reading) Args(ours bool) []string {
	var out []string
	if m := r.Word(Model); m != "" {
		if r.Model != nil {
			m = r.Model.Name
		}
		if strings.HasPrefix(m, "-") {
			m = "--model-id=" + m
		}
		out = append(out, m)
	}
	switch r.Mode {
	case plan.Disaggregation:
		out = append(out, "--"+flagDisagg)
	case plan.PDRatio:
		out = append(out, "--"+flagPDRatio)
	}
	skip := r.silenced()
	skip[Device] = ours && r.paired()
	for id := range NumIDs {
		f := &Table[id]
		if w := r.Workload(); w != nil && !ours && (id == InputLength || id == OutputLength) { // it has one length
			in, tokens := w.Lengths()
			if id == OutputLength {
				in = tokens
			}
			out = append(out, flagWords(f, []string{strconv.Itoa(in)})...)
			continue
		}
		if id == Model || f.Flag == "" || f.Ours && !ours || skip[id] {
			continue
		}
		if words, set := r.flag(id); set {
			if !ours && (id == Linear || id == NonExpert) {
				words = r.theirs(words)
			}
			if !ours && (id == TTFT || id == TPOT) { // it knows means alone
				words = []string{decimal(r.Float(id))}
			}
			out = append(out, flagWords(f, words)...)
		}
	}
	return out
}

// theirs are the actions of the reference tool that come nearest to ones that only we have.
func (r *Reading) theirs(words []string) []string {
	out := slices.Clone(words)
	for i, w := range out {
		if a, ok := plan.Action(w, plan.NumLinearActions); ok {
			out[i] = a.Nearest(r.Model).String()
		}
	}
	return out
}

// flagWords is a flag with its values; one that begins with a dash is tied to its flag, lest it be read as a flag
// itself.
func flagWords(f *Field, words []string) []string {
	if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, "-") }) {
		return append([]string{"--" + f.Flag}, words...)
	}
	var out []string
	for _, w := range words {
		out = append(out, "--"+f.Flag+"="+w)
	}
	return out
}

// silenced are the fields whose answers stand but do not count: the other phase's limit, a hit rate while the cache is
// off. Recommended quantisation is written out, never implied.
func (r *Reading) silenced() (skip [NumIDs]bool) {
	for id, m := range members {
		skip[id] = m.applies != nil && !m.applies(r)
	}
	return skip
}

// Command is the exact argument vector that the reference tool would be given.
func Command(q *plan.Request) []string {
	own := *q
	own.Speculation = plan.Speculation{} // it knows MTP by rates, and draft models by flags of its own
	a := FromRequest(&own)
	return append([]string{"python", "-m", referenceModule}, Read(&a, catalogOf(q)).Args(false)...)
}

// Again is the command that answers a request again: the reference tool's, or our own where it has no such profile.
func Again(q *plan.Request) []string {
	if len(q.Foreign()) > 0 {
		return PlanCommand(FromRequest(q), *catalogOf(q))
	}
	return Command(q)
}

const referenceModule = "cli.inference.throughput_optimizer"

// FathomCommand is our own command for the same answers, with the flags that only we have.
func FathomCommand(a Answers, c Catalog) []string {
	r := Read(&a, &c)
	if r.Given(Quantization) && r.Word(Quantization) != quantCustom {
		q := r.Quant()
		a[Linear], a[Attention] = byQuant(q.Linear.String()), byQuant(q.Attention.String())
		r = Read(&a, &c)
	}
	return append([]string{"fathom"}, r.Args(true)...)
}

// PlanCommand is FathomCommand without a screen and without how the answer is printed: it gives the same figures.
func PlanCommand(a Answers, c Catalog) []string {
	for _, id := range []ID{Format, Output, CopyText, Manifest, Overwrite, Sweep, Sensitivity, Frontier, Overlaid, Lang,
		ASCII, Accessible, NoColor, Config} {
		a[id] = Answer{}
	}
	argv := FathomCommand(a, c)
	return append([]string{argv[0], "plan"}, argv[1:]...)
}

// Commands writes into a report what the reference tool and fathom would be given for its request; one without a
// request stays as it is.
func Commands(r *report.Report) {
	if q := r.Request; q != nil && q.Model != nil {
		r.Command, r.Ours = Shell(Command(q)), Shell(PlanCommand(FromRequest(q), *catalogOf(q)))
	}
}

func byQuant(text string) Answer { return Answer{Text: text, Source: Recommended} }

// catalogOf is a catalog that knows what the request knows.
func catalogOf(q *plan.Request) *Catalog {
	c := &Catalog{}
	if q.Model != nil {
		c.Models = map[string]*model.Model{q.Model.Name: q.Model}
	}
	if m := q.Speculation.Model; m != nil {
		c.Models = with(c.Models, m.Name, m)
	}
	c.Profiles = hw.ListOf(q.Profiles...)
	if w := q.Workload; w != nil {
		c.Workloads = map[string]*plan.Workload{w.Name: w}
	}
	if f := q.Experts.File; f != "" {
		c.Loads = map[string]*expert.Load{f: &q.Experts}
	}
	if q.InputFile != "" {
		c.Lengths = map[string][]plan.Bin{q.InputFile: q.Distribution}
	}
	return c
}

// Shell writes an argument vector as one line for a POSIX shell.
func Shell(argv []string) string { return Join(argv) }

// Wrap writes it in lines of at most width cells where flags allow, joined by backslashes.
func Wrap(argv []string, width int) string {
	var b strings.Builder
	col := 0
	for i := 0; i < len(argv); {
		j := i + 1 // a flag keeps its values on its line, the program its model
		for j < len(argv) && !strings.HasPrefix(argv[j], "--") {
			j++
		}
		part := Join(argv[i:j])
		switch {
		case i == 0:
		case col+1+len(part)+2 > width:
			b.WriteString(" \\\n  ")
			col = 2
		default:
			b.WriteByte(' ')
			col++
		}
		b.WriteString(part)
		col += len(part)
		i = j
	}
	return b.String()
}
