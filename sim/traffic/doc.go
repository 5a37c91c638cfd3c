// Package traffic plays the scheduler of a serving engine against a stream of requests and reports what a load
// generator would measure: TTFT, TPOT, throughput, percentiles, KV room, preemptions (serving-dynamics 3). It knows
// nothing of models or devices: the caller prices a step. A load may mix classes of requests, each with its lengths,
// priority and limits; results say what each class met.
//
// In: step times, a scheduler's settings and arrivals. Out: a Result with distributions. Begin reading with the clock,
// then replica.
package traffic
