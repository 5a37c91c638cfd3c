package parse

import "testing"

func TestPatternsCompile(t *testing.T) {
	for _, r := range rules {
		r.pattern()
	}
	for _, p := range []pattern{devicesLine, gibLine, bestLine, countLine, shareLine, titleLine, exitLine, toolLine,
		timeLine,
		levelLine, usageLine, exception, thrown, cannotBuild, flagWord} {
		p()
	}
}
