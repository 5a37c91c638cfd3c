// Package trace reads files of requests as they were published or recorded, row by row, so that a file of any length
// takes no more memory than a window of it: the Azure LLM inference traces, Mooncake's, BurstGPT's, and the CSV, JSON
// and JSONL of benchmark tools (ShareGPT, vLLM).
//
// In: a text and how it is scaled in rate and cut in time. Out: calls for sim/traffic in order of time, and what was
// left out. Begin reading with Format, then Trace.
package trace
