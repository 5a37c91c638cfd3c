//go:build unix

package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fathom/sim/plan"
	"fathom/sim/report"
)

// prompt is what a cancelled run may take on a busy machine: well below the half a minute after which the stand-ins end
// by themselves. What ended them stands in the log, and who still lives shows in the heartbeats.
const prompt = 20 * time.Second

// cancelled runs the stand-in until it has said or done enough, cancels, and gives the time until Run returned.
func cancelled(t *testing.T, m *Msmodeling, enough func(report.Progress) bool) (*report.Report, time.Duration) {
	t.Helper()
	why := errors.New("cancelled by the test")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var at time.Time
	rep, err := m.Run(ctx, &plan.Request{}, func(p report.Progress) {
		if at.IsZero() && enough(p) {
			at = time.Now()
			cancel(why)
		}
	})
	took := time.Since(at)
	if !errors.Is(err, why) || rep == nil || !rep.Partial || at.IsZero() {
		t.Fatalf("%v %+v", err, rep)
	}
	return rep, took
}

func says(word string) func(report.Progress) bool {
	return func(p report.Progress) bool { return strings.Contains(strings.Join(p.Log, "\n"), word) }
}

func TestHangingRunCanBeCancelled(t *testing.T) {
	m := checkout(t, "hang")
	rep, took := cancelled(t, m, says("loading"))
	if took > prompt {
		t.Errorf("took %v", took)
	}
	m.Wait()
	data, _ := os.ReadFile(rep.LogFile)
	if !strings.HasSuffix(string(data), "loading\n[exit 143]\n") { // at the first signal
		t.Errorf("%q", data)
	}
}

// Rows that were printed before a cancel stay.
func TestCancelKeepsTheRows(t *testing.T) {
	m := checkout(t, "replay "+log("agg_multi_device")+" 10 0")
	rep, took := cancelled(t, m, func(p report.Progress) bool { return p.Points == 2 })
	if took > prompt || len(rep.Devices) != 1 || len(rep.Devices[0].Aggregation.Candidates) != 2 {
		t.Errorf("took %v: %+v", took, rep.Devices)
	}
}

func TestFloodCanBeCancelled(t *testing.T) {
	m := checkout(t, "flood 4000")
	m.LogMost = 1 << 20
	if _, took := cancelled(t, m, says("no play")); took > prompt {
		t.Errorf("took %v", took)
	}
}

// heartbeats are the processes that have written their time within a moment.
func heartbeats(t *testing.T, file string) int {
	t.Helper()
	return beatsSince(file, time.Now().Add(-400*time.Millisecond))
}

func beatsSince(file string, begin time.Time) int {
	files, _ := filepath.Glob(file + ".*")
	n := 0
	for _, f := range files {
		data, _ := os.ReadFile(f)
		if at, err := time.Parse(time.RFC3339Nano, string(data)); err == nil && at.After(begin) {
			n++
		}
	}
	return n
}

// A group that does not mind SIGTERM is killed after two seconds, with all that it started; the caller does not wait
// for it.
func TestStubbornGroupIsKilled(t *testing.T) {
	file := filepath.Join(t.TempDir(), "beat")
	m := checkout(t, "stubborn "+file)
	_, took := cancelled(t, m, func(report.Progress) bool { return heartbeats(t, file) == 2 })
	if took > prompt {
		t.Errorf("took %v", took)
	}
	begin := time.Now()
	n := beatsSince(file, begin)
	for n != 2 && time.Since(begin) < killGrace { // a busy machine may hold one up
		time.Sleep(10 * time.Millisecond)
		n = beatsSince(file, begin)
	}
	if n != 2 {
		t.Errorf("%d of 2 are alive after SIGTERM: this test tests nothing", n)
	}
	m.Wait()
	if waited := time.Since(begin); waited > prompt {
		t.Errorf("killed only after %v", waited)
	}
	time.Sleep(500 * time.Millisecond)
	if n := heartbeats(t, file); n != 0 {
		t.Errorf("%d still alive", n)
	}
}

// What a child leaves behind does not hold up the end of its run, and does not live on.
func TestLeftBehind(t *testing.T) {
	file := filepath.Join(t.TempDir(), "beat")
	begin := time.Now()
	rep, err := checkout(t, "leave "+file).Run(t.Context(), &plan.Request{}, nil)
	if err != nil || rep.Partial || time.Since(begin) > prompt {
		t.Errorf("%v after %v", err, time.Since(begin))
	}
	time.Sleep(500 * time.Millisecond)
	if n := heartbeats(t, file); n != 0 {
		t.Errorf("%d still alive", n)
	}
}
