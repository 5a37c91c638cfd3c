package workload

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"fathom/hw/message"
	"fathom/sim/plan"
	"fathom/sim/serve"
)

// longest is more than any context; it keeps sums of lengths far from overflow.
const longest = 1 << 24

// lengths reads a distribution of lengths in tokens: 512 is one length; {min, max} is uniform; {p0, p50, p90 …, p100}
// goes through the stated percentiles; {mean, cv, max} is log-normal; {bins} is a list as in the reference tool's
// files.
func (r *reader) lengths(key string) []plan.Bin {
	v := r.take(key)
	if v == nil {
		if r.absent == nil {
			r.absent = message.Fault("workload.missing", r.where, key)
		}
		return nil
	}
	if n, ok := float(v); ok {
		if n != math.Trunc(n) || n < 1 || n > longest {
			r.fail(key, v, "workload.want-length", longest)
			return nil
		}
		return []plan.Bin{{Min: int(n), Max: int(n) + 1, Weight: 1}}
	}
	tree, ok := v.(map[string]any)
	if !ok {
		r.fail(key, v, "workload.want-lengths")
		return nil
	}
	if list, ok := tree["bins"]; ok {
		return r.bins(key, list, len(tree))
	}
	own := reader{tree: tree, where: r.where}
	defer func() {
		if err := own.done(); err != nil && r.err == nil {
			r.err = err
		}
	}()
	if _, ok := tree["mean"]; ok {
		mean := own.number("mean", 0, 1, longest)
		cv := own.number("cv", 1, 0, 100)
		most := own.number("max", longest, 1, longest)
		if own.err != nil {
			return nil
		}
		if most < mean {
			own.fail("max", most, "workload.below-mean", mean)
			return nil
		}
		return through(logNormal(mean, cv, most))
	}
	var at []point
	for k, x := range tree {
		name := strings.Replace(strings.Replace(k, "min", "p0", 1), "max", "p100", 1)
		percent, err := strconv.ParseFloat(strings.TrimPrefix(name, "p"), 64)
		tokens, ok := float(x)
		if err != nil || !strings.HasPrefix(name, "p") || !(percent >= 0 && percent <= 100) {
			continue // done says that it is unknown
		}
		own.taken = append(own.taken, k)
		if !ok || !(tokens >= 1 && tokens <= longest) {
			own.fail(key+"."+k, x, "workload.want-length", longest)
			return nil
		}
		at = append(at, point{percent / 100, tokens})
	}
	slices.SortFunc(at, func(a, b point) int { return cmp.Compare(a.share, b.share) })
	if len(at) < 2 || at[0].share != 0 || at[len(at)-1].share != 1 {
		own.taken = nil
		own.fail(key, v, "workload.want-ends")
		return nil
	}
	for i := 1; i < len(at); i++ {
		if at[i].tokens < at[i-1].tokens || at[i].share == at[i-1].share {
			own.fail(key, at[i].tokens, "workload.falling", 100*at[i].share)
			return nil
		}
	}
	return through(at)
}

// bins reads what the reference tool's files of length distributions hold, by the reader of these.
func (r *reader) bins(key string, list any, keys int) []plan.Bin {
	text, err := yaml.Marshal(map[string]any{"bins": list})
	if err == nil {
		var out []plan.Bin
		if out, err = serve.ParseLengths(text); err == nil && keys == 1 && out[len(out)-1].Max <= longest {
			return out
		}
	}
	if err == nil {
		r.fail(key, list, "workload.want-lengths")
	} else if r.err == nil {
		r.err = message.Fault("workload.fault", r.where, key, short(list), message.Of(err))
	}
	return nil
}

// point is a length and the share of the requests that are not longer.
type point struct{ share, tokens float64 }

// pieces are the bins between two percentiles of which the upper is much longer.
const pieces = 8

// through makes bins of percentiles. Between two of them lengths are spread evenly, where they differ by more than a
// half evenly in their logarithm, as lengths of requests are.
func through(at []point) (bins []plan.Bin) {
	for i := 1; i < len(at); i++ {
		low, high, weight := at[i-1].tokens, at[i].tokens, at[i].share-at[i-1].share
		n := 1
		if high > 1.5*low && high-low > pieces {
			n = pieces
		}
		for k := range n {
			a := low * math.Pow(high/low, float64(k)/float64(n))
			b := low * math.Pow(high/low, float64(k+1)/float64(n))
			first, last := int(math.Round(a)), int(math.Round(b))
			if i == len(at)-1 && k == n-1 {
				last++ // the longest length is one of them
			}
			bins = append(bins, plan.Bin{Min: first, Max: max(first+1, last), Weight: weight / float64(n)})
		}
	}
	return bins
}

// logNormal gives percentiles of a log-normal distribution of a mean and a coefficient of variation, none above most.
func logNormal(mean, cv, most float64) []point {
	sigma := math.Sqrt(math.Log(1 + cv*cv))
	mu := math.Log(mean) - sigma*sigma/2
	var at []point
	for _, p := range []float64{0.001, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999} {
		x := math.Exp(mu + sigma*math.Sqrt2*math.Erfinv(2*p-1))
		at = append(at, point{p, math.Max(1, math.Min(x, most))})
	}
	at[0].share, at[len(at)-1].share = 0, 1
	return at
}
