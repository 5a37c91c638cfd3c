// Package geometry says what a layer of each kind is on one rank of a deployment: its matrices with their rows, columns
// and split, its other parameters, the cache and state that it keeps, what a query attends to and what that costs.
//
// In goes a model with a strategy, out comes a Rank. Counting parameters, memory, operators and kernels read it, and
// none of them works a size out again. Where the reference tool lays something out otherwise than serving engines do,
// the part says so (Matrix.Unstored, Vector.Kept), and the reader of it decides.
//
// To add a kind of attention, name it in sim/model, write a builder beside grouped, latent, shared and delta, and put
// it into kinds. Whoever prices by kind answers a kind that it does not know with an error that names it.
package geometry
