// Package command writes the commands that people leave with: how to serve a row and how to benchmark it, with what a
// command cannot say as comments above it. In come a report and a row of it, out come texts for a shell. The commands
// themselves are made by sim/launch.
package command
