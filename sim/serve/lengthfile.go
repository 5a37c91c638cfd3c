package serve

import (
	"math"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"fathom/hw/message"
	"fathom/sim/plan"
)

// maxBins keeps a generated file from asking for hours; the reference tool's own example has 35.
const maxBins = 10_000

// ParseLengths reads a length distribution in the reference tool's YAML format: a mapping with `bins`, a list of
// min_tokens, max_tokens (tokens) and weight (any positive numbers). Bins are returned in order of length. An error
// names the bin, the value and the fix.
func ParseLengths(text []byte) ([]plan.Bin, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, message.Fault("load.bins-yaml", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, message.Fault("load.bins-key")
	}
	list := value(doc.Content[0], "bins")
	if list == nil || list.Kind != yaml.SequenceNode || len(list.Content) == 0 {
		return nil, message.Fault("load.bins-list")
	}
	if len(list.Content) > maxBins {
		return nil, message.Fault("load.bins-most", len(list.Content), maxBins)
	}
	bins := make([]plan.Bin, 0, len(list.Content))
	lines := make(map[int]int, len(list.Content))
	for i, node := range list.Content {
		b, err := parseBin(resolved(node))
		if err != nil {
			return nil, message.Fault("load.bin-at", node.Line, i+1, err)
		}
		bins = append(bins, b)
		lines[b.Min] = node.Line
	}
	sort.SliceStable(bins, func(i, j int) bool { return bins[i].Min < bins[j].Min })
	for i := 1; i < len(bins); i++ {
		if bins[i].Min < bins[i-1].Max {
			return nil, message.Fault("load.bin-overlaps", lines[bins[i].Min],
				bins[i].Min, bins[i].Max, bins[i-1].Min, bins[i-1].Max)
		}
	}
	return slices.Clip(bins), nil
}

func parseBin(node *yaml.Node) (b plan.Bin, err error) {
	if node.Kind != yaml.MappingNode {
		return b, message.Fault("load.bin-keys")
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i].Value; value(node, key) != resolved(node.Content[i+1]) {
			return b, message.Fault("load.key-twice", clip(key))
		}
	}
	low, err := number(node, "min_tokens")
	if err != nil {
		return b, err
	}
	high, err := number(node, "max_tokens")
	if err != nil {
		return b, err
	}
	if b.Weight, err = number(node, "weight"); err != nil {
		return b, err
	}
	// The reference tool cuts fractions of tokens off; so that a plan means the same here, so do we.
	b.Min, b.Max = int(low), int(high)
	switch {
	case low < 0:
		return b, message.Fault("load.bin-min", low)
	case high > 1e8:
		return b, message.Fault("load.bin-most", high)
	case b.Max <= b.Min:
		return b, message.Fault("load.bin-max", b.Max, b.Min)
	case b.Weight <= 0 || b.Weight > 1e100:
		return b, message.Fault("load.bin-weight", b.Weight)
	}
	return b, nil
}

// number reads a finite number; the reference tool also takes numbers written as strings.
func number(node *yaml.Node, key string) (float64, error) {
	v := value(node, key)
	if v == nil {
		return 0, message.Fault("load.bin-missing", key)
	}
	var f float64
	if v.Kind != yaml.ScalarNode {
		return 0, message.Fault("load.bin-number", key)
	}
	plain := *v
	plain.Tag, plain.Style = "", 0
	if err := plain.Decode(&f); err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, message.Fault("load.bin-finite", key, clip(v.Value))
	}
	return f, nil
}

func clip(s string) string {
	if len(s) > 40 {
		s = s[:40] + "…"
	}
	return s
}

func resolved(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode && node.Alias != nil {
		return node.Alias
	}
	return node
}

// value finds a key of a mapping.
func value(node *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return resolved(node.Content[i+1])
		}
	}
	return nil
}
