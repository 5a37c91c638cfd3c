package serve

import (
	"sync"

	"fathom/ui"
)

// stage is a --follow server's one screen: whoever presents sets it, everybody else watches. A viewer that is slow
// misses scenes and holds nobody up.
type stage struct {
	mu      sync.Mutex
	turn    int    // counts presenters
	who     string // "" while nobody presents
	live    bool   // there is a scene of this presenter
	scene   ui.Scene
	viewers map[chan ui.Show]bool
	seen    chan int // to the presenter: how many watch, the newest number
}

func newStage() *stage { return &stage{viewers: map[chan ui.Show]bool{}, seen: make(chan int, 1)} }

// take makes somebody the presenter; ok is false where there is one already. leave makes room for the next.
func (g *stage) take(who string) (watch func(ui.Scene), leave func(), ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.who != "" {
		return nil, nil, false
	}
	g.turn++
	turn := g.turn
	g.who, g.live = who, false
	g.count()
	watch = func(s ui.Scene) {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.turn == turn && g.who != "" {
			g.scene, g.live = s, true
			g.tell()
		}
	}
	leave = func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.turn == turn {
			g.who, g.live, g.scene = "", false, ui.Scene{}
			g.tell()
		}
	}
	return watch, leave, true
}

// join adds a viewer.
func (g *stage) join() (shows <-chan ui.Show, leave func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := make(chan ui.Show, 1)
	g.viewers[c] = true
	g.tell()
	g.count()
	return c, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.viewers, c)
		g.tell()
		g.count()
	}
}

// tell puts the newest show into every viewer's place; g.mu is held, so that nobody else fills the place in between.
func (g *stage) tell() {
	show := ui.Show{Turn: g.turn, Viewers: len(g.viewers)}
	if g.live {
		show.Presenter, show.Scene = g.who, g.scene
	}
	for c := range g.viewers {
		select {
		case <-c:
		default:
		}
		c <- show
	}
}

// count tells the presenter how many watch; g.mu is held.
func (g *stage) count() {
	select {
	case <-g.seen:
	default:
	}
	g.seen <- len(g.viewers)
}
