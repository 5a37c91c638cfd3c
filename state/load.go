package state

import (
	"maps"
	"slices"

	"fathom/hw/message"
	"fathom/sim/model"
	"fathom/state/field"
)

// load asks for what the answers name and the catalog does not have.
func (u *update) load(r *field.Reading) {
	for _, l := range r.Unresolved() {
		if !slices.Contains(u.loading, l) {
			u.loading = append(slices.Clone(u.loading), l)
			u.emit(Load{l})
		}
	}
	u.Form.Loading = len(u.loading) > 0
}

// waits reports whether a question's answer has to be read from somewhere before it can be judged.
func (u *update) waits(r *field.Reading, id field.ID) bool {
	return slices.ContainsFunc(r.Unresolved(), func(l field.Load) bool { return l.ID == id })
}

// loaded takes what was read into a new catalog and goes on where the form waited for it.
func (u *update) loaded(e Loaded) {
	at := slices.Index(u.loading, e.Load)
	if at < 0 {
		return
	}
	u.loading = slices.Delete(slices.Clone(u.loading), at, at+1)
	c := *u.Catalog
	switch {
	case e.Err != nil:
		c.Failed = put(c.Failed, e.Load.Text, said(e.Err))
	case c.Put(e.Load, e.Found):
	default:
		c.Failed = put(c.Failed, e.Load.Text, message.New("system.empty"))
	}
	u.Catalog = &c
	u.refreshForm()
	f := &u.Form
	if u.Pane != Editing || len(u.loading) > 0 {
		return
	}
	if u.ahead {
		u.goAhead()
		return
	}
	if f.Focus == e.Load.ID && !f.OnFold && f.touched[f.Focus] && f.Answers[f.Focus].Given() && f.waiting {
		f.waiting = false
		u.accept()
	}
}

// said is what an error says; of one that is no message, its clean text.
func said(err error) message.Message {
	if m := message.Of(err); m.Key != "" {
		return m
	}
	return message.Literal(field.Clean(err.Error()))
}

// survey asks once for all that the catalog names, so that a list can say what it is.
func (u *update) survey() {
	if !u.surveyed {
		u.surveyed = true
		u.emit(Survey{Models: u.Catalog.ModelNames, Profiles: u.Catalog.Profiles})
	}
}

// knows takes the models of the catalog; what has been read otherwise stays.
func (u *update) knows(e Surveyed) {
	c := *u.Catalog
	c.Models = maps.Clone(c.Models)
	if c.Models == nil {
		c.Models = map[string]*model.Model{}
	}
	for name, m := range e.Models {
		if c.Models[name] == nil && m != nil {
			c.Models[name] = m
		}
	}
	u.Catalog, u.Surveyed = &c, true
	u.refreshForm()
}

// put is a copy of a map with one entry more: older models share the map.
func put[V any](m map[string]V, key string, v V) map[string]V {
	m = maps.Clone(m)
	if m == nil {
		m = map[string]V{}
	}
	m[key] = v
	return m
}
