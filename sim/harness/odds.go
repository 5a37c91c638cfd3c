package harness

import "fathom/hw/message"

// apart is how far figures of one run may differ from what others of it come to, and still be of the same units: means
// of products are no products of means, and a run has a beginning and an end. Units are a thousand apart.
const apart = 20

// crowded is how many times the stated requests may be in flight by their mean figures: of bursts of mixed lengths,
// whose long answers have the short times of a token, 2.5 (published runs of gpustack). No more than stated can be.
const crowded = 4

// idle is how much of the stated requests in flight are so at the least by their mean figures: a run begins and ends
// with fewer, and answers that end early leave places free. A throughput of one device makes them a share of it.
const idle = 0.7

// soonest and least are a first token and a step that no engine reaches, in seconds.
const soonest, least = 1e-3, 1e-4

// TooSoon says of latencies in seconds that they are likely of another unit; nothing where they may be so.
func TooSoon(ttft, tpot float64) message.Message {
	switch {
	case ttft > 0 && ttft < soonest:
		return message.New("runs.too-soon", "TTFT", 1e3*ttft, 1e3*soonest)
	case tpot > 0 && tpot < least:
		return message.New("runs.too-soon", "TPOT", 1e3*tpot, 1e3*least)
	}
	return message.Message{}
}

// AtOdds says which figures of a run contradict each other, nothing where they agree. By Little's law as many requests
// are in flight as come in a second, times the seconds that each takes; no more than inFlight can be, which is 0 where
// nobody says, on so many devices, 0 where nobody says. Times are in seconds, throughput in output tokens per second of
// all devices.
func AtOdds(output, ttft, tpot, throughput float64, inFlight, devices int) message.Message {
	if ttft > 0 && tpot > apart*ttft { // a first token takes a step at the least
		return message.New("runs.at-odds-first", 1e3*ttft, 1e3*tpot)
	}
	if output < 1 || ttft <= 0 || tpot <= 0 || throughput <= 0 || inFlight < 1 {
		return message.Message{}
	}
	held := throughput / output * (ttft + tpot*(output-1))
	if held > crowded*float64(inFlight) {
		return message.New("runs.at-odds", held, float64(inFlight))
	}
	stated := float64(inFlight)
	if n := float64(devices); devices > 1 && held < idle*stated && held*n > idle*stated && held*n*idle < stated {
		return message.New("runs.at-odds-device", held, stated, devices)
	}
	if held > apart*stated || held*crowded < stated {
		return message.New("runs.at-odds", held, stated)
	}
	return message.Message{}
}

// odds compares a run's figures with each other.
func (r *Run) odds() message.Message {
	if takes := r.TTFT.Mean + r.TPOT.Mean*(r.Output-1); r.TTFT.Mean > 0 && r.TPOT.Mean > 0 && r.Latency.Mean > 0 &&
		(takes > apart*r.Latency.Mean || takes*apart < r.Latency.Mean) {
		return message.New("runs.at-odds-latency", r.Latency.Mean, takes)
	}
	inFlight := r.Concurrency
	if r.Requests > 0 {
		inFlight = min(inFlight, r.Requests)
	}
	return AtOdds(r.Output, r.TTFT.Mean, r.TPOT.Mean, r.Throughput, inFlight, r.Devices)
}
