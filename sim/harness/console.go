package harness

import (
	"fmt"
	"regexp"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
)

// consoleTitle opens the block that vLLM's and SGLang's benchmarks print for every run.
const consoleTitle = "Serving Benchmark Result"

var (
	consoleLine = regexp.MustCompile(`^\s*([A-Z][^:]*?)\s*(?:\(([^()]*)\))?:\s+(\S.*?)\s*$`)
	consoleStat = regexp.MustCompile(`^(Mean|Median|P[\d.]+) (TTFT|TPOT|ITL|E2EL|E2E Latency)$`)
	namespace   = regexp.MustCompile(`\b(model|model_id|max_concurrency|request_rate|backend|base_url|host|` +
		`random_range_ratio)=('[^']*'|[^,)\s]+)`)
)

// before matches what a terminal or a collector of logs puts before a line: colours, the name of a container, the time.
var before = regexp.MustCompile(`\x1b\[[\d;]*[A-Za-z]|(?m:^(?:\[[^\]\n]*\]\s+|[\w./-]+\s+\|\s+)?` +
	`(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,]*(?:Z|[+-]\d\d:?\d\d)?\]?\s)?)|\r`)

// readConsole reads every block of a log. A vLLM log repeats its arguments above the block ("Namespace(…)"): they say
// the model.
func readConsole(text string) []Run {
	blocks := strings.Split(before.ReplaceAllString(text, ""), consoleTitle)
	var runs []Run
	for i, block := range blocks[1:] {
		o := object{}
		for _, m := range namespace.FindAllStringSubmatch(blocks[i], -1) {
			o[m[1]] = strings.Trim(m[2], "'")
		}
		whole, foreign := false, ""
		for _, line := range strings.Split(block, "\n")[1:] {
			if whole = strings.HasPrefix(strings.TrimSpace(line), "====="); whole {
				break
			}
			m := consoleLine.FindStringSubmatch(line)
			if m == nil || m[2] == "retokenized" {
				continue
			}
			if !o.printed(m[1], m[2], m[3]) {
				foreign = line
			}
		}
		r := serving(o)
		r.Model = o.text("model_id", "model")
		r.Engine = engineOf(o.text("backend"))
		r.Latency = o.flat("e2el", "_ms", 1e-3)
		r.Acceptance = o.number("accept_length")
		r.Speculative = r.Acceptance > 1
		r.Tool = "console text"
		switch {
		case !whole:
			r.Fault = message.New("runs.cut-block")
		case foreign != "":
			r.Fault = message.New("runs.line", hw.Clean(strings.TrimSpace(foreign)))
		}
		if len(blocks) > 2 {
			r.At = fmt.Sprintf("block %d", i+1)
		}
		runs = append(runs, r)
	}
	return runs
}

// printed puts a line of the block where the file of the same tool would have it; false for a figure that nobody can
// read.
func (o object) printed(title, unit, value string) bool {
	if m := consoleStat.FindStringSubmatch(title); m != nil {
		name := strings.ToLower(m[2])
		if name == "e2e latency" {
			name = "e2el"
		}
		v, ok := figure(value)
		scale, known := seconds(unit)
		o[strings.ToLower(m[1])+"_"+name+"_ms"] = v * scale * 1e3
		return known && (ok || strings.EqualFold(value, "nan"))
	}
	key, ok := map[string]string{
		"Backend": "backend", "Successful requests": "completed", "Failed requests": "failed",
		"Maximum request concurrency": "max_concurrency", "Max request concurrency": "max_concurrency",
		"Traffic request rate": "request_rate", "Request rate configured": "request_rate", "Benchmark duration": "duration",
		"Total input tokens": "total_input_tokens", "Total generated tokens": "total_output_tokens",
		"Output token throughput": "output_throughput", "Accept length": "accept_length",
	}[title]
	if !ok || strings.HasPrefix(value, "not set") {
		return true
	}
	if v, ok := figure(value); ok {
		o[key] = v
		return true
	}
	o[key] = value
	return key == "backend" || key == "request_rate"
}
