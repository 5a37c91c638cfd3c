package trace

import (
	"hash/fnv"
	"io"
	"math"
	"math/bits"
	"math/rand/v2"
	"strconv"
	"sync/atomic"

	"fathom/hw/message"
	"fathom/sim/prefix"
	"fathom/sim/traffic"
)

// Options say how a file is played. The zero value plays all of it at its own pace.
type Options struct {
	Format   Format
	Scale    float64 // times the rate; 0: 1
	From, To float64 // seconds of the file's own time after its first row; To 0: to the end
	Rate     float64 // requests per second of a file without times, at random; 0: such a file is refused
	Seed     uint64
	Stopped  *atomic.Bool // set: reading gives up with traffic.ErrStopped; nil: nobody will
}

// Summary is what was read, and what was left out.
type Summary struct {
	Format    Format
	Rows      int     // read
	Played    int     // given as calls
	Empty     int     // without a prompt or an answer: requests that failed where they were recorded
	Outside   int     // of the window, before it
	Reordered int     // that stood after a later one
	Gap       float64 // seconds of the file: the longest time without a request
	GapLine   int     // that it ends with
	Seconds   float64 // of the file, from its first row to the latest that was played
	Untimed   bool    // the file has no times: they were drawn
	Epoch     float64 // seconds of one of its times, where they are so large that they count from 1970; 0: they are not
	Input     float64 // mean tokens of the calls
	Output    float64
}

// slack is how many rows are held back to be put in order; recorded files have a request or two in the wrong place.
const slack = 4096

// blockOf is how many tokens a block of a prompt's hash ids has: the power of two with which so many ids cover it, 512
// in Mooncake's files, 16 in Qwen's (https://github.com/alibaba-edu/qwen-bailian-usagetraces-anon). Of a prompt of one
// block it is at least what the prompt has.
func blockOf(tokens int64, ids int) int32 {
	each := (tokens + int64(ids) - 1) / int64(ids)
	return int32(1) << bits.Len64(uint64(max(1, each)-1))
}

// mostTokens bounds a prompt and an answer.
const mostTokens = 1 << 24

// Trace is a file as a source of calls.
type Trace struct {
	rows    rows
	options Options
	sum     Summary
	random  *rand.Rand
	begin   float64 // time of the first row
	begun   bool
	latest  float64 // time of the latest row that was given
	largest float64 // of the rows that were read
	held    []*row  // a heap by time, then line
	spare   []*row
	end     bool
	chain   []prefix.Span
}

// Open reads the beginning of a text. Errors name the line, the value and the fix.
func Open(r io.Reader, o Options) (*Trace, error) {
	switch {
	case o.Scale < 0 || math.IsNaN(o.Scale) || o.Scale > 1e9:
		return nil, message.Fault("trace.bad-scale", o.Scale)
	case !(o.From >= 0) || o.To != 0 && !(o.To > o.From):
		return nil, message.Fault("trace.bad-window", o.From, o.To)
	}
	if o.Scale == 0 {
		o.Scale = 1
	}
	list, f, err := open(r, o.Format)
	if err != nil {
		return nil, err
	}
	return &Trace{rows: list, options: o, sum: Summary{Format: f}, random: rand.New(rand.NewPCG(o.Seed, 0x74726163)),
		largest: math.Inf(-1)}, nil
}

// Summary is what has been read so far.
func (t *Trace) Summary() Summary {
	s := t.sum
	s.Input, s.Output = s.Input/math.Max(1, float64(s.Played)), s.Output/math.Max(1, float64(s.Played))
	return s
}

// Next gives the next request in order of time, its time counted from the start of the window.
func (t *Trace) Next(c *traffic.Call) (bool, error) {
	for {
		for !t.end && len(t.held) < slack {
			if err := t.read(); err != nil {
				return false, err
			}
		}
		if len(t.held) == 0 {
			if t.sum.Rows == 0 {
				return false, message.Fault("trace.empty")
			}
			return false, nil
		}
		q := t.pop()
		t.spare = append(t.spare, q)
		if !t.begun {
			t.begun, t.begin, t.latest = true, q.at, q.at
		}
		since := q.at - t.begin
		switch o := &t.options; {
		case since < o.From:
			t.sum.Outside++
			t.sum.Seconds = since
			t.latest = q.at
			continue
		case o.To > 0 && since >= o.To:
			t.held, t.end = t.held[:0], true
			return false, nil
		}
		if gap := q.at - t.latest; gap > t.sum.Gap {
			t.sum.Gap, t.sum.GapLine = gap, q.line
		}
		t.latest = q.at
		t.sum.Played++
		t.sum.Seconds = since
		t.sum.Input += float64(q.input)
		t.sum.Output += float64(q.output)
		*c = traffic.Call{At: (since - t.options.From) / t.options.Scale, Input: int32(q.input), Output: int32(q.output),
			Row: q.line, Chain: t.chained(q)}
		return true, nil
	}
}

// read takes in one row that can be played.
func (t *Trace) read() error {
	if t.sum.Rows%1024 == 0 && t.options.Stopped != nil && t.options.Stopped.Load() {
		return traffic.ErrStopped
	}
	q := &row{}
	if n := len(t.spare); n > 0 {
		q, t.spare = t.spare[n-1], t.spare[:n-1]
	}
	switch err := t.rows.next(q); {
	case err == io.EOF:
		t.end = true
		return nil
	case err != nil:
		return err
	}
	t.sum.Rows++
	switch {
	case q.input < 0 || q.input > mostTokens:
		return message.Fault("trace.bad-count", q.line, named[input][0], strconv.FormatInt(q.input, 10))
	case q.output < 0 || q.output > mostTokens:
		return message.Fault("trace.bad-count", q.line, named[output][0], strconv.FormatInt(q.output, 10))
	}
	if err := t.timed(q); err != nil {
		return err
	}
	if q.input == 0 || q.output == 0 {
		t.sum.Empty++
		t.spare = append(t.spare, q)
		return nil
	}
	t.push(q)
	return nil
}

// epochs are times that cannot be seconds, and what one of them is in seconds: those after the year 5138 count in
// smaller units since 1970.
var epochs = []struct{ from, seconds float64 }{{1e17, 1e-9}, {1e14, 1e-6}, {1e11, 1e-3}}

// timed holds the time of a row against those before it.
func (t *Trace) timed(q *row) error {
	if t.sum.Rows == 1 {
		for _, e := range epochs {
			if q.at >= e.from && q.at < 1e3*e.from {
				t.sum.Epoch = e.seconds
				break
			}
		}
	}
	if t.sum.Epoch > 0 {
		q.at *= t.sum.Epoch
	}
	if math.IsNaN(q.at) {
		if t.sum.Rows > 1 && !t.sum.Untimed {
			return message.Fault("trace.bad-time", q.line, "")
		}
		if t.options.Rate <= 0 {
			return message.Fault("trace.no-times")
		}
		t.sum.Untimed = true
		q.at = math.Max(t.largest, 0) + t.random.ExpFloat64()/t.options.Rate
	}
	switch {
	case q.at < 0:
		return message.Fault("trace.negative-time", q.line, strconv.FormatFloat(q.at, 'g', -1, 64))
	case q.at > 1e12:
		return message.Fault("trace.bad-time", q.line, strconv.FormatFloat(q.at, 'g', -1, 64))
	case t.begun && q.at < t.latest:
		return message.Fault("trace.unsorted", q.line, t.latest-q.at, slack)
	case q.at < t.largest:
		t.sum.Reordered++
	}
	t.largest = math.Max(t.largest, q.at)
	return nil
}

// chained is what a prompt may have in common with others: its blocks, or the conversation that it goes on with.
func (t *Trace) chained(q *row) []prefix.Span {
	t.chain = t.chain[:0]
	left := int32(q.input)
	if len(q.blocks) > 0 {
		block := blockOf(q.input, len(q.blocks))
		for _, id := range q.blocks {
			if left <= 0 {
				break
			}
			t.chain = append(t.chain, prefix.Span{Key: id, Tokens: min(left, block)})
			left -= block
		}
	}
	if len(q.blocks) == 0 && q.session != "" {
		h := fnv.New64a()
		_, _ = io.WriteString(h, q.session)
		t.chain = append(t.chain, prefix.Span{Key: h.Sum64(), Tokens: int32(q.input), Grows: true})
	}
	return t.chain
}

func before(a, b *row) bool { return a.at < b.at || a.at == b.at && a.line < b.line }

func (t *Trace) push(q *row) {
	t.held = append(t.held, q)
	for i := len(t.held) - 1; i > 0 && before(t.held[i], t.held[(i-1)/2]); i = (i - 1) / 2 {
		t.held[i], t.held[(i-1)/2] = t.held[(i-1)/2], t.held[i]
	}
}

func (t *Trace) pop() *row {
	top, last := t.held[0], len(t.held)-1
	t.held[0] = t.held[last]
	t.held = t.held[:last]
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if before(t.held[child], t.held[least]) {
				least = child
			}
		}
		if least == i {
			return top
		}
		t.held[i], t.held[least] = t.held[least], t.held[i]
		i = least
	}
}
