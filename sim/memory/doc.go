// Package memory gives the bytes that a deployment needs on one rank: weights, caches and activations, as the reference
// tool counts them (simulation-model 6) or as serving engines hold them, and the room that is left for requests. The
// verdict of a pass, what a screen shows and what a scheduler reckons with come from the same Rank.
//
// In: a model, a strategy, number formats and a batch. Out: bytes of weights, cache and activations of one rank. Begin
// reading with NewRanks.
package memory
