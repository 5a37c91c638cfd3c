package harness

import (
	"bytes"
	"encoding/csv"
	"math"
	"regexp"
	"strings"

	"fathom/hw/message"
)

// AIPerf and its predecessor GenAI-Perf write one object a run (profile_export_aiperf.json,
// profile_export_genai_perf.json): a metric is an object with its unit and avg, p50, p99 …
func isAIPerf(o object) bool {
	for _, k := range []string{"time_to_first_token", "inter_token_latency", "output_token_throughput"} {
		if o.in(k).has("unit") || o.in(k).has("avg") {
			return true
		}
	}
	return false
}

func readAIPerf(o object) []Run {
	r := measures(o)
	r.asked(o.in("input_config"))
	if r.Rate == 0 && r.Concurrency == 0 {
		r.inFlight(o)
	}
	return []Run{r}
}

// measures reads the metrics.
func measures(o object) (r Run) {
	metric := func(name string) Latency {
		m := o.in(name)
		scale, known := seconds(m.text("unit"))
		if !known && m != nil {
			r.Fault = message.New("runs.unit", name, m.text("unit"))
		}
		return m.spread(scale)
	}
	r.TTFT, r.TPOT, r.Latency = metric("time_to_first_token"), metric("inter_token_latency"), metric("request_latency")
	r.Throughput = o.in("output_token_throughput").number("avg")
	input, output := o.in("input_sequence_length"), o.in("output_sequence_length")
	r.Input, r.Output = input.number("avg"), output.number("avg")
	r.Spread = between(output.number("min"), output.number("max"))
	r.Requests, r.Failed = o.in("request_count").count("avg"), o.in("error_request_count").count("avg")
	return r
}

// asked reads the settings that the file repeats: nested by topic in AIPerf, flat in GenAI-Perf.
func (r *Run) asked(c object) {
	for _, at := range []object{c.in("endpoint"), c} {
		if r.Model == "" {
			r.Model = at.text("model_names", "model", "formatted_model_name", "models")
		}
	}
	for _, at := range []object{c.in("loadgen"), c.in("perf_analyzer", "stimulus"), c} {
		if r.Concurrency == 0 {
			r.Concurrency = at.count("concurrency")
		}
		if r.Rate == 0 {
			r.Rate = at.number("request_rate")
		}
		if r.Requests == 0 {
			r.Requests = at.count("request_count")
		}
	}
	r.Even = strings.EqualFold(c.in("loadgen").text("request_rate_mode", "arrival_pattern"), "constant")
}

// seconds is the length of a unit; known is false for what is no unit of time.
func seconds(unit string) (length float64, known bool) {
	switch strings.ToLower(strings.TrimSpace(unit)) {
	case "ns", "nanosecond", "nanoseconds":
		return 1e-9, true
	case "us", "µs", "μs", "microsecond", "microseconds":
		return 1e-6, true
	case "ms", "msec", "millisecond", "milliseconds":
		return 1e-3, true
	case "s", "sec", "second", "seconds":
		return 1, true
	}
	return 0, false
}

// perfHead is the first line of their CSV files.
var perfHead = regexp.MustCompile(`(?i)^"?metric"?\s*,\s*"?(?:avg|min|value)"?`)

func isPerfTable(data []byte) bool { return perfHead.Match(data) }

// unit is the part of a metric's name in brackets.
var unit = regexp.MustCompile(`^(.*?)\s*\(([^)]*)\)\s*$`)

// readPerfTable reads a CSV file of theirs: a table of distributions, an empty line, a table of single values.
func readPerfTable(data []byte) ([]Run, error) {
	c := csv.NewReader(bytes.NewReader(data))
	c.FieldsPerRecord, c.LazyQuotes = -1, true
	records, err := c.ReadAll()
	if err != nil {
		return nil, message.Fault("runs.table", err)
	}
	o := object{}
	var head []string
	for _, rec := range records {
		if strings.EqualFold(strings.TrimSpace(rec[0]), "metric") {
			head = rec
			continue
		}
		name, in := strings.TrimSpace(rec[0]), ""
		if m := unit.FindStringSubmatch(name); m != nil {
			name, in = m[1], m[2]
		}
		row := map[string]any{"unit": in}
		for i := 1; i < min(len(head), len(rec)); i++ {
			title := strings.ToLower(strings.TrimSpace(head[i]))
			if title == "value" {
				title = "avg"
			}
			if v, ok := figure(rec[i]); ok {
				row[title] = v
			}
		}
		o[strings.ReplaceAll(strings.ToLower(name), " ", "_")] = row
	}
	if !isAIPerf(o) {
		return nil, ErrForeign
	}
	r := measures(o) // the tables do not repeat the settings
	r.inFlight(o)
	r.Tool = "AIPerf"
	return []Run{r}, nil
}

// inFlight works out what settings would say: answers have tokens a second over requests a second, and by Little's law
// so many requests were in flight.
func (r *Run) inFlight(o object) {
	rate := o.in("request_throughput").number("avg")
	if r.Output == 0 && rate > 0 {
		r.Output = math.Round(r.Throughput / rate)
	}
	held := r.Latency.Mean
	if held == 0 && r.Output > 1 {
		held = r.TTFT.Mean + r.TPOT.Mean*(r.Output-1)
	}
	if n := math.Round(min(rate*held, 1e9)); n > 0 {
		r.Concurrency = int(n)
	}
}
