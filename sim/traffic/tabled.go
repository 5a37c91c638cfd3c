package traffic

// tabled is a clock that prices decode steps once for each node of a grid of contexts and interpolates between them,
// which is exact where they are linear. It is not safe for concurrent use.
type tabled struct {
	clock Clock
	width int
	lines [][]float64 // seconds by sequences and node; 0: not priced yet
}

// gridTokens is the distance of two nodes, in tokens of each sequence.
const gridTokens = 256

// Tabled is a clock for one run, in which many decode steps of as many sequences are priced.
func Tabled(c Clock) Clock { return &tabled{clock: c} }

func (t *tabled) Seconds(s State) float64 {
	if len(s.Prompts) > 0 || s.Decoding == 0 || t.width != 0 && s.Width != t.width {
		return t.clock.Seconds(s)
	}
	t.width = s.Width
	each := s.Context/float64(s.Decoding) - 1
	k := int(each / gridTokens)
	if each < 0 || k >= mostTokens/gridTokens {
		return t.clock.Seconds(s)
	}
	low, high := t.node(&s, k), t.node(&s, k+1)
	return low + (high-low)*(each/gridTokens-float64(k))
}

// node is the price of a step whose sequences have so many distances of context.
func (t *tabled) node(s *State, k int) float64 {
	for s.Decoding >= len(t.lines) {
		t.lines = append(t.lines, nil)
	}
	line := t.lines[s.Decoding]
	for k >= len(line) {
		line = append(line, 0)
	}
	if line[k] == 0 {
		at := *s
		at.Context = float64(s.Decoding * (k*gridTokens + 1))
		line[k] = t.clock.Seconds(at)
	}
	t.lines[s.Decoding] = line
	return line[k]
}
