package traffic

import "cmp"

// tree knows the smallest of n keys, and its place; of equals the first. A change costs log n and no memory.
type tree[T cmp.Ordered] struct {
	leaves int
	keys   []T
	best   []int32 // place of the smallest key under each node, node 1 being all
}

func newTree[T cmp.Ordered](n int, fill T) *tree[T] {
	t := &tree[T]{leaves: 1}
	for t.leaves < n {
		t.leaves *= 2
	}
	t.keys, t.best = make([]T, t.leaves), make([]int32, 2*t.leaves)
	for i := range t.keys {
		t.keys[i], t.best[t.leaves+i] = fill, int32(i)
	}
	for i := t.leaves - 1; i > 0; i-- {
		t.best[i] = t.best[2*i]
	}
	return t
}

func (t *tree[T]) set(i int, key T) {
	t.keys[i] = key
	for at := (t.leaves + i) / 2; at > 0; at /= 2 {
		a, b := t.best[2*at], t.best[2*at+1]
		if t.keys[b] < t.keys[a] {
			a = b
		}
		t.best[at] = a
	}
}

func (t *tree[T]) min() (i int, key T) {
	i = int(t.best[1])
	return i, t.keys[i]
}

// but is the smallest key of all places but one, of which there is at least one more.
func (t *tree[T]) but(i int) (key T) {
	found := false
	for at := t.leaves + i; at > 1; at /= 2 {
		if k := t.keys[t.best[at^1]]; !found || k < key {
			key, found = k, true
		}
	}
	return key
}
