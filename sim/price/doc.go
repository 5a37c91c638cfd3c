// Package price is the one door to the time and memory of forward passes: a setup comes in, and out comes a Pricer,
// whatever its numbers rest on. Under reference and corrected fidelity that is the operator model of sim/pass, under
// calibrated fidelity measured kernels (sim/kernel), either as a serving engine runs them (a step) or back to back
// (kernels). Memory is that of sim/memory in all of them. Begin with New.
package price
