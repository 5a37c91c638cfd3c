// Package runs reads files of measured serving runs for the command line and the dashboard alike: what load generators
// wrote, and tables of runs. It sets each run beside its prediction.
//
// In: paths, and what a plan says of the runs. Out: rows for sim/score, and scored rows as values of state. Begin
// reading with Files, In and Value.
package runs
