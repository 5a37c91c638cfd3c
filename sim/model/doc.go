// Package model turns a config.json or a catalog entry into the structural facts that the operator model needs.
//
// In: a config.json, a directory that holds one, or a name of the catalog. Out: a Model, layer by layer. A family is
// one file that fills in what its config means; nothing here prices anything. Begin reading with Model, then ParseJSON
// and one family, such as llama.go.
package model
