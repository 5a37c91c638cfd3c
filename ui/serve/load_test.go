package serve

import (
	"context"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fathom/sim/report"
	"fathom/state"
	"fathom/ui"
)

var figure = regexp.MustCompile(`#1 ([0-9,.]+) tok/s`)

// ask runs a question of its own in a session and gives the throughput of the headline.
func (s *screen) ask(inputLength int) string {
	s.t.Helper()
	s.wants("choose with up and down")
	s.press(paste(strings.ReplaceAll(question, "3500", fmt.Sprint(inputLength))))
	s.wants("This will run")
	s.forget()
	s.press("\r")
	if !eventually(func() bool { return figure.MatchString(s.text()) }) {
		s.t.Errorf("no result, but\n%s", s.text())
		return ""
	}
	return figure.FindStringSubmatch(s.text())[1]
}

// held keeps every plan that is asked for from its end while it is closed, so that what happens meanwhile needs no
// clock. Quiet runs, which follow an answer whenever there is room, are not counted.
type held struct {
	ui.Engine
	open    atomic.Pointer[chan struct{}]
	waiting atomic.Int32
}

// hold closes the way; the function that it returns opens it.
func (h *held) hold() func() {
	open := make(chan struct{})
	h.open.Store(&open)
	return sync.OnceFunc(func() { close(open) })
}

func (h *held) Run(ctx context.Context, s state.Start, progress func(report.Progress)) (*report.Report, error) {
	rep, err := h.Engine.Run(ctx, s, progress)
	if open := h.open.Load(); open != nil && !s.Quiet {
		h.waiting.Add(1)
		select {
		case <-*open:
		case <-ctx.Done():
		}
	}
	return rep, err
}

// Fifty guests run a plan each at the same time: everybody gets the answer to the own question, the same as alone, and
// keys of one who only looks on are answered before a single plan is.
func TestFiftySessions(t *testing.T) {
	const questions, keys = 5, 10
	guests := 50
	if testing.Short() { // the race detector needs guests who meet, not a crowd
		guests = 10
	}
	plans := &held{Engine: newEngine()}
	r := start(t, func(o *Options) { o.engine = plans })
	length := func(i int) int { return 2000 + 500*(i%questions) }
	var alone [questions]string
	for i := range alone {
		alone[i] = open(t, r.client(t, ana), 120, 40).ask(length(i))
	}
	if got := slices.Compact(slices.Sorted(slices.Values(alone[:]))); len(got) != questions {
		t.Fatalf("the questions do not differ: %v", alone)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begin := time.Now()
	screens := make([]*screen, guests)
	for i := range screens {
		screens[i] = open(t, r.client(t, bob), 120, 40)
	}
	opened := time.Since(begin)
	begin = time.Now()
	release := plans.hold()
	defer release()
	var wg sync.WaitGroup
	var answered atomic.Int32
	for i, s := range screens {
		wg.Go(func() {
			defer answered.Add(1)
			if got := s.ask(length(i)); got != alone[i%questions] {
				t.Errorf("guest %d: %s tok/s, alone %s", i, got, alone[i%questions])
			}
		})
	}
	var slowest time.Duration
	bystander := open(t, r.client(t, ana), 80, 24)
	bystander.wants("choose with up and down")
	if !eventually(func() bool { return int(plans.waiting.Load()) == guests }) {
		t.Fatalf("%d plans of %d run", plans.waiting.Load(), guests)
	}
	for i := range keys {
		bystander.forget()
		pressed := time.Now()
		bystander.press([]string{"\x1b[B", "\x1b[A"}[i%2])
		if !eventually(func() bool { return len(bystander.raw()) > 0 }) {
			t.Fatal("a key is not answered while plans run")
		}
		slowest = max(slowest, time.Since(pressed))
	}
	if n := answered.Load(); n > 0 {
		t.Errorf("%d plans ended before they could", n)
	}
	release()
	wg.Wait()
	took := time.Since(begin)
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := float64(after.HeapInuse-before.HeapInuse) / float64(guests) / (1 << 20)
	t.Logf("%d sessions opened in %v, all answered in %v; slowest key of a bystander %v; %.2f MiB and %d goroutines a "+
		"session, both ends",
		guests, opened.Round(time.Millisecond), took.Round(time.Millisecond), slowest.Round(time.Millisecond), each,
		runtime.NumGoroutine()/guests)
	if after.HeapInuse > before.HeapInuse && each > 16 {
		t.Errorf("%.1f MiB a session", each)
	}
	for _, s := range screens {
		if len(s.ended) > 0 {
			t.Error("a session ended")
		}
	}
}

// heavy takes minutes of a processor.
const heavy = "fathom plan deepseek-ai/DeepSeek-V3.1 --device ATLAS_800_A3_752T_128G_DIE --num-devices 64 " +
	"--input-length 60000 " +
	"--output-length 1000 --tpot-limit 500 --max-batched-tokens 1 --tp-sizes --ep-sizes --moe-dp-sizes " +
	"--quantize-linear-action W8A8_DYNAMIC --quantize-attention-action DISABLED --compile --search exhaustive"

// Long searches of some do not keep a short one of somebody else, or a key, waiting.
func TestLongRunsLeaveRoomForShortOnes(t *testing.T) {
	if testing.Short() {
		t.Skip("keeps the machine busy")
	}
	r := start(t, nil)
	var long []*screen
	for range 12 {
		s := open(t, r.client(t, bob), 120, 40)
		long = append(long, s)
		s.wants("choose with up and down")
		s.press(paste(heavy))
		s.wants("This will run")
		s.press("\r")
	}
	s := open(t, r.client(t, ana), 120, 40)
	if got := s.ask(3500); got != "1,643" {
		t.Errorf("got %s tok/s", got)
	}
	s.forget()
	s.press("?")
	s.wants("Keys")
	for i, l := range long {
		if figure.MatchString(l.text()) {
			t.Errorf("the long search %d came first", i+1)
		}
	}
}
