// Package kernel prices one step of a serving engine from what kernels reach of a device's peaks (serving-dynamics 2):
// linear layers, attention, experts, collectives and elementwise operators, each at roofline time over an efficiency,
// with a fixed time per layer. It is the step time behind sim/traffic where the reference tool's constants do not
// apply. Sizes come from sim/geometry; one walk through a step (Stepper.visit) gives its total, its parts and what they
// wait for. Begin with Stepper and visit; callers come in through sim/price.
//
// In: a model, a strategy, a batch and a profile with measured kernels. Out: seconds of a step with its parts. Begin
// reading with Stepper.
package kernel
