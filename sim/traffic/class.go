package traffic

import (
	"math/rand/v2"

	"fathom/hw/message"
)

// Bin is one bin of a distribution of lengths; Weight need not be normalised.
type Bin struct {
	Min, Max int // tokens, Min <= length < Max
	Weight   float64
}

// Limits are what one request has to keep to, in seconds; 0 is no limit.
type Limits struct{ TTFT, TPOT, E2E float64 }

// Class is a kind of request in a load that mixes several.
type Class struct {
	Name          string
	Share         float64 // of the requests; shares need not add up to 1
	Input, Output []Bin   // in order of length
	// Prefix is how many tokens the requests of a group begin with alike, such as a system prompt, Groups how many
	// such beginnings there are; 0: one. All but the first request of a group find it in the prefix cache.
	Prefix, Groups int
	Cached         float64 // share of every prompt that the prefix cache holds, at least; 0 up to 1
	Priority       int     // 0 is served first
	Limits         Limits
}

// Bounds of a mix.
const (
	mostClasses    = 64
	mostPriorities = 16
	mostGroups     = 1 << 20
)

// Block is how many tokens a prefix cache keeps together: a beginning is found in whole blocks (vLLM's block_size).
const Block = 16

func (c *Class) check() error {
	if err := c.wrong(); err != nil {
		return message.Fault("play.of", message.New("play.class", c.Name), err)
	}
	return nil
}

func (c *Class) wrong() error {
	switch {
	case !(c.Share > 0 && c.Share <= 1e9):
		return notFrom("play.share", c.Share, 0, 1e9)
	case c.Priority < 0 || c.Priority >= mostPriorities:
		return notFrom("play.priority", c.Priority, 0, mostPriorities-1)
	case !(c.Cached >= 0 && c.Cached < 1):
		return notBelow("play.cached", c.Cached, 0, 1)
	case c.Prefix < 0 || c.Prefix > mostTokens:
		return notFrom("play.prefix", c.Prefix, 0, mostTokens)
	case c.Groups < 0 || c.Groups > mostGroups:
		return notFrom("play.groups", c.Groups, 0, mostGroups)
	}
	for _, d := range []struct {
		name string
		bins []Bin
	}{{"play.input", c.Input}, {"play.output", c.Output}} {
		if len(d.bins) == 0 {
			return message.Fault("play.no-lengths", message.New(d.name))
		}
		for _, b := range d.bins {
			if b.Min < 0 || b.Max <= b.Min || b.Max > mostTokens || !(b.Weight > 0 && b.Weight <= 1e100) {
				return message.Fault("play.bin", message.New(d.name), b.Min, b.Max, b.Weight, mostTokens)
			}
		}
	}
	return nil
}

// Mean is the mean of a distribution, in tokens; no length is below 1.
func Mean(bins []Bin) float64 {
	var sum, weight float64
	for _, b := range bins {
		low := max(1, b.Min)
		sum += b.Weight * float64(low+max(low, b.Max-1)) / 2
		weight += b.Weight
	}
	return sum / weight
}

// Longest is the longest length that a distribution gives.
func Longest(bins []Bin) (tokens int) {
	for _, b := range bins {
		tokens = max(tokens, b.Max-1, 1)
	}
	return tokens
}

// cumulative turns weights into the ends of intervals of 0 to 1.
func cumulative(n int, weight func(int) float64) []float64 {
	ends := make([]float64, n)
	var sum float64
	for i := range ends {
		sum += weight(i)
		ends[i] = sum
	}
	for i := range ends {
		ends[i] /= sum
	}
	ends[n-1] = 1
	return ends
}

// at is the interval that a number from 0 up to 1 falls into.
func at(ends []float64, x float64) int {
	low, high := 0, len(ends)-1
	for low < high {
		if mid := (low + high) / 2; x < ends[mid] {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}

// mix draws requests of classes.
type mix struct {
	classes       []Class
	shares        []float64
	input, output [][]float64
	seen          []map[int]bool // groups of a class that had a request
}

func newMix(classes []Class) *mix {
	m := &mix{classes: classes, shares: cumulative(len(classes), func(i int) float64 { return classes[i].Share })}
	for i := range classes {
		c := &classes[i]
		m.input = append(m.input, cumulative(len(c.Input), func(i int) float64 { return c.Input[i].Weight }))
		m.output = append(m.output, cumulative(len(c.Output), func(i int) float64 { return c.Output[i].Weight }))
		m.seen = append(m.seen, map[int]bool{})
	}
	return m
}

// draw fills in class, lengths and what the prefix cache holds. The number and order of the draws is the same for every
// class.
func (m *mix) draw(random *rand.Rand, q *request) {
	k := at(m.shares, random.Float64())
	c := &m.classes[k]
	q.class, q.priority = uint8(k), uint8(c.Priority)
	q.input = within(random, c.Input[at(m.input[k], random.Float64())])
	q.output = within(random, c.Output[at(m.output[k], random.Float64())])
	group := random.IntN(max(1, c.Groups))
	q.cached = int32(float64(q.input) * c.Cached)
	if c.Prefix == 0 {
		return
	}
	if m.seen[k][group] {
		q.cached = max(q.cached, int32(min(c.Prefix, int(q.input)-1)/Block*Block))
	}
	m.seen[k][group] = true
}

// within draws uniformly from the lengths of a bin.
func within(random *rand.Rand, b Bin) int32 {
	return int32(max(1, b.Min+random.IntN(b.Max-b.Min)))
}

// largest are the longest lengths that the classes give.
func (l *Load) largest() (input, output int) {
	for i := range l.Classes {
		c := &l.Classes[i]
		input, output = max(input, Longest(c.Input)), max(output, Longest(c.Output))
	}
	return input, output
}

// limits are those of a request.
func (l *Load) limits(q *request) *Limits {
	if len(l.Classes) > 0 {
		return &l.Classes[q.class].Limits
	}
	return &l.Limits
}

// Outcome is what became of one request; times in seconds of the run.
type Outcome struct {
	Class                int
	Arrival, First, Last float64 // sent, first token seen, last token
	Input, Output        int     // tokens
}

// TTFT is the time to the first token.
func (o *Outcome) TTFT() float64 { return o.First - o.Arrival }

// TPOT is the mean time between the tokens after the first; 0 for one token.
func (o *Outcome) TPOT() float64 {
	if o.Output < 2 {
		return 0
	}
	return (o.Last - o.First) / float64(o.Output-1)
}

// E2E is the time to the last token.
func (o *Outcome) E2E() float64 { return o.Last - o.Arrival }

// Within reports a request that keeps to all limits.
func (o *Outcome) Within(l Limits) bool {
	keeps := func(v, limit float64) bool { return limit <= 0 || v <= limit }
	return keeps(o.TTFT(), l.TTFT) && keeps(o.TPOT(), l.TPOT) && keeps(o.E2E(), l.E2E)
}

// ClassResult is what the requests of one class met.
type ClassResult struct {
	Name            string
	Requests        int
	Output          float64 // tokens per second over the run
	TTFT, TPOT, E2E Stat
	Goodput         float64 // share of its requests within all its limits
	Noise           Noise
}
