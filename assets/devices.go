package assets

import "embed"

// Devices holds one TOML file a built-in device profile, devices/NN-NAME.toml; NN gives the order in lists.
//
//go:embed devices/*.toml
var Devices embed.FS
