// Package kernel prices one step of a serving engine from what kernels reach of a device's peaks (serving-dynamics 2):
// linear layers, attention, experts, collectives and elementwise operators, each at roofline time over an efficiency,
// with a fixed time per layer. It is the step time behind sim/traffic where the reference tool's constants do not
// apply. Sizes come from sim/geometry; one walk through a step (Stepper.visit) gives its total, its parts and what they
// wait for. Begin with Stepper and visit; callers come in through sim/price.
package kernel

import "fathom/hw"

// Formats says how the parts of a model are stored. KV is the format of the cache; only its size counts.
type Formats struct {
	Attention, Dense, Expert hw.Format // Dense: MLP of dense layers and shared experts
	Head                     hw.Format
	KV                       hw.Format
}
