// Package op describes single operators of a forward pass on one rank: what they compute, what they move and what they
// send. An operator knows nothing of a device; package cost turns it into time.
//
// Every constructor takes sizes on the rank and follows the catalogue of simulation-model 4.2. Sizes are float64
// because they only ever meet rates; they are whole numbers.
//
// In: shapes on one rank and number formats. Out: operators with FLOPs, bytes and message sizes. Begin reading with Op.
package op
