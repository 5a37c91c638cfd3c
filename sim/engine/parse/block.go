package parse

import (
	"strings"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/report"
)

var (
	devicesLine = compile(`^(\d+) (\S.*)$`)
	gibLine     = compile(`^(-?[\d.]+) GB$`)
	bestLine    = compile(`^([\d.]+) req/s\s+\((TTFT` +
		`|TPOT): ([\d.]+) ms, Parallel: (.+), Batch: (\d+), Concurrency: (\d+)\)$`)
	countLine = compile(`^(\d+) \(\d+ devices\)$`)
)

// header takes a line of a report outside its tables.
func (r *Reader) header(s, text string) bool {
	if titleLine.MatchString(text) {
		r.begin(text)
		return true
	}
	if s[0] != ' ' {
		return false
	}
	if rest, ok := strings.CutPrefix(text, "Cross-hardware - "); ok {
		r.begin("")
		r.heading = rest
		return true
	}
	key, value, ok := strings.Cut(text, ":")
	if !ok {
		return false
	}
	value = strings.TrimSpace(value)
	b := &r.block
	switch key {
	case "Input Configuration":
		if r.ended && !r.given {
			r.runs++
		}
		r.begin("")
		r.block, r.heading = block{}, ""
	case "Model":
		if r.model != "" && r.model != value {
			r.runs++ // all tables of a run are of one model
		}
		r.model = value
		r.input("model", value)
	case "Quantize Linear action":
		r.input("quantize_linear_action", value)
	case "Quantize Attention action":
		r.input("quantize_attention_action", value)
	case "Devices":
		if m := devicesLine.FindStringSubmatch(value); m != nil {
			if n, ok := whole(m[1]); ok {
				b.count, b.device = n, m[2]
				r.input("num_devices", n)
			}
		}
	case "Prefill Devices Per Instance":
		b.devices[0] = r.count("prefill_devices_per_instance", value)
	case "Decode Devices Per Instance":
		b.devices[1] = r.count("decode_devices_per_instance", value)
	case "TTFT Limits":
		r.limit("ttft_limit", value)
	case "TPOT Limits":
		r.limit("tpot_limit", value)
	case "Total device memory":
		b.memory[0] = gib(value)
	case "Reserved memory":
		b.memory[1] = gib(value)
		r.input("reserved_memory_gb", b.memory[1])
	case "PD Ratio":
		first, _, _ := strings.Cut(value, " ")
		if v := number(first); v != nil {
			b.best.PDRatio = *v
		}
	case "Prefill QPS":
		b.side(value, &b.best.Prefill, &b.best.PrefillQPS, plan.PhasePrefill)
	case "Decode QPS":
		b.side(value, &b.best.Decode, &b.best.DecodeQPS, plan.PhaseDecode)
	case "P Instances":
		b.instances(0, value)
	case "D Instances":
		b.instances(1, value)
		r.bestRatio()
	case "Memory Info", "Overall Best Configuration", "Best Throughput", "TTFT", "TPOT":
	default:
		return false
	}
	return true
}

// begin ends what stood before a title or a heading: a grid that has lost its last rule, and a title whose table never
// came or could not be told from other text.
func (r *Reader) begin(title string) {
	if r.title != "" {
		r.broken++
	}
	r.table, r.title, r.known = nil, title, true
}

// mostInputs is far above the lines of a header.
const mostInputs = 32

// input notes a line of the header.
func (r *Reader) input(name string, value any) {
	if len(r.block.inputs) == mostInputs {
		return
	}
	r.block.inputs = append(r.block.inputs, report.Input{Name: name, Value: value, Source: message.New("origin.log")})
}

// limit notes a limit that is set. A disaggregated phase states "None" for the limit of the other one.
func (r *Reader) limit(name, value string) {
	if v := number(strings.TrimSuffix(value, " ms")); v != nil {
		r.input(name, *v)
	}
}

func (r *Reader) count(name, value string) int {
	n, ok := whole(value)
	if ok {
		r.input(name, n)
	}
	return n
}

func gib(value string) float64 {
	if m := gibLine.FindStringSubmatch(value); m != nil {
		if v := number(m[1]); v != nil {
			return *v
		}
	}
	return 0
}

// side reads one side of the best ratio: "27.23 req/s  (TTFT: 771.08 ms, Parallel: TP=1 | PP=1 | DP=1, Batch: 21,
// Concurrency: 21)".
func (b *block) side(value string, row *report.Row, qps *float64, phase plan.Phase) {
	m := bestLine.FindStringSubmatch(value)
	if m == nil {
		return
	}
	got, ok := side(phase, m[4], m[5], m[6])
	rate, latency := number(m[1]), number(m[3])
	if !ok || rate == nil || latency == nil {
		return
	}
	*row, *qps = got, *rate
	if m[2] == "TTFT" {
		row.TTFT, row.QPS = latency, rate
	} else {
		row.TPOT = latency
	}
}

func (b *block) instances(i int, value string) {
	if m := countLine.FindStringSubmatch(value); m != nil {
		b.split[i], _ = whole(m[1])
	}
}

// bestRatio keeps the best pair of the header, in case the table below it is missing.
func (r *Reader) bestRatio() {
	b := &r.block
	if b.best.Prefill.Label == "" || b.best.Decode.Label == "" {
		return
	}
	b.best.Balanced = min(b.best.PrefillQPS, b.best.DecodeQPS)
	split(&b.best, b.split[0], b.split[1], b.devices)
	if d := r.owner(); d != nil {
		d.ratios, d.ratioRun = []report.Ratio{b.best}, true
		r.revision++
	}
}

// owner is the profile that the block is about. A P:D block names none where the devices are too few for one of each;
// then it is the first one of the command that has no report yet.
func (r *Reader) owner() *device {
	b := &r.block
	if b.target == nil {
		b.target = r.device(b.device)
		if b.target != nil {
			b.target.memory = b.memory
			if len(b.target.inputs) < 2*mostInputs { // one header for each phase
				b.target.inputs = append(b.target.inputs, b.inputs...)
			}
		}
	}
	return b.target
}

func (r *Reader) device(name string) *device {
	if name == "" {
		name = "unknown"
		for _, n := range r.asked() {
			if r.find(n) == nil {
				name = n
				break
			}
		}
	}
	if d := r.find(name); d != nil {
		return d
	}
	if len(r.devices) == mostDevices {
		r.dropped++
		return nil
	}
	d := &device{name: name}
	r.devices = append(r.devices, d)
	return d
}

func (r *Reader) find(name string) *device {
	for _, d := range r.devices {
		if d.name == name {
			return d
		}
	}
	return nil
}

// asked are the profiles of the command, each once.
func (r *Reader) asked() []string {
	var out []string
	seen := map[string]bool{}
	for _, n := range r.command.value["device"] {
		if !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	if len(out) == 0 && len(r.command.flags) > 0 {
		out = []string{"TEST_DEVICE"} // the reference tool's default
	}
	return out
}
