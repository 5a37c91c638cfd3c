// Package library keeps named plans: one TOML file a scenario in the state directory, a saved plan (sim/plan/file) with
// what it last answered behind it, so that a list runs nothing and git merges them. Several programs may write it.
//
// In: names, plans, reports. Out: heads for a list, plans to run, what has changed since. Begin reading with Library.
package library
