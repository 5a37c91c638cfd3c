package assets

import _ "embed"

// Platforms holds what manifests can be written for, and what their pods call devices: platforms.toml.
//
//go:embed platforms.toml
var Platforms []byte
