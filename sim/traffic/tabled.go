package traffic

// tabled is a clock that prices decode steps, alone and beside the same piece of a prompt, once for each node of a grid
// of contexts and interpolates between them: exact where steps are linear in the context. It is not safe for concurrent
// use.
type tabled struct {
	clock Clock
	width int
	lines []line // of decode steps by sequences
	beset map[beside]*line
}

// beside is a step with one piece of a prompt, but for the contexts of its sequences.
type beside struct{ decoding, query, done int }

// line are the seconds of a step by nodes; 0: not priced yet.
type line []float64

// gridTokens is the distance of two nodes, in tokens of each sequence.
const gridTokens = 256

// mostBeset bounds the memory of a run of any length.
const mostBeset = 1 << 16

// Tabled is a clock for one run, in which many decode steps of as many sequences are priced.
func Tabled(c Clock) Clock { return &tabled{clock: c, beset: map[beside]*line{}} }

func (t *tabled) Seconds(s State) float64 {
	if t.width == 0 {
		t.width = s.Width
	}
	if s.Decoding == 0 || s.Width != t.width || s.Context < float64(s.Decoding) {
		return t.clock.Seconds(s)
	}
	switch len(s.Prompts) {
	case 0:
		for s.Decoding >= len(t.lines) {
			t.lines = append(t.lines, nil)
		}
		return t.along(&t.lines[s.Decoding], &s)
	case 1:
		p := s.Prompts[0]
		if p.Last { // hardly two prompts end alike
			break
		}
		key := beside{s.Decoding, p.Query, p.Done}
		if l := t.beset[key]; l != nil { // two nodes pay for what comes again
			return t.along(l, &s)
		}
		if len(t.beset) < mostBeset {
			t.beset[key] = new(line)
		}
	}
	return t.clock.Seconds(s)
}

// along is a step between two nodes.
func (t *tabled) along(l *line, s *State) float64 {
	each := s.Context/float64(s.Decoding) - 1
	k := int(each / gridTokens)
	if k >= mostTokens/gridTokens {
		return t.clock.Seconds(*s)
	}
	for k+1 >= len(*l) {
		*l = append(*l, 0)
	}
	for i := k; i <= k+1; i++ {
		if (*l)[i] == 0 {
			at := *s
			at.Context = float64(s.Decoding * (i*gridTokens + 1))
			(*l)[i] = t.clock.Seconds(at)
		}
	}
	low, high := (*l)[k], (*l)[k+1]
	return low + (high-low)*(each/gridTokens-float64(k))
}
