package assets

import _ "embed"

// Score names models and precisions of measured runs: score.toml.
//
//go:embed score.toml
var Score []byte
