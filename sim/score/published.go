package score

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/software"
	"fathom/sim/traffic"
)

// published reads what the published set says in words: the launch command or a summary of it in column config, and the
// load generator's setting in column load.
func (r *Row) published(c *cells) {
	config := c.text("config")
	if named := software.In(config); named != nil {
		r.Engine = plan.ServingOf(named)
	}
	// Pages of measurements name an engine once and then tune the one that was faster, so that a copied heading may belong
	// to the other.
	if named := software.Commanded(config); named != nil { // whatever engine the checkpoint's path names
		r.Engine = plan.ServingOf(named)
	} else if named, flag := software.ByFlags(config); named != nil && plan.ServingOf(named) != r.Engine {
		r.Notes = append(r.Notes, message.New("runs.by", named.Name, r.Engine.String(), flag))
		r.Engine = plan.ServingOf(named)
	}
	if r.Engine != plan.AnyServing && huawei(r.Device) {
		r.Engine = plan.ServingOf(r.Engine.Engine().On("Huawei"))
	}
	r.MeanLengths = true
	r.launch(config, c)
	r.load(c.text("load"), c)
}

// huawei reports whether a name is that of an Ascend device, be it of several.
func huawei(device string) bool {
	p, err := DeviceOf(device, hw.Find)
	var wrong *hw.NameError
	if errors.As(err, &wrong) && len(wrong.Could) > 0 {
		p, err = hw.Find(wrong.Could[0])
	}
	low := strings.ToLower(device)
	return err == nil && p.Vendor == "Huawei" || strings.Contains(low, "910") || strings.Contains(low, "ascend")
}

// flag finds the value of a command-line flag: "-tp 8", "--tp-size=8", or "tp8" in a summary.
func flag(config string, names ...string) (int, bool) {
	for _, n := range names {
		pattern := `(?:^|\s)` + regexp.QuoteMeta(n) + `(?:[\s=]+)(\d+)`
		if !strings.HasPrefix(n, "-") {
			pattern = `(?:^|[\s,])` + n + `\s?(\d+)\b`
		}
		if m := regexp.MustCompile(pattern).FindStringSubmatch(config); m != nil {
			v, err := strconv.Atoi(m[1])
			if err == nil && v > 0 && v <= maxTokens {
				return v, true
			}
		}
	}
	return 0, false
}

// launch reads parallel sizes, scheduler limits and the checkpoint's precision from a command.
func (r *Row) launch(config string, c *cells) {
	s := &r.Side
	if v, ok := flag(config, "-tp", "--tp", "--tp-size", "--tp_size", "--tensor-parallel-size", "tp"); ok {
		s.TP = v
	}
	if v, ok := flag(config, "-pp", "--pp", "--pp-size", "--pp_size", "--pipeline-parallel-size", "pp"); ok {
		s.PP = v
	}
	dp, hasDP := flag(config, "-dp", "--dp", "--dp-size", "--data-parallel-size", "dp")
	if attention := r.Engine.Engine().AttentionDP; hasDP && attention != "" {
		if strings.Contains(config, attention) && s.TP >= dp {
			s.TP, s.DP = max(1, s.TP/dp), dp
		} else {
			s.Workers = dp
		}
	} else if hasDP {
		s.DP = dp
	}
	if v, ok := flag(config, "-ep", "--ep", "--ep-size", "--ep_size"); ok {
		s.EP = v
	} else if strings.Contains(config, "enable-expert-parallel") ||
		regexp.MustCompile(`(?:^|[\s,])ep\b`).MatchString(config) {
		s.EP = max(1, s.TP) * max(1, s.DP)
	}
	if s.TP == 0 {
		// The engines start on one device unless told otherwise; a page that says nothing of a command means the whole.
		if s.TP = 1; r.Engine == plan.AnyServing {
			s.TP = max(1, r.Devices)
		}
	}
	if v, ok := flag(config, "--max-num-batched-tokens", "--max_num_tokens", "--chunked-prefill-size", "mbt"); ok {
		r.BatchedTokens = v
	}
	if v, ok := flag(config, "--max-num-seqs", "--max-running-requests", "--max-batch-size", "--max_batch_size",
		"max-num-seqs"); ok {
		r.Sequences = v
	}
	low := strings.ToLower(config)
	if strings.Contains(low, "specul") || strings.Contains(low, "mtp") || strings.Contains(low, "eagle") {
		r.Speculative = true
		r.Notes = append(r.Notes, message.New("runs.speculative"))
	}
	if strings.Contains(low, "pd disagg") {
		r.Fault = message.New("runs.pools")
	}
	if f, ok := hw.FormatIn(c.text("model") + " " + config); ok && r.Precision == "" {
		r.Precision = f.String()
	}
}

var (
	requestsIn = regexp.MustCompile(`(\d+) requests`)
	rateIn     = regexp.MustCompile(`(\d+(?:\.\d+)?) ?(?:RPS|req/s)`)
	inFlight   = regexp.MustCompile(`concurrency (\d+)`)
	closedLoop = regexp.MustCompile(`closed loop (\d+)`)
)

// load reads how requests were sent.
func (r *Row) load(text string, c *cells) {
	if m := requestsIn.FindStringSubmatch(text); m != nil {
		r.Requests, _ = strconv.Atoi(m[1])
	}
	switch m := rateIn.FindStringSubmatch(text); {
	case m != nil:
		r.Rate, _ = strconv.ParseFloat(m[1], 64)
		r.Arrival = traffic.Poisson
		r.little()
	case closedLoop.MatchString(text), inFlight.MatchString(text):
		for _, re := range []*regexp.Regexp{closedLoop, inFlight} {
			if m := re.FindStringSubmatch(text); m != nil {
				r.Concurrency, _ = strconv.Atoi(m[1])
			}
		}
	case strings.Contains(text, "batch size"):
		// The source doubles its in-flight count here ("batch size 4", peak 8); the setting is what was asked for.
		if v, ok := flag(text, "batch size"); ok {
			r.Concurrency = v
		}
	case strings.HasPrefix(c.text("kind"), "CI limit") && r.Concurrency > 0:
		// A test of a project that keeps so many in flight. It states what a run must reach, not what one did.
		r.Notes = append(r.Notes, message.New("runs.limits"))
	case r.Requests > 0:
		// Everything at once: latencies measure the length of the queue, throughput the saturated maximum.
		r.Burst = true
		if r.Concurrency > 0 {
			r.Concurrency = min(r.Concurrency, r.Requests)
		}
		if r.Measured.Throughput > 0 && (r.Measured.TTFT > 0 || r.Measured.TPOT > 0) {
			r.Measured.TTFT, r.Measured.TPOT = 0, 0
			r.Notes = append(r.Notes, message.New("runs.burst"))
		}
	default:
		r.Fault = message.New("runs.unstated")
	}
	switch {
	case strings.HasPrefix(text, "ShareGPT"):
		r.Tail = true
	case strings.HasPrefix(text, "random") && r.Spread == nil: // vllm bench serve: every request has the same lengths
		r.Spread = new(float64)
	}
}

// little drops a token time that contradicts the requests in flight: by Little's law rate x (TTFT + output x TPOT)
// requests are in flight on average, which is not far below the peak. Some pages print TPOT with other meanings.
func (r *Row) little() {
	if r.Measured.TPOT == 0 || r.Concurrency == 0 {
		return
	}
	mean := r.Rate * (r.Measured.TTFT + r.Measured.TPOT*float64(r.Output))
	if mean < float64(r.Concurrency)/4 {
		r.Measured.TPOT = 0
		r.Notes = append(r.Notes, message.New("runs.little"))
	}
}
