package traffic

// frontEnd is the process of a replica that reads requests and streams their tokens, one piece of work after the other.
// While the devices bring more messages than it sends, what it has left grows, and clients see tokens later than they
// are made.
type frontEnd struct {
	free float64 // when it has done all that it was given
	out  float64 // when a client has the tokens of the latest step
}

// work gives it something to do at a time and says when that is done. Without work it is no obstacle.
func (f *frontEnd) work(at, seconds float64) float64 {
	if seconds > 0 {
		f.free = max(f.free, at) + seconds
		return f.free
	}
	return at
}

// message is what the front end needs for the tokens of one step of one sequence; those of several steps may go
// together.
func (e *Engine) message() float64 { return e.Stream / float64(max(1, e.Interval)) }

// shown books the messages of so many sequences in each of so many equal steps, of which the first and the last end at
// the given times. Work that comes evenly is done a step after the last one came, or, where it
// comes faster than it is done, after all of it.
func (r *replica) shown(sequences, steps int, first, last float64) {
	r.web.out = last
	one := r.engine.message() * float64(sequences)
	if one <= 0 || r.handsOff {
		return
	}
	r.web.free = max(last+one, max(r.web.free, first)+float64(steps)*one)
	r.web.out = r.web.free
}

// read is when a request that comes at a time has been read.
func (r *replica) read(q *request, at float64) float64 {
	return r.web.work(at, r.engine.Read*float64(q.input))
}
