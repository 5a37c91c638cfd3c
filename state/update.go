package state

// update is one step under way: the model being made, and what ui has to do.
type update struct {
	Model
	effects []Effect
}

func (u *update) emit(e Effect) { u.effects = append(u.effects, e) }

func (u *update) say(key string, pairs ...string) { u.Notice = Notice{Key: key, Pairs: pairs} }

func (u *update) warn(key string, pairs ...string) {
	u.Notice = Notice{Key: key, Pairs: pairs, Bad: true}
}

func (u *update) handle(e Event) {
	switch e := e.(type) {
	case Do:
		u.Notice = Notice{}
		u.do(e.Action)
	}
}

func (u *update) do(Action) {}
