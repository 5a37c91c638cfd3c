// Package score holds measured serving runs against predictions: it reads CSV files of runs, predicts each with
// sim/kernel and sim/traffic, and sums up how far off the predictions are (cli.md, "score").
//
// In: CSV files of measured runs under many names of columns. Out: rows, predictions, errors by group. Begin reading
// with Read and Run.
package score
