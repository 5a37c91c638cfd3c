package assets

import "embed"

// Engines holds one TOML file a serving engine, engines/NN-NAME.toml; NN gives the order in lists. The first one stands
// for engines that nobody names.
//
//go:embed engines/*.toml
var Engines embed.FS
