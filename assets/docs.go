package assets

import "embed"

// Docs holds the texts of fathom help TOPIC: what the formulas rest on. Comments cite them by file and section, as
// "simulation-model 4.2".
//
//go:embed docs/*.md
var Docs embed.FS
