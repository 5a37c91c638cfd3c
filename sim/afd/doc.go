// Package afd prices decode steps of attention ranks and expert ranks apart (attention-FFN disaggregation): a batch
// goes round as micro-batches, one of which computes attention while another is on the way and a third is with the
// experts.
//
// In: a setup, numbers of ranks and a pricer of passes. Out: a step with what paces it, and the memory of both roles.
// Begin reading with Pace, then Layout.
package afd
