package assets

import "embed"

// Models holds one TOML file a catalog model: models/OWNER--NAME.toml with name, source and the structural part of its
// config.json under [config], keys as published.
//
//go:embed models/*.toml
var Models embed.FS
