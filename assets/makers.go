package assets

import _ "embed"

// Makers holds the names that people type for those who make models and devices: makers.toml.
//
//go:embed makers.toml
var Makers []byte
