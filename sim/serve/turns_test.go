package serve

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Blocks hold the groups that a plain queue holds, in its order, whatever is queued and served; so the figures of a
// schedule are the same to the last bit.
func TestTurnsHoldThePlainQueue(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		var q turns
		var plain runs
		requests := 0
		for range 400 {
			if random.IntN(3) == 0 {
				r := run{state: 1 + random.IntN(40), n: 1 + random.IntN(3)}
				q.push(r)
				plain.pushBack(r)
				requests += r.n
			}
			if requests == 0 {
				continue
			}
			least := plain.at(0).state
			for i := range plain.size {
				least = min(least, plain.at(i).state)
			}
			if got := q.least(); got != least {
				t.Fatalf("least %d, want %d", got, least)
			}
			var want []run
			s := schedule{e: &Evaluator{turns: q}}
			answers := 1 + random.IntN(requests)
			for left := answers; left > 0; {
				r := plain.take(left)
				left -= r.n
				if r.state--; r.state > 0 {
					plain.pushBack(r)
				} else {
					want = append(want, r)
				}
			}
			s.serveTurns(answers, 1)
			q = s.e.turns
			for _, r := range want {
				requests -= r.n
			}
			held := q.copied(nil)
			var groups []run
			for i := range plain.size {
				groups = append(groups, *plain.at(i))
			}
			if !slices.Equal(held, groups) || !q.equals(groups) || s.running != -ends(want) {
				t.Fatalf("%v, want %v; %d ended of %v", held, groups, -s.running, want)
			}
		}
	}
}

func ends(list []run) (n int) {
	for _, r := range list {
		n += r.n
	}
	return n
}
