package assets

import "embed"

// Text holds the screen texts, one TOML catalog a language: text/en.toml, text/zh.toml.
//
//go:embed text/*.toml
var Text embed.FS
