// Package cases runs many plans from one CSV file and writes one record per case, device and phase. A case that fails
// never stops the others, and a run that was killed continues where it stopped.
//
// What a column means is not known here: the caller turns the named values of a line into a request.
//
// In: a CSV file of named values. Out: a CSV file of records, and how many cases failed. Begin reading with Case and
// Run.
package cases
