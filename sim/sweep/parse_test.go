package sweep

import (
	"slices"
	"strings"
	"testing"

	"fathom/hw"
	"fathom/sim/plan"

	"pgregory.net/rapid"
)

func asked() *plan.Request {
	return &plan.Request{Profiles: []*hw.Profile{{Name: "X"}}, Devices: 8, InputLength: 3500, OutputLength: 1500,
		TTFTLimit: 2000}
}

func TestRanges(t *testing.T) {
	for text, want := range map[string][]float64{
		"tpot-limit=10..100":               {10, 20, 30, 40, 50, 60, 70, 80, 90, 100},
		"tpot=0.5s,20 , 30ms":              {500, 20, 30},
		"input-length=512..32k:log:7":      {512, 1020, 2032, 4048, 8063, 16063, 32000},
		"--input_length=1M..2M:3":          {1e6, 1.5e6, 2e6},
		"devices=1..64:7:log":              {1, 2, 4, 8, 16, 32, 64},
		"num-devices=1..3:lin:9":           {1, 2, 3}, // whole values, each once
		"hit-rate=0..90%:4":                {0, 0.3, 0.6, 0.9},
		"prefix-cache-hit-rate=7%":         {0.07},
		"price=1..2:4":                     {1, 1.33, 1.67, 2},
		"ttft=1..1000:log:4":               {1, 10, 100, 1000},
		"reserved-memory-gb=0..1e1:lin:3 ": {0, 5, 10},
	} {
		axes, err := Parse([]string{text}, asked())
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := axes[0].Values; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// Every sweep that cannot be meant is refused with its text, what is wrong, and what to write instead.
func TestBadSweeps(t *testing.T) {
	for _, c := range []struct {
		texts []string
		want  string
	}{
		{nil, "needs a knob and its values"},
		{[]string{""}, "needs a knob before its values"},
		{[]string{"=1..2"}, "needs a knob before its values"},
		{[]string{"tpot-limit"}, "needs values, e.g. tpot-limit=10..100"},
		{[]string{"tpot-limit="}, "needs values"},
		{[]string{"inputlen=1..2"}, "did you mean input-length?"},
		{[]string{"tpot=50..50"}, "the range is empty: both ends are 50"},
		{[]string{"tpot=100..10"}, "write tpot-limit=10..100"},
		{[]string{"tpot=10.."}, `"" is no value of tpot-limit`},
		{[]string{"tpot=..10"}, `"" is no value`},
		{[]string{"tpot=1..2..3"}, "no value of tpot-limit"},
		{[]string{"tpot=10..100:25:30"}, `":30" is neither`},
		{[]string{"tpot=10..100:cubic"}, `":cubic" is neither`},
		{[]string{"tpot=10..100:1"}, "a range has 2 to 1000"},
		{[]string{"tpot=10..100:100000"}, "a range has 2 to 1000"},
		{[]string{"hit-rate=0..0.9:log"}, "cannot begin at 0"},
		{[]string{"hit-rate=0..1"}, "values lie from 0 to below 1"},
		{[]string{"acceptance=0..110%"}, "values lie from 0 to 1"},
		{[]string{"tpot=0..10"}, "values lie above 0"},
		{[]string{"input=0..10"}, "values lie from 1"},
		{[]string{"input=1..1e99"}, "is out of its range"},
		{[]string{"input=1.5,2"}, "1.5 is no whole number"},
		{[]string{"input=NaN"}, "is no value"},
		{[]string{"input=1x,2"}, "is no value of input-length"},
		{[]string{"input=0x10"}, "is no value"},
		{[]string{"input=5,5"}, "5 is named twice"},
		{[]string{"input=1..9", "input-length=2,3"}, "is swept twice"},
		{[]string{"batch=1..9", "concurrency=2,3"}, "both set the batch"},
		{[]string{"input=1..9", "output=1..9", "tpot=1..9"}, "at most two knobs"},
		{[]string{"input=1..1000:1000", "output=1..1000:1000"}, "1000000 plans are more than 100000"},
		{[]string{"decode-devices=1..8"}, "add --enable-optimize-prefill-decode-ratio"},
		{[]string{"acceptance=0..1"}, "give --num-mtp-tokens"},
		{[]string{"acceptance-length=1..2"}, "give --draft, or --num-mtp-tokens"},
		{[]string{"draft-share=0..1"}, "give --draft"},
		{[]string{"power-cap=200..700"}, "X states no watts"},
		{[]string{"power-limit=1k..2k"}, "is no value"},
		{[]string{"power-limit=1000..2000"}, "X states no watts"},
		{[]string{"serving-cost=0..100"}, "nothing is handed over"},
		{[]string{"input=\x1b[31m5x"}, "is no value"},
	} {
		axes, err := Parse(c.texts, asked())
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "--sweep") ||
			strings.ContainsRune(err.Error(), '\x1b') || len(c.texts) > 0 && !strings.Contains(err.Error(), "=") &&
			!strings.Contains(err.Error(), "plans") {
			t.Errorf("%q: %v, %v; want %q", c.texts, axes, err, c.want)
		}
	}
	decode := asked()
	decode.Mode, decode.TTFTLimit, decode.TPOTLimit = plan.Disaggregation, 0, 50
	if _, err := Parse([]string{"ttft=1..2"}, decode); err == nil || !strings.Contains(err.Error(), "runs decode alone") {
		t.Errorf("a limit of a phase that does not run: %v", err)
	}
	two := asked()
	two.Profiles = append(two.Profiles, &hw.Profile{Name: "Y"})
	for text, want := range map[string]string{"price=1..2": "sweep one device's, e.g. device-cost:X=1..10",
		"price:Z=1..2": "Z is no device of the plan; these are X, Y", "tpot:X=1..2": "all devices share tpot-limit"} {
		if _, err := Parse([]string{text}, two); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	two.Prices = []plan.Price{{Device: "X", PerHour: 1}, {Device: "Y", PerHour: 2}}
	axes, err := Parse([]string{"price:y=3,4"}, two)
	if err != nil || axes[0].Knob.Name != "device-cost:Y" {
		t.Fatalf("the price of one device of two: %v", err)
	}
	if at := axes[0].Knob.At(*two, 4); at.Prices[1] != (plan.Price{Device: "Y", PerHour: 4}) ||
		at.Prices[0] != two.Prices[0] || two.Prices[1].PerHour != 2 {
		t.Errorf("prices %v, those of the request %v", at.Prices, two.Prices)
	}
	spread := asked()
	spread.InputLength, spread.Distribution = 0, []plan.Bin{{Min: 1, Max: 9, Weight: 1}}
	if _, err := Parse([]string{"input=1..2"}, spread); err == nil || !strings.Contains(err.Error(), "distribution") {
		t.Errorf("the length of a distribution: %v", err)
	}
}

// Whatever range is taken, its values rise from one end to the other, lie inside and are read again as printed.
func TestValuesAreReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom([]string{"input", "tpot", "hit-rate", "price", "reserved"}).Draw(t, "knob")
		a, b := rapid.IntRange(1, 900).Draw(t, "from"), rapid.IntRange(1, 900).Draw(t, "to")
		by := find(k)
		scale := 1.0
		if k == "hit-rate" {
			scale = 0.001
		}
		from, to := float64(min(a, b))*scale, float64(max(a, b)+1)*scale
		text := k + "=" + by.Print(twelve(from)) + ".." + by.Print(twelve(to)) +
			rapid.SampledFrom([]string{"", ":log", ":lin"}).Draw(t, "scale") +
			rapid.SampledFrom([]string{"", ":2", ":7", ":999"}).Draw(t, "values")
		axes, err := Parse([]string{text}, asked())
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		list := axes[0].Values
		if list[0] != twelve(from) || list[len(list)-1] != twelve(to) || !slices.IsSorted(list) ||
			len(slices.Compact(slices.Clone(list))) != len(list) {
			t.Fatalf("%s: %v", text, list)
		}
		var words []string
		for _, v := range list {
			words = append(words, by.Print(v))
		}
		again, err := Parse([]string{k + "=" + strings.Join(words, ",")}, asked())
		if err != nil || !slices.Equal(again[0].Values, list) {
			t.Fatalf("%s: %v, read again %v, %v", text, list, again, err)
		}
	})
}

// No text makes the parser panic or gives a sweep without values.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"input=512..32k:log:25", "tpot=1,2", "a", "=", "input=..", "input=1..:::", "hit-rate=5%%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if axes, err := Parse([]string{s}, asked()); err == nil && len(axes[0].Values) == 0 {
			t.Errorf("%q: %v", s, axes)
		}
	})
}
