// Package software is the table of serving engines: one TOML file of assets/engines each, which says how the engine is
// named and recognised, how its scheduler works, how it is launched and what its versions do differently. Whoever needs
// to know something of an engine asks here, so that an engine that is added is known everywhere.
package software
