// Package serve turns the times of forward passes into what a user of a deployment sees at one batch size: TTFT, TPOT,
// throughput and the memory that is left. It is the serving layer of search-and-serving chapters 3, 4 and 6.
//
// Inside the package every time is in seconds and every size in bytes. A batch size counts requests per DP replica.
//
// In: a Forward (the price of a pass), lengths and limits. Out: a Point: latencies, rates and memory of one batch.
// Begin reading with Evaluator.
package serve
