package expert

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"fathom/hw/message"
)

// Read takes a histogram of loads: a line of numbers for each layer, or one number on every line for all layers alike;
// in JSON a list of numbers, or a list of such lists. Commas, spaces and tabs part numbers; # begins a comment.
func Read(text []byte, file string) (Load, error) {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	l := Load{File: file}
	if len(text) == 0 {
		return l, message.Fault("expert.empty")
	}
	if text[0] == '[' {
		var one []float64
		if json.Unmarshal(text, &one) == nil {
			l.Layers = [][]float64{one}
		} else if err := json.Unmarshal(text, &l.Layers); err != nil {
			return l, message.Fault("expert.json", err)
		}
		return l, l.numbers()
	}
	column := true
	for i, line := range strings.Split(string(text), "\n") {
		line, _, _ = strings.Cut(line, "#")
		words := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(", \t\r;", r) })
		if len(words) == 0 {
			continue
		}
		layer := make([]float64, len(words))
		for k, w := range words {
			x, err := strconv.ParseFloat(w, 64)
			if err != nil {
				return l, message.Fault("expert.number", i+1, w)
			}
			layer[k] = x
		}
		column = column && len(layer) == 1
		l.Layers = append(l.Layers, layer)
	}
	if column {
		var all []float64
		for _, layer := range l.Layers {
			all = append(all, layer...)
		}
		l.Layers = [][]float64{all}
	}
	return l, l.numbers()
}

// numbers refuses loads that no expert can have.
func (l *Load) numbers() error {
	for i, layer := range l.Layers {
		var sum float64
		for k, x := range layer {
			if x < 0 || math.IsNaN(x) || math.IsInf(x, 0) {
				return message.Fault("expert.negative", i+1, k, x)
			}
			sum += x
		}
		if sum == 0 {
			return message.Fault("expert.nothing", i+1)
		}
	}
	return nil
}

// Check holds a histogram against the layers of a model that have experts.
func (l *Load) Check(experts, topK, layers int) error {
	if n := len(l.Layers); n > 1 && n != layers {
		return message.Fault("expert.layers", n, layers)
	}
	for i, layer := range l.Layers {
		if len(layer) != experts {
			return message.Fault("expert.count", i+1, len(layer), experts)
		}
		var sum float64
		for _, x := range layer {
			sum += x
		}
		for k, x := range layer {
			if x*float64(topK) > sum*(1+1e-6) {
				return message.Fault("expert.most", i+1, k, 100*x/sum, topK, 100/float64(topK))
			}
		}
	}
	return nil
}
