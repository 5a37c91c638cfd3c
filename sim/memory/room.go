package memory

import "math"

// Room is what the caches of requests find on the fullest rank of a deployment, and what requests take of it, in bytes.
type Room struct {
	Weights    float64
	Left       float64 // for caches and states; below 0 the weights do not fit
	PerToken   float64 // of a token in the layers that keep all of them
	PerRequest float64 // of a request, however short it is: recurrent states and rings
	Windows    []Window
	DP         int // attention ranks of the deployment, each with requests of its own
}

// Window is what layers keep that attend to the newest tokens alone.
type Window struct {
	Reach    int
	PerToken float64
}

// Endless is the room of a model that keeps nothing of a request.
const Endless = math.MaxInt32

// NewRoom is the room that is left of a capacity after weights and a reserve, on the stage that holds the fewest
// requests of so many tokens.
func NewRoom(ranks []Rank, capacity, reserved float64, dp, tokens int) (least Room) {
	fewest := math.Inf(1)
	for i := range ranks {
		r := ranks[i].room(capacity-reserved, dp)
		if n := r.Left / math.Max(1, r.Request(tokens)); n < fewest {
			least, fewest = r, n
		}
	}
	return least
}

func (r *Rank) room(capacity float64, dp int) Room {
	out := Room{Weights: r.weight, Left: capacity - r.weight, PerRequest: r.state, DP: max(1, dp)}
	for i := range r.caches {
		c := &r.caches[i]
		each := c.bytes / float64(c.factor)
		out.PerRequest += each * float64(c.ring)
		switch {
		case c.ratio == 0:
		case c.reach > 0:
			out.Windows = append(out.Windows, Window{c.reach, each / float64(c.ratio)})
		default:
			out.PerToken += each / float64(c.ratio)
		}
	}
	return out
}

// Beside is the room that is left with another model on the rank, which keeps every request, too.
func (r Room) Beside(other Room) Room {
	r.Weights, r.Left = r.Weights+other.Weights, r.Left-other.Weights
	r.PerToken, r.PerRequest = r.PerToken+other.PerToken, r.PerRequest+other.PerRequest
	r.Windows = append(r.Windows[:len(r.Windows):len(r.Windows)], other.Windows...)
	return r
}

// Request is what one request of so many tokens keeps on the rank.
func (r *Room) Request(tokens int) float64 {
	bytes := r.PerToken*float64(tokens) + r.PerRequest
	for _, w := range r.Windows {
		bytes += w.PerToken * float64(min(tokens, w.Reach))
	}
	return bytes
}

// Tokens is the room of all ranks in tokens of requests of so many; 0: nothing is left. Windows and states make a token
// of a long request take less than one of a short one.
func (r *Room) Tokens(of int) int {
	if r.Left <= 0 {
		return 0
	}
	each := r.Request(of) / float64(max(1, of))
	if each <= 0 {
		return Endless
	}
	return int(math.Min(r.Left/each, Endless)) * r.DP
}
