package parse

import "strings"

// drawn is the bar of viewers that draw grids. The tool's own plots have it too, so that it counts where a grid is due.
const drawn = "│"

// due reports whether the next line may be one of a grid that a viewer has drawn.
func (r *Reader) due() bool {
	return r.table == nil && r.title != "" || r.table != nil && (r.table.drawn || len(r.table.head) == 0)
}

// table is an ASCII grid as PrettyTable draws it, while its lines come in.
type table struct {
	title string // the line above it, "Top 3 PD Aggregated Configurations:"
	head  []string
	rules int  // lines of dashes seen
	bare  bool // it has none
	drawn bool // its bars are those of a viewer
}

// isRule reports whether a line is a rule of a grid, "+-----+----+".
func isRule(s string) bool {
	return len(s) > 2 && s[0] == '+' && s[len(s)-1] == '+' && strings.Trim(s, "+-") == ""
}

// cells splits a line of a grid. The sizes of a label are separated by the grid's own bar ("TP=4 | PP=1 | DP=2"): a
// part that names a size goes with the one before it, unless it begins a label. A line that was cut off has no bar at
// its end.
func cells(line string) []string {
	line = strings.TrimSpace(line)
	if len(line) < 2 || line[0] != '|' || line[len(line)-1] != '|' {
		return nil
	}
	var out []string
	for part := range strings.SplitSeq(line[1:len(line)-1], "|") {
		part = strings.TrimSpace(part)
		if last := len(out) - 1; last >= 0 && strings.Contains(out[last], "=") && strings.Contains(part, "=") &&
			!strings.HasPrefix(part, "TP=") {
			out[last] += " | " + part
			continue
		}
		out = append(out, part)
	}
	return out
}

// named gives a row as a function of column names; "" for a column that the table does not have. Titles are compared
// without units and case: "Throughput (token/s)" is "throughput".
func (t *table) named(row []string) func(names ...string) string {
	return func(names ...string) string {
		for _, n := range names {
			for i, h := range t.head {
				if h == n {
					return row[i]
				}
			}
		}
		return ""
	}
}

func (t *table) has(name string) bool {
	for _, h := range t.head {
		if h == name {
			return true
		}
	}
	return false
}

// heading is a column's name without its unit.
func heading(s string) string {
	s, _, _ = strings.Cut(s, " (")
	return strings.ToLower(strings.TrimSpace(s))
}
