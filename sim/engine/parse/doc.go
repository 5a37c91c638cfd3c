// Package parse reads what the reference tool's throughput_optimizer prints: a saved log as a whole, or its output as
// it comes. The layouts are those of search-and-serving 8.3; older ones with fewer columns are read too. Nothing here
// panics on any input, and what is kept is bounded whatever is printed.
//
// In: lines of text. Out: the rows, issues and failure of a report. Begin reading with Reader.
package parse
