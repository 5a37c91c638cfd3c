package traffic

// ring is a queue with both ends open; it grows and never shrinks.
type ring[T any] struct {
	items []T
	head  int
	size  int
}

func (q *ring[T]) grow() {
	if q.size < len(q.items) {
		return
	}
	bigger := make([]T, max(16, 2*len(q.items)))
	for i := range q.size {
		bigger[i] = q.items[(q.head+i)%len(q.items)]
	}
	q.items, q.head = bigger, 0
}

func (q *ring[T]) pushBack(v T) {
	q.grow()
	q.items[(q.head+q.size)%len(q.items)] = v
	q.size++
}

func (q *ring[T]) pushFront(v T) {
	q.grow()
	q.head = (q.head + len(q.items) - 1) % len(q.items)
	q.items[q.head] = v
	q.size++
}

func (q *ring[T]) front() T { return q.items[q.head] }

func (q *ring[T]) popFront() T {
	v := q.items[q.head]
	q.head = (q.head + 1) % len(q.items)
	q.size--
	return v
}

// backlog is a queue with a line for every priority; the first line that is not empty is served.
type backlog struct {
	lines []ring[int32]
	size  int
}

func (b *backlog) pushBack(id int32, priority uint8) {
	b.size++
	for int(priority) >= len(b.lines) {
		b.lines = append(b.lines, ring[int32]{})
	}
	b.lines[priority].pushBack(id)
}

func (b *backlog) pushFront(id int32, priority uint8) {
	b.size++
	b.lines[priority].pushFront(id)
}

// head is the line that is served; there is one while size is above 0.
func (b *backlog) head() *ring[int32] {
	i := 0
	for b.lines[i].size == 0 {
		i++
	}
	return &b.lines[i]
}

func (b *backlog) front() int32 { return b.head().front() }

func (b *backlog) popFront() int32 {
	b.size--
	return b.head().popFront()
}

// mark is an entry of a heap: what comes at key, of equal ones the lowest id first. Keys are decode steps of a replica,
// counted from its start, with which a sequence is complete (a preempted sequence leaves its entry behind; turn tells
// it from a later one), or times of calls.
type mark[K int64 | float64] struct {
	key  K
	id   int64
	turn int32
}

// heap is a binary heap.
type heap[K int64 | float64] []mark[K]

func (h *heap[K]) push(e mark[K]) {
	s := append(*h, e)
	i := len(s) - 1
	for i > 0 {
		up := (i - 1) / 2
		if s[up].key < e.key || s[up].key == e.key && s[up].id < e.id {
			break
		}
		s[i] = s[up]
		i = up
	}
	s[i] = e
	*h = s
}

func (h *heap[K]) pop() mark[K] {
	s := *h
	top := s[0]
	last := len(s) - 1
	e := s[last]
	s = s[:last]
	i := 0
	for {
		child := 2*i + 1
		if child >= last {
			break
		}
		if next := child + 1; next < last &&
			(s[next].key < s[child].key || s[next].key == s[child].key && s[next].id < s[child].id) {
			child = next
		}
		if e.key < s[child].key || e.key == s[child].key && e.id < s[child].id {
			break
		}
		s[i] = s[child]
		i = child
	}
	if last > 0 {
		s[i] = e
	}
	*h = s
	return top
}

// insert keeps a ring of dues in order of time; they nearly always come in order.
func (q *dues) insert(d due) {
	q.pushBack(d)
	for i := q.size - 1; i > 0; i-- {
		a, b := (q.head+i-1)%len(q.items), (q.head+i)%len(q.items)
		if q.items[a].at <= q.items[b].at {
			return
		}
		q.items[a], q.items[b] = q.items[b], q.items[a]
	}
}

// dues are the requests on their way to one replica.
type dues struct{ ring[due] }
