// Package search finds the best strategies and batches of a request within its limits and memory.
//
// In: a plan.Request and a pricer of passes. Out: a report.Report: rows, candidates, pairs of prefill and decode
// instances, nearest points, corrections, capacity. The reference tool's own search is search-and-serving 2 and 5, what
// exhaustive adds chapter 7. Begin reading with Run, then worker.search for one strategy.
package search
