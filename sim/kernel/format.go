package kernel

import "fathom/hw"

// Formats says how the parts of a model are stored. KV is the format of the cache; only its size counts.
type Formats struct {
	Attention, Dense, Expert hw.Format // Dense: MLP of dense layers and shared experts
	Head                     hw.Format
	KV                       hw.Format
}
