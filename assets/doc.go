// Package assets holds the data that is part of the program: device profiles, the model catalog, serving engines,
// documented examples and texts.
//
// In: files beside the code. Out: embedded file systems, read by the rooms that know what stands in them (hw,
// sim/model, sim/score, hw/message). A file is data in TOML; adding one needs no code.
package assets
