// Package handover prices the way of a request's KV cache from a prefill instance to a decode instance: bytes by the
// layouts of both, the link between them, and what of the time a first token waits for.
//
// In: a model, the format of its cache, profiles and strategies of both instances. Out: a Cost. Begin reading with
// Between for the link, then New.
package handover
