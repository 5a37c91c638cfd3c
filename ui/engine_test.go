package ui

import (
	"context"
	"testing"

	"fathom/state/field"
)

// A line that answers every question leaves the stand-in family on its default, "none", which is no family: models that
// the session names later are read all the same.
func TestModelsAreReadWithoutAStandIn(t *testing.T) {
	e := localEngine(Options{Answers: field.FillDefaults(field.Answers{}), Getenv: func(string) string { return "" }})
	found, err := e.Load(context.Background(), field.Load{ID: field.Model, Text: "Qwen/Qwen3-8B"})
	if err != nil || found.Model == nil {
		t.Error(err)
	}
}
