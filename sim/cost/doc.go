// Package cost turns operators into time: the roofline of simulation-model 4.1 and the collectives of 5.1, on the rates
// of one device profile.
//
// In: an operator (sim/op) and the rates of a profile. Out: seconds, split by what bounds them. Begin reading with
// Rates.
package cost
