// Package pass prices one forward pass of one rank: model, strategy, requests and profile in; time, breakdown, operator
// table and memory out.
//
// In: a Setup. Out: a Pass. Operators are those of sim/op in the order of simulation-model 3, times those of sim/cost.
// Begin reading with Setup, New and Pricer.
package pass
