package assets

import "embed"

// Workloads holds one TOML file a mix of requests, workloads/NAME.toml: title, sources, and a [[class]] for each kind.
//
//go:embed workloads/*.toml
var Workloads embed.FS
