// Package launch writes the serving command that a row stands for, from the templates of sim/software. What a row
// assumes and an engine cannot do is said beside the command instead of being dropped.
//
// In: a row with its request. Out: argument vectors with caveats. Begin reading with Write, then the file of an engine
// or of a load generator.
package launch
