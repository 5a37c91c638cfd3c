package engine

import (
	"fmt"
	"os"
	"sync"
	"time"

	"fathom/hw/message"
	"fathom/sim/engine/parse"
	"fathom/sim/report"
)

// sink takes the output of a child: into the log file as it is, and through the parser.
type sink struct {
	path string // of the log file, "" if none is kept

	mu     sync.Mutex
	reader *parse.Reader
	file   *os.File
	most   int64
	bytes  int64
	last   byte            // written
	fault  message.Message // why the log file ends early
}

// logMost bounds a log file, so that a program that never stops printing does not fill the disk.
const logMost = 1 << 30

// keep opens the log file. It begins with the command as it is run, in the form that parse.Log reads back.
func (s *sink) keep(dir string, most int64, argv []string) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	// CreateTemp makes files that only the user can read and never follows or replaces what is there.
	f, err := os.CreateTemp(dir, time.Now().UTC().Format("msmodeling-20060102-150405-*.log"))
	if err != nil {
		return err
	}
	s.file, s.path, s.most = f, f.Name(), most
	if s.most == 0 {
		s.most = logMost
	}
	s.store([]byte("$ " + parse.Quote(argv) + "\n"))
	return nil
}

// Write takes a piece of output. It never fails: a full disk must not end a run.
func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reader.Write(p)
	s.bytes += int64(len(p))
	s.store(p)
	return len(p), nil
}

// store writes to the log file while it has room.
func (s *sink) store(p []byte) {
	if s.file == nil || !s.fault.IsZero() || len(p) == 0 {
		return
	}
	cut := int64(len(p)) > s.most
	if cut {
		p = p[:s.most]
	}
	n, err := s.file.Write(p)
	s.most -= int64(n)
	if n > 0 {
		s.last = p[n-1]
	}
	switch {
	case err != nil:
		s.fault = message.New("note.log-ends", reason(err))
	case cut:
		s.fault = message.New("note.log-full")
	}
}

// close ends the log file with the status, as parse.Log reads it.
func (s *sink) close(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return
	}
	end := fmt.Sprintf("[exit %d]\n", status)
	if s.last != '\n' {
		end = "\n" + end
	}
	if !s.fault.IsZero() {
		end = "\n[" + s.fault.String() + "]\n" + end[1:]
		s.file.WriteString(end)
	} else if _, err := s.file.WriteString(end); err != nil {
		s.fault = message.New("note.log-ends", reason(err))
	}
	if err := s.file.Close(); err != nil && s.fault.IsZero() {
		s.fault = message.New("note.log-ends", reason(err))
	}
	s.file = nil
}

func (s *sink) written() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bytes
}

// snapshot is the report so far and the newest lines, as values of their own.
func (s *sink) snapshot() (*report.Report, []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.noted(s.reader.Report()), s.reader.Tail()
}

// result is the report and the failure of a child that has ended.
func (s *sink) result(status int) (*report.Report, *report.Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reader.Close()
	s.reader.Exit(status)
	return s.noted(s.reader.Report()), s.reader.Failure()
}

func (s *sink) noted(r *report.Report) *report.Report {
	if !s.fault.IsZero() {
		r.Issues = append(r.Issues, report.Issue{Severity: report.Warning, Message: s.fault})
	}
	return r
}
