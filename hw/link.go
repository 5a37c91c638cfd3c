package hw

// Link gives what a collective of the ranks 0, stride, 2*stride, … (size of them) sees: simulation-model 1.3. The whole
// group is priced at the slowest level that it spans. Ranks beyond the grid wrap around in the outermost dimension, as
// in the reference tool; Profile.Fits is the check. A group of one gets the innermost level, undivided. It costs a few
// integer divisions and allocates nothing.
func (g Grid) Link(size, stride int) Link {
	i, ok := g.level(g.differing(size, stride))
	if !ok {
		return Link{}
	}
	l := g.Levels[i].link()
	if g.Levels[i].Topology == FullMesh && size > 1 {
		l.Bandwidth *= g.meshShare(size, g.Levels[i].Start)
	}
	return l
}

// Between gives the link of a send from rank a to rank b. One pair has its own link in a full mesh too, so no share is
// taken (simulation-model 5.1, pipeline send and receive).
func (g Grid) Between(a, b int) Link {
	i, ok := g.level(g.outermost(a, b))
	if !ok {
		return Link{}
	}
	return g.Levels[i].link()
}

// LevelOf names the level, as an index of Levels, that a group is priced at; -1 in a grid without levels.
func (g Grid) LevelOf(size, stride int) int {
	i, ok := g.level(g.differing(size, stride))
	if !ok {
		return -1
	}
	return i
}

// Outside gives the link by which a device reaches devices that are not of its grid: what the profile states, else the
// outermost level where that is a network. ok is false where neither is.
func (p *Profile) Outside() (l Level, ok bool) {
	if p.Network.Bandwidth > 0 {
		return p.Network, true
	}
	if i, found := p.Grid.level(0); found && p.Grid.Levels[i].Path != Fabric {
		return p.Grid.Levels[i], true
	}
	return Level{}, false
}

// Reached is what of a level one device gets, its latency with it.
func (l Level) Reached() Link { return l.link() }

// BetweenLevel is the level of a send from rank a to rank b; ok is false in a grid without levels.
func (g Grid) BetweenLevel(a, b int) (l Level, ok bool) {
	i, ok := g.level(g.outermost(a, b))
	if !ok {
		return l, false
	}
	return g.Levels[i], true
}

func (l Level) link() Link { return Link{Bandwidth: l.Bandwidth * l.Efficiency, Latency: l.Latency} }

// meshShare is the part of a rank's links that lead to the other members: (n-1)/(ranks spanned-1).
func (g Grid) meshShare(size, start int) float64 {
	span := 1
	for _, d := range g.Shape[start:] {
		span *= d
	}
	if span < 2 {
		return 1
	}
	return float64(size-1) / float64(span-1)
}

// level finds the level with the largest start that is not inside dim; levels need not be sorted.
func (g Grid) level(dim int) (index int, ok bool) {
	best := -1
	for i, l := range g.Levels {
		if l.Start <= dim && (best < 0 || l.Start > g.Levels[best].Start) {
			best = i
		}
	}
	return best, best >= 0
}

// differing is the outermost dimension in which the members' coordinates differ, the innermost one where none does.
// Rank 0 is a member, so that is the leading non-zero digit of the largest member, taken modulo the grid.
func (g Grid) differing(size, stride int) int {
	ranks := g.Ranks()
	if size <= 1 || stride <= 0 || ranks <= 1 {
		return len(g.Shape) - 1
	}
	if last := (size - 1) * stride; last < ranks {
		return g.outermost(0, last)
	}
	outer, largest := ranks/g.Shape[0], 0
	for i := 1; i < size && largest < outer; i++ {
		largest = max(largest, i*stride%ranks)
	}
	return g.outermost(0, largest)
}

// outermost is the first dimension in which two ranks' coordinates differ, the innermost one where none does.
func (g Grid) outermost(a, b int) int {
	weight := g.Ranks()
	for d, n := range g.Shape {
		if n <= 0 {
			break
		}
		weight /= n
		if a/weight%n != b/weight%n {
			return d
		}
	}
	return len(g.Shape) - 1
}
