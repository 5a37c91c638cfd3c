package pass

import "fathom/hw/message"

// Notes lists what a reader of this setup's figures should know: options that are priced as off, or that were not
// compared with the reference tool.
func (p *Pricer) Notes() []message.Message {
	var notes []message.Message
	note := func(key string, args ...any) { notes = append(notes, message.New("passed."+key, args...)) }
	s, m := &p.setup, p.setup.Model
	if !m.Compared {
		note("family", m.Name)
	}
	if s.Options.Multistream {
		note("multistream")
	}
	if p.sequence {
		note("sequence")
	}
	if p.sequence && m.Layers[0].Attention.TopK > 0 {
		note("context")
	}
	if s.Quant.QuantizeHead {
		note("head")
	}
	if s.MTP > m.MTPHeads {
		note("heads", s.MTP, m.Name, m.MTPHeads)
	}
	return notes
}
