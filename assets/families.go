package assets

import _ "embed"

// Families holds what keys of a config.json mean: families.toml.
//
//go:embed families.toml
var Families []byte
