package workload

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
	"go.yaml.in/yaml/v3"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/traffic"
)

// mostClasses bounds a mix; a generated file must not ask for hours.
const mostClasses = 64

// Parse reads a mix from TOML or YAML; name is what it was asked for by. Every error names the class, the key, the
// value and the fix.
func Parse(text []byte, name string) (*plan.Workload, error) {
	tree, err := decode(text)
	if err != nil {
		return nil, err
	}
	w := &plan.Workload{Name: name}
	r := reader{tree: tree, where: message.New("workload.file")}
	w.Title = r.text("title", "")
	w.Sources = r.texts("sources")
	list, _ := r.take("class").([]any)
	if len(list) == 0 {
		if _, ok := tree["bins"]; ok {
			return nil, message.Fault("workload.lengths-only")
		}
		return nil, message.Fault("workload.no-class")
	}
	if len(list) > mostClasses {
		return nil, message.Fault("workload.classes", len(list), mostClasses)
	}
	for i, one := range list {
		c, err := class(one, i+1)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(w.Classes, func(o plan.Class) bool { return o.Name == c.Name }) {
			return nil, message.Fault("workload.twice", c.Name)
		}
		w.Classes = append(w.Classes, c)
	}
	if err := r.done(); err != nil {
		return nil, err
	}
	return w, whole(w.Classes)
}

// whole refuses shares that are fractions of one whole and do not come to it: one of them is a percentage, or a class
// is missing. Numbers from 1 up are weights.
func whole(classes []plan.Class) error {
	sum, fractions := 0.0, false
	for i := range classes {
		sum += classes[i].Share
		fractions = fractions || classes[i].Share < 1
	}
	if fractions && math.Abs(sum-1) > 0.01 {
		return message.Fault("workload.shares", sum)
	}
	return nil
}

// decode reads TOML, or else YAML, into maps, lists and plain values.
func decode(text []byte) (map[string]any, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, message.Fault("workload.empty")
	}
	tree := map[string]any{}
	_, asTOML := toml.Decode(string(text), &tree)
	if asTOML == nil {
		return lists(tree).(map[string]any), nil
	}
	clear(tree)
	if asYAML := yaml.Unmarshal(text, &tree); asYAML == nil && tree != nil {
		return lists(tree).(map[string]any), nil
	}
	return nil, message.Fault("workload.unread", message.Clean(firstLine(asTOML.Error())))
}

// lists turns the tables that TOML lists into lists of any, as YAML has them.
func lists(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = lists(v[k])
		}
	case []map[string]any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = lists(v[i])
		}
		return out
	case []any:
		for i := range v {
			v[i] = lists(v[i])
		}
	}
	return v
}

func firstLine(s string) string { line, _, _ := strings.Cut(s, "\n"); return line }

func class(v any, number int) (c plan.Class, err error) {
	tree, ok := v.(map[string]any)
	if !ok {
		return c, message.Fault("workload.class-table", number)
	}
	r := reader{tree: tree, where: message.New("workload.number", number)}
	c.Name = message.Clean(r.text("name", strconv.Itoa(number)))
	r.where = message.New("workload.of", c.Name)
	c.Share = r.number("share", 1, 0, 1e9)
	if c.Share == 0 && r.err == nil {
		r.fail("share", c.Share, "workload.above-zero")
	}
	c.Input = r.lengths("input")
	c.Output = r.lengths("output")
	c.Prefix = int(r.number("prefix", 0, 0, 1<<24))
	if most := traffic.Longest(c.Input); c.Prefix > most && most > 1 {
		r.fail("prefix", c.Prefix, "workload.prefix", most)
	}
	c.Groups = int(r.number("prefix_groups", 1, 1, 1<<20))
	c.Cached = r.number("cached", 0, 0, 0.999)
	c.Priority = int(r.number("priority", 0, 0, 15))
	c.TTFT, c.TPOT, c.E2E = r.limit("ttft_limit"), r.limit("tpot_limit"), r.limit("e2e_limit")
	c.Goodput = r.number("goodput", 0, 0, 1)
	if c.Goodput > 0 && c.TTFT.MS+c.TPOT.MS+c.E2E.MS == 0 && r.err == nil {
		r.fail("goodput", c.Goodput, "workload.goodput")
	}
	return c, r.done()
}

// reader takes the keys of a table one by one; what is left at the end is unknown. The first fault stays.
type reader struct {
	tree  map[string]any
	taken []string
	where message.Message
	err   error

	absent error // a key that has to be there: said where none that is there was mistyped
}

func (r *reader) fail(key string, value any, what string, args ...any) {
	if r.err == nil {
		r.err = message.Fault("workload.fault", r.where, key, message.Clean(short(value)), message.New(what, args...))
	}
}

// short writes a value as TOML has it, so that a line can hold it.
func short(v any) string {
	s := written(v)
	if len(s) > 60 {
		s = s[:60] + "…"
	}
	return s
}

func written(v any) string {
	var parts []string
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, k+" = "+written(v[k]))
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	case []any:
		for _, x := range v {
			parts = append(parts, written(x))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(v)
}

func (r *reader) take(key string) any {
	r.taken = append(r.taken, key)
	return r.tree[key]
}

func (r *reader) done() error {
	var left []string
	for k := range r.tree {
		if !slices.Contains(r.taken, k) {
			left = append(left, k)
		}
	}
	if len(left) > 0 && r.err == nil {
		slices.Sort(left)
		known := message.New("workload.known", r.taken)
		if near := hw.Meant(r.taken, left[0]); near != "" {
			known = message.New("issue.near", []string{near})
		}
		r.fail(message.Clean(short(left[0])), r.tree[left[0]], "workload.unknown", known)
	}
	if r.err == nil {
		r.err = r.absent
	}
	return r.err
}

func (r *reader) text(key, absent string) string {
	switch v := r.take(key).(type) {
	case nil:
		return absent
	case string:
		return v
	default:
		r.fail(key, v, "workload.want-text")
	}
	return absent
}

func (r *reader) texts(key string) (out []string) {
	v := r.take(key)
	list, ok := v.([]any)
	if s, one := v.(string); one {
		return []string{s}
	}
	if v != nil && !ok {
		r.fail(key, v, "workload.want-text")
	}
	for _, x := range list {
		s, ok := x.(string)
		if !ok {
			r.fail(key, x, "workload.want-text")
		}
		out = append(out, s)
	}
	return out
}

func (r *reader) number(key string, absent, low, high float64) float64 {
	v := r.take(key)
	if v == nil {
		return absent
	}
	x, ok := float(v)
	if !ok || !(x >= low && x <= high) {
		r.fail(key, v, "workload.want-number", low, high)
		return absent
	}
	return x
}

// float reads a number as TOML and YAML give it, or a share as "60%".
func float(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case int:
		return float64(v), true
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case string:
		if s, ok := strings.CutSuffix(strings.TrimSpace(v), "%"); ok {
			x, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
			return x / 100, err == nil && !math.IsNaN(x) && !math.IsInf(x, 0)
		}
	}
	return 0, false
}

// limit reads 2000 or "p99=2000", in milliseconds.
func (r *reader) limit(key string) (l plan.Limit) {
	v := r.take(key)
	switch v := v.(type) {
	case nil:
		return l
	case string:
		at, rest, err := plan.SplitLimit(v)
		ms, bad := strconv.ParseFloat(strings.TrimSpace(rest), 64)
		if err == nil && bad == nil && ms > 0 && !math.IsInf(ms, 0) {
			return plan.Limit{At: at, MS: ms}
		}
	default:
		if ms, ok := float(v); ok && ms > 0 {
			return plan.Limit{MS: ms}
		}
	}
	r.fail(key, v, "workload.want-limit", plan.Percentiles())
	return l
}
