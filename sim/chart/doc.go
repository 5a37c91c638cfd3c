// Package chart is what pictures show, as plain values: the curve or the map of a sweep with its winners and the points
// where they change (Of), and the frontier of throughput or cost against what one user gets, with hulls and limits
// (Frontier). It draws nothing: the terminal, SVG and HTML draw the same values, so that they cannot disagree.
//
// In: cells of sim/sweep, rows of sim/report. Out: values in the units that their axes name. Begin with Of.
package chart
