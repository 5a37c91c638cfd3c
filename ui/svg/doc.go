// Package svg draws the values of sim/chart and the parts of a report as SVG: the frontier, sweeps as curves and
// maps, the ladder, the memory of a device, the instances of a P:D plan. Every drawing has a title and a description
// in words, role="img", and takes its colours from CSS variables, so that one file is right on light and on dark.
//
// Why no library draws them. Looked at, with the binary of one scatter plot (linux/amd64, -ldflags "-s -w"; an empty
// program has 1.6 MB):
//
//   - gonum/plot v0.17.0: 9.3 MB (it embeds the Liberation fonts and brings PDF and TeX along), colours and font names
//     are fixed in the output, text is set at absolute places measured in a font that has no Chinese, no title, no
//     description;
//   - go-chart v2.1.2: 2.6 MB with freetype and a font that is parsed at the first chart; no title, no description,
//     fixed colours;
//   - go-echarts: writes JavaScript that loads a script from the network: a report has to be readable without either.
//
// What is drawn here are some lines, dots and texts whose values sim/chart has worked out already (axes, winners,
// fronts, hulls); a few hundred lines of Go add nothing to the start and can follow the colour scheme of the reader.
//
// In: charts and rows. Out: SVG as text. Begin reading with Chart and Pen.
package svg
