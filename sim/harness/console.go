package harness

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// consoleTitle opens the block that vLLM's and SGLang's benchmarks print for every run.
const consoleTitle = "Serving Benchmark Result"

var (
	consoleLine = regexp.MustCompile(`^\s*([A-Z][^:]*?)\s*(?:\(([^()]*)\))?:\s+(\S.*?)\s*$`)
	consoleStat = regexp.MustCompile(`^(Mean|Median|P[\d.]+) (TTFT|TPOT|ITL|E2EL|E2E Latency)$`)
	namespace   = regexp.MustCompile(`\b(model|model_id|max_concurrency|request_rate|backend|base_url|host|` +
		`random_range_ratio)=('[^']*'|[^,)\s]+)`)
)

// readConsole reads every block of a log. A vLLM log repeats its arguments above the block ("Namespace(…)"): they say
// the model.
func readConsole(text string) []Run {
	blocks := strings.Split(text, consoleTitle)
	var runs []Run
	for i, block := range blocks[1:] {
		o := object{}
		for _, m := range namespace.FindAllStringSubmatch(blocks[i], -1) {
			o[m[1]] = strings.Trim(m[2], "'")
		}
		for _, line := range strings.Split(block, "\n")[1:] {
			if strings.HasPrefix(strings.TrimSpace(line), "=====") {
				break
			}
			m := consoleLine.FindStringSubmatch(line)
			if m == nil || m[2] == "retokenized" {
				continue
			}
			o.printed(m[1], m[3])
		}
		r := serving(o)
		r.Model = o.text("model_id", "model")
		r.Engine = engineOf(o.text("backend"))
		r.Latency = o.flat("e2el", "_ms", 1e-3)
		r.Acceptance = o.number("accept_length")
		r.Speculative = r.Acceptance > 1
		r.Tool = "console text"
		if len(blocks) > 2 {
			r.At = fmt.Sprintf("block %d", i+1)
		}
		runs = append(runs, r)
	}
	return runs
}

// printed puts a line of the block where the file of the same tool would have it.
func (o object) printed(title, value string) {
	if m := consoleStat.FindStringSubmatch(title); m != nil {
		name := strings.ToLower(m[2])
		if name == "e2e latency" {
			name = "e2el"
		}
		if v, err := strconv.ParseFloat(value, 64); err == nil {
			o[strings.ToLower(m[1])+"_"+name+"_ms"] = v
		}
		return
	}
	key, ok := map[string]string{
		"Backend": "backend", "Successful requests": "completed", "Failed requests": "failed",
		"Maximum request concurrency": "max_concurrency", "Max request concurrency": "max_concurrency",
		"Traffic request rate": "request_rate", "Request rate configured": "request_rate", "Benchmark duration": "duration",
		"Total input tokens": "total_input_tokens", "Total generated tokens": "total_output_tokens",
		"Output token throughput": "output_throughput", "Accept length": "accept_length",
	}[title]
	if !ok || strings.HasPrefix(value, "not set") {
		return
	}
	if v, err := strconv.ParseFloat(value, 64); err == nil && v < 1e18 {
		o[key] = v
	} else if err != nil {
		o[key] = value
	}
}
