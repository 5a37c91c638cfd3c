// Package newcomer makes an engine known that fathom does not ship. A test that imports it sees what a file more in
// assets/engines would do: its import path is initialised before the rooms that read the table.
package newcomer

import "fathom/sim/software"

const file = `
name = "lightning"
title = "Lightning Serve"
parts = ["lightning"]
vendors = ["Acme"]
flags = ["--storm"]

[scheduler]
policy = "prefill_first"
batched_tokens = 4096
sequences = 32

[[version]]
stated = ["0.1"]
eager_us = 400

[[launch]]
title = "Lightning Serve"
template = "lightning"
quantization = { fp8 = "e4m3" }

[templates]
lightning = '''
lightning up {{.Model}} --cloud {{.TP}}{{with .Quantization}} --numbers {{.}}{{end}}
'''
`

func init() { software.Add([]byte(file)) }
