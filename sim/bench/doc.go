// Package bench tells what a benchmark of one deployment would show: it puts a serving engine's scheduler (sim/traffic)
// over the step times of a profile, measured (sim/kernel) or modelled (sim/pass), and plays a load against it.
//
// In: a request for one deployment with a load. Out: the report of sim/traffic for it. Begin reading with the presets.
package bench
