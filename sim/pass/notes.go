package pass

import "fmt"

// Notes lists what a reader of this setup's figures should know: options that are priced as off, or that were not
// compared with the reference tool.
func (p *Pricer) Notes() []string {
	var notes []string
	s, m := &p.setup, p.setup.Model
	if !m.Compared {
		notes = append(notes, fmt.Sprintf("model %s: its family was not compared with the reference tool", m.Name))
	}
	if s.Options.Multistream {
		notes = append(notes,
			"multistream is priced as off: most of its gain in the reference tool is an artefact of the scheduler "+
				"(operators that it cannot place run beside their own inputs)")
	}
	if p.sequence {
		notes = append(notes, "sequence parallel was compared with the reference tool only where it changes nothing "+
			"(norms that are fused with quantisation)")
	}
	if p.sequence && m.Layers[0].Attention.TopK > 0 {
		notes = append(notes,
			"sequence parallel: the context-parallel layout of sparse attention is not modelled; heads stay sharded")
	}
	if s.Quant.QuantizeHead {
		notes = append(notes,
			"quantising the LM head has no effect, as in the reference tool: the head is on its exclusion list")
	}
	if s.MTP > m.MTPHeads {
		notes = append(notes, fmt.Sprintf("mtp tokens %d: %s has %d MTP heads; the reference tool prices them all the same",
			s.MTP, m.Name, m.MTPHeads))
	}
	return notes
}
