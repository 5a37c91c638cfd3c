package assets

import _ "embed"

// Shapes holds days of arrivals by the hour: shapes.toml.
//
//go:embed shapes.toml
var Shapes []byte
