package cli

import (
	"os"
	"runtime"
	"runtime/debug"
	"sync"

	"fathom/sim/model"
	"fathom/sim/software"
)

// An ordinary plan makes a few megabytes of garbage and ends: collecting it half a dozen times takes longer than the
// plan. The first collection waits until the heap is at about 40 MB; from then on all is as usual.
const (
	atFirst = 1000 // per cent of a heap of 4 MB
	later   = 100
)

// collectLate puts the first collection of a short command off. Who sets GOGC is obeyed.
var collectLate = sync.OnceFunc(func() {
	if os.Getenv("GOGC") != "" {
		return
	}
	if was := debug.SetGCPercent(atFirst); was != later {
		debug.SetGCPercent(was)
		return
	}
	type sentinel struct{ _ [16]byte }
	runtime.SetFinalizer(new(sentinel), func(*sentinel) { debug.SetGCPercent(later) })
})

// readAhead reads what every plan asks for while the command line is understood.
func readAhead() {
	software.All()
	model.Architectures()
}
