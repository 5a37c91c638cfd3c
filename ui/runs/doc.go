// Package runs reads files of measured serving runs for the command line and the dashboard alike: what load generators
// wrote, and tables of runs. It sets each run beside its prediction.
package runs
