package harness

import (
	"bytes"
	"regexp"

	"fathom/hw/message"
)

// strangers are tools whose files people bring and that are not read: files of HTTP requests, which know no tokens, and
// tables whose columns have no lasting names, and times of kernels. A file is known by how it begins.
var strangers = []struct {
	begins *regexp.Regexp
	name   string
	why    string // key of what to give instead
}{
	{regexp.MustCompile(`^"?Type"?,"?Name"?,"?(?:Request Count|# requests)`), "Locust", "runs.stranger-http"},
	{regexp.MustCompile(`^"?Method"?,"?Name"?,"?(?:# requests|Error"?,"?Occurrences)`), "Locust", "runs.stranger-http"},
	{regexp.MustCompile(`^"?Name"?,"?# requests"?,"?50%`), "Locust", "runs.stranger-http"},
	{regexp.MustCompile(`^"?Timestamp"?,"?User Count"?,"?Type"?,"?Name`), "Locust", "runs.stranger-http"},
	{regexp.MustCompile(`^"?metric_name"?,"?timestamp"?,"?metric_value`), "k6", "runs.stranger-http"},
	{regexp.MustCompile(`(?m)^\s*(?:[✓✗]\s*)?http_req_duration\.{3,}`), "k6", "runs.stranger-http"},
	{regexp.MustCompile(`^"?timeStamp"?,"?elapsed"?,"?label`), "JMeter", "runs.stranger-http"},
	{regexp.MustCompile(`^"?Label"?,"?# Samples"?,"?Average`), "JMeter", "runs.stranger-http"},
	{regexp.MustCompile(`^(?:<\?xml[^>]*>\s*)?<testResults version=`), "JMeter", "runs.stranger-http"},
	{regexp.MustCompile(`^"?Time \(%\)"?,"?Total Time \(\w+\)"?,"?(?:Instances|Num Calls)`), "Nsight Systems (nsys stats)",
		"runs.stranger-kernels"},
	{regexp.MustCompile(`^"?Start \(\w+\)"?,"?Duration \(\w+\)"?,`), "Nsight Systems (nsys stats)",
		"runs.stranger-kernels"},
	{regexp.MustCompile(`^"?ID"?,"?Process ID"?,"?Process Name"?,`), "Nsight Compute (ncu)", "runs.stranger-kernels"},
	{regexp.MustCompile(`(?i)^"?Device_id"?,(?:[^\n]*,)?"?(?:Task ID|OP Type|Op Name|Type)"?,`), "msprof",
		"runs.stranger-kernels"},
	{regexp.MustCompile(`(?i)^"?Step Id"?,"?(?:Device_id|Model ID|Task ID|Name)"?,`), "msprof", "runs.stranger-kernels"},
	{regexp.MustCompile(`(?m)^[^\n]*\bFirstTokenTime\b[^\n]*`), "MindIE Benchmark", "runs.stranger-table"},
	{regexp.MustCompile(`^"?Common Metric"?,"?Value`), "MindIE Benchmark", "runs.stranger-table"},
	{regexp.MustCompile(`(?m)^[^\n\w]*Performance Parameters["\s]*[,│|]["\s]*Stage\b`), "AISBench", "runs.stranger-table"},
	{regexp.MustCompile(`(?m)^[^\n\w]*Common Metric["\s]*[,│|]["\s]*Stage\b`), "AISBench", "runs.stranger-table"},
	{regexp.MustCompile(`(?m)^\W*Average time to first token \(s\)\s*[|│]`), "evalscope", "runs.stranger-evalscope"},
}

// stranger names the tool behind a text, nil where nobody knows it.
func stranger(text []byte) error {
	text = bytes.TrimSpace(bytes.TrimPrefix(text[:min(len(text), 1<<20)], []byte("\ufeff")))
	for _, s := range strangers {
		if s.begins.Match(text) {
			return message.Fault(s.why, s.name)
		}
	}
	return nil
}

// strangerObject names the tool behind an object, by keys that nobody else has.
func strangerObject(o object) error {
	metrics := o.in("metrics")
	switch {
	case o.has("metric", "type", "data"), metrics.has("http_req_duration"), metrics.has("http_reqs"):
		return message.Fault("runs.stranger-http", "k6")
	case o.has("num_requests", "response_times"):
		return message.Fault("runs.stranger-http", "Locust")
	case o.has("Percentiles", "TTFT (s)"):
		return message.Fault("runs.stranger-evalscope", "evalscope")
	case o.in("Benchmark Duration") != nil, o.in("Output Token Throughput") != nil, o.in("Request Throughput") != nil:
		return message.Fault("runs.stranger-table", "AISBench")
	}
	return nil
}
