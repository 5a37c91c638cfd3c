package field

import (
	"math"
	"strings"
	"testing"

	"fathom/sim/plan"
	"fathom/sim/serve"
)

// asked is a command line of a plan that is complete, with more flags.
func asked(t *testing.T, model, more string) (*plan.Request, string) {
	t.Helper()
	p := FromArgs(strings.Fields(model+" --device "+die+" --num-devices 8 --input-length 1000 --output-length 100 --tpot-limit 50 "+
		"--quantize-linear-action DISABLED --quantize-attention-action DISABLED "+more), FromFlag, "")
	if p.Err() {
		t.Fatal(p.Issues)
	}
	c := world(t)
	q, issues := Request(FillDefaults(p.Answers), c)
	said := ""
	for _, i := range issues {
		said += i.Message.String() + "\n"
	}
	return q, said
}

// A mean length of MTP stands for equal rates; of anything else it is kept with its tokens and cost, and none of it
// reaches the reference tool's command.
func TestSpeculation(t *testing.T) {
	known := world(t)
	for _, c := range []struct {
		model, flags string
		want         plan.Speculation
	}{
		{dense, "--draft eagle --num-speculative-tokens 3 --acceptance-length 2.4 --draft-share 0.1",
			plan.Speculation{Draft: "eagle", Tokens: 3, Length: 2.4, Share: 0.1}},
		{dense, "--draft ngram --num-speculative-tokens 5 --acceptance-length 1.4",
			plan.Speculation{Draft: "ngram", Tokens: 5, Length: 1.4}},
		{dense, "--speculative-method dflash --num-speculative-tokens 7 --acceptance-length 9 --draft-share 0.2",
			plan.Speculation{Draft: "dflash", Tokens: 7, Length: 8, Share: 0.2}},
		{dense, "--speculative-method dspark --acceptance-length 9 --draft-share 0.2",
			plan.Speculation{Draft: "dspark", Tokens: 7, Length: 9, Share: 0.2}},
		{moe, "--num-mtp-tokens 1 --acceptance-length 1.8", plan.Speculation{Draft: "mtp", Length: 1.8}},
		{moe, "--num-mtp-tokens 1", plan.Speculation{}},
		{dense, "--draft model --num-speculative-tokens 3 --acceptance-length 2.4 --draft-model " + dense,
			plan.Speculation{Draft: "model", Tokens: 3, Length: 2.4, Model: known.Model(dense)}},
		{dense, "--draft model --num-speculative-tokens 3 --acceptance-length 2.4 --draft-model " + moe,
			plan.Speculation{Draft: "model", Tokens: 3, Length: 2.4, Model: known.Model(moe)}},
	} {
		q, said := asked(t, c.model, c.flags)
		if q == nil {
			t.Fatalf("%s: %s", c.flags, said)
		}
		if m, own := c.want.Model, q.Speculation.Model; m != nil && own != nil && own.Name == m.Name {
			c.want.Model = own // each catalog reads its own
		}
		if q.Speculation != c.want {
			t.Errorf("%s: %+v", c.flags, q.Speculation)
		}
		if c.want.Draft == "mtp" && math.Abs(serve.Accepted(1, q.Acceptance)-c.want.Length) > 1e-12 {
			t.Errorf("%s: rates %v", c.flags, q.Acceptance)
		}
		again, issues := Request(FillDefaults(FromRequest(q)), *catalogOf(q))
		if again == nil || again.Speculation != q.Speculation {
			t.Errorf("%s: came back as %+v, %v", c.flags, again, issues)
		}
		line := Shell(Command(q))
		if theirs := strings.Contains(c.flags, "speculative-method"); !theirs && (strings.Contains(line, "draft") ||
			strings.Contains(line, "acceptance-length") || strings.Contains(line, "num-speculative")) {
			t.Errorf("%s: the reference tool is given %s", c.flags, line)
		}
	}
	for flags, want := range map[string]string{
		"--draft eagle": "tokens that are guessed ahead",
		"--draft eagle --num-speculative-tokens 3 --draft-share 0.1":                                              "from 1 to 4",
		"--draft eagle --num-speculative-tokens 3 --acceptance-length 2":                                          "share of the step",
		"--draft model --num-speculative-tokens 3 --acceptance-length 4.5 --draft-share 0.1":                      "must be from 1 to 4",
		"--draft ngram --num-speculative-tokens 3 --acceptance-length 2 --draft-model " + dense:                   "eagle or model",
		"--draft model --num-speculative-tokens 3 --acceptance-length 2 --draft-model x/y":                        "not in the catalog",
		"--draft model --num-speculative-tokens 3 --acceptance-length 2 --draft-share 0.1 --draft-model " + dense: "keep one",
		"--draft mtp":                 "needs --num-mtp-tokens",
		"--acceptance-length 2":       "needs --speculative-method",
		"--draft-share 0.1":           "needs --draft",
		"--draft sequoia":             "none, mtp, eagle, model, ngram",
		"--speculative-method dflash": "--draft-share",
	} {
		if q, said := asked(t, dense, flags); q != nil || !strings.Contains(said, want) {
			t.Errorf("%s: %q is missing from %q", flags, want, said)
		}
	}
	for _, flags := range []string{"--acceptance-length 1.8", "--num-speculative-tokens 1"} { // what works is named first
		if q, said := asked(t, moe, flags); q != nil || !strings.Contains(said, "needs --num-mtp-tokens") {
			t.Errorf("%s with MTP layers: %q", flags, said)
		}
		if q, said := asked(t, dense, flags); q != nil || !strings.Contains(said, "--draft eagle, model or ngram") {
			t.Errorf("%s without MTP layers: %q", flags, said)
		}
	}
	if q, said := asked(t, moe, "--num-mtp-tokens 1 2 --acceptance-length 1.8"); q != nil || !strings.Contains(said,
		"one number of MTP tokens") {
		t.Errorf("several candidates: %q", said)
	}
}
