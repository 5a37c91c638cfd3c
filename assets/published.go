package assets

import _ "embed"

// Published are serving systems whose throughput was published, as cases with what is assumed: published.csv.
//
//go:embed published.csv
var Published []byte
