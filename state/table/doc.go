// Package table is a view of a report's rows: which columns say something, the order after filter and sort, the cursor
// and its window. It knows neither the journey nor the screen; state decides what is shown, ui how it looks.
//
// In: rows of sim/report, shared and never changed, runs of benchmarks beside them, a filter as typed, a sort. Out:
// items by position. Begin reading with Table and Columns; Of and OfProfiles make one.
package table
