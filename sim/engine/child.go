package engine

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"time"
)

// child is a program in a process group of its own, with everything that it starts.
type child struct {
	cmd    *exec.Cmd
	out    *os.File // our end of the pipe for both of its streams
	sink   *sink
	read   chan struct{} // closed when its output has been read to the end
	done   chan struct{} // closed when it has ended, too, and the log is complete
	status int           // set before done is closed; as shells count it
}

// Times of ending a child: killGrace after SIGTERM comes SIGKILL; linger is how long its children may hold its output
// open after it has ended.
const (
	killGrace = 2 * time.Second
	linger    = time.Second
)

// start runs the command with both streams into the sink, in the order in which they are written.
func start(cmd *exec.Cmd, s *sink) (*child, error) {
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = in, in
	own(cmd)
	err = cmd.Start()
	in.Close()
	if err != nil {
		out.Close()
		return nil, err
	}
	c := &child{cmd: cmd, out: out, sink: s, read: make(chan struct{}), done: make(chan struct{})}
	go c.drain()
	go c.attend()
	return c, nil
}

// drain reads the output until nobody can write any more. The pipe is the only buffer: a child that prints faster than
// it is read waits.
func (c *child) drain() {
	defer close(c.read)
	io.CopyBuffer(struct{ io.Writer }{c.sink}, struct{ io.Reader }{c.out}, make([]byte, 32<<10))
}

// attend waits for the end of the child and of its output.
func (c *child) attend() {
	c.cmd.Wait()
	if alive(c.cmd) {
		terminate(c.cmd) // nothing that it started outlives it
	}
	if !within(c.read, linger) {
		if alive(c.cmd) {
			kill(c.cmd)
		}
		if !within(c.read, linger) { // a process that has left the group still holds the output open
			c.out.Close()
			within(c.read, linger)
		}
	}
	c.out.Close()
	c.status = statusOf(c.cmd.ProcessState)
	c.sink.close(c.status)
	close(c.done)
}

// ended waits for the end, not longer than that.
func (c *child) ended(most time.Duration) bool { return within(c.done, most) }

func within(done <-chan struct{}, most time.Duration) bool {
	select {
	case <-done:
		return true
	default:
	}
	t := time.NewTimer(most)
	defer t.Stop()
	select {
	case <-done:
		return true
	case <-t.C:
		return false
	}
}

// terminate asks the whole group to end.
func (c *child) terminate() { terminate(c.cmd) }

// finish waits for a group that was asked to end, and kills what is left of it after the grace.
func (c *child) finish() {
	deadline := time.Now().Add(killGrace)
	for alive(c.cmd) || !c.ended(0) {
		if time.Now().After(deadline) {
			kill(c.cmd)
			<-c.done
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// reason is the part of an error that a user has not said himself.
func reason(err error) string {
	var path *fs.PathError
	var run *exec.Error
	switch {
	case errors.As(err, &path):
		return path.Err.Error()
	case errors.As(err, &run):
		return run.Err.Error()
	}
	return err.Error()
}
