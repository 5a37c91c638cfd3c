package serve

// blockSize is how many groups are moved at once. Steps that serve a thousand groups then touch some dozens of blocks
// and, at the edge of what they serve, so many groups.
const blockSize = 32

// block is a part of a queue of answers. less is still to be taken from the state of each of its groups.
type block struct {
	groups   [blockSize]run
	from, to int
	n        int // requests
	less     int
	least    int // smallest state before less is taken; that of a group that has gone where stale
	stale    bool
}

func (b *block) at(i int) run {
	r := b.groups[b.from+i]
	r.state -= b.less
	return r
}

func (b *block) size() int { return b.to - b.from }

// smallest is the fewest tokens that a group of the block has still to get.
func (b *block) smallest() int {
	if b.stale {
		b.least, b.stale = b.groups[b.from].state, false
		for _, r := range b.groups[b.from+1 : b.to] {
			b.least = min(b.least, r.state)
		}
	}
	return b.least - b.less
}

// dropFirst removes the first group.
func (b *block) dropFirst() {
	r := b.groups[b.from]
	b.n -= r.n
	b.from++
	b.stale = b.stale || r.state == b.least
}

// add puts a group at the end of a block that has room.
func (b *block) add(r run) {
	if b.to == blockSize {
		b.to = copy(b.groups[:], b.groups[b.from:b.to])
		b.from = 0
	}
	r.state += b.less
	if b.size() == 0 || !b.stale && r.state < b.least {
		b.least, b.stale = r.state, false
	}
	b.groups[b.to] = r
	b.to++
	b.n += r.n
}

// turns is a queue of answers that are served in turns: so many from its head each step, which go to its end with a
// token less to come. State is the number of tokens still to come. It holds the groups that a plain queue would, in its
// order, and neighbours in the same state are one group.
type turns struct {
	ring       []*block // as long as a power of two
	head, size int      // of blocks
	groups     int
	free       []*block
}

func (q *turns) block(i int) *block { return q.ring[(q.head+i)&(len(q.ring)-1)] }

func (q *turns) reset() {
	for q.size > 0 {
		q.free = append(q.free, q.dropBlock())
	}
	q.head, q.groups = 0, 0
}

func (q *turns) dropBlock() *block {
	b := q.block(0)
	q.head = (q.head + 1) & (len(q.ring) - 1)
	q.size--
	return b
}

func (q *turns) append(b *block) {
	if q.size == len(q.ring) {
		bigger := make([]*block, max(16, 2*q.size))
		for i := range q.size {
			bigger[i] = q.block(i)
		}
		q.ring, q.head = bigger, 0
	}
	q.size++
	q.ring[(q.head+q.size-1)&(len(q.ring)-1)] = b
}

// push queues a group at the end.
func (q *turns) push(r run) {
	if q.size > 0 {
		last := q.block(q.size - 1)
		if own := &last.groups[last.to-1]; own.state-last.less == r.state {
			own.n += r.n
			last.n += r.n
			return
		}
		if last.size() < blockSize {
			last.add(r)
			q.groups++
			return
		}
	}
	b := q.fresh()
	b.add(r)
	q.append(b)
	q.groups++
}

// fresh is an empty block, of those that were used before while there are any.
func (q *turns) fresh() *block {
	n := len(q.free)
	if n == 0 {
		return &block{}
	}
	b := q.free[n-1]
	q.free = q.free[:n-1]
	b.from, b.to, b.n, b.less, b.stale = 0, 0, 0, 0, false
	return b
}

// take removes up to n requests of the first group and returns them as a group.
func (q *turns) take(n int) run {
	b := q.block(0)
	r := b.at(0)
	if n < r.n {
		b.groups[b.from].n -= n
		b.n -= n
		r.n = n
		return r
	}
	b.dropFirst()
	q.groups--
	if b.size() == 0 {
		q.free = append(q.free, q.dropBlock())
	}
	return r
}

// rotate moves the first block to the end, with so many tokens less to come, if it holds at most n requests and none of
// them ends by that. It gives the number of requests that were moved.
func (q *turns) rotate(n, tokens int) (moved int) {
	b := q.block(0)
	if b.n > n || b.smallest() <= tokens {
		return 0
	}
	moved = b.n
	q.dropBlock()
	b.less += tokens
	if q.size == 0 {
		q.append(b)
		return moved
	}
	last := q.block(q.size - 1)
	if first := b.at(0); last.at(last.size()-1).state == first.state {
		last.groups[last.to-1].n += first.n
		last.n += first.n
		b.dropFirst()
		q.groups--
	}
	if last.size()+b.size() > blockSize {
		q.append(b)
		return moved
	}
	for i := range b.size() {
		last.add(b.at(i))
	}
	q.free = append(q.free, b)
	return moved
}

// least is the fewest tokens that any of the answers has still to get.
func (q *turns) least() int {
	least := q.block(0).smallest()
	for i := 1; i < q.size && least > 1; i++ {
		least = min(least, q.block(i).smallest())
	}
	return least
}

// all takes so many tokens off what every answer has still to get.
func (q *turns) all(tokens int) {
	for i := range q.size {
		q.block(i).less += tokens
	}
}

// copied appends the groups to a list, in order.
func (q *turns) copied(list []run) []run {
	for i := range q.size {
		for b, k := q.block(i), 0; k < b.size(); k++ {
			list = append(list, b.at(k))
		}
	}
	return list
}

// equals compares the groups with a list.
func (q *turns) equals(list []run) bool {
	if q.groups != len(list) {
		return false
	}
	for i := range q.size {
		b := q.block(i)
		for k := range b.size() {
			if b.at(k) != list[k] {
				return false
			}
		}
		list = list[b.size():]
	}
	return true
}
