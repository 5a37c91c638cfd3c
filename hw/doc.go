// Package hw describes accelerators: peaks by data type, memory, static costs and the grid of links between devices.
// A profile is data (TOML); nothing in here knows a product by name.
//
// In: TOML files of profiles, the shipped ones and a user's own. Out: Profile, Link (bandwidth and latency between
// devices) and List. The interconnect follows simulation-model 5, the units and keys the schema in schema.go. Begin
// reading with Profile, then Parse.
package hw
