package assets

import _ "embed"

// Score names models and precisions of measured runs: score.toml.
//
//go:embed score.toml
var Score []byte

// Pools are the deployments of public disaggregated sweeps: pools.toml.
//
//go:embed pools.toml
var Pools []byte

// Columns of tables of measured runs: columns.toml.
//
//go:embed columns.toml
var Columns []byte
