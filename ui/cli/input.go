package cli

import (
	"context"
	"io"

	"fathom/hw"
	"fathom/hw/message"
	"fathom/ui/runs"
)

// input is an open file or standard input, read until the context ends.
type input struct {
	io.Reader
	close func() error
}

func (i *input) Close() error { return i.close() }

// open opens a file of at most so many bytes, or standard input for "-". Reading ends with the context's cause soon
// after the context, however large the file is and whether anybody writes to standard input or not.
func (p *Program) open(ctx context.Context, path string, most int64) (*input, error) {
	if path == "-" {
		r, w := io.Pipe()
		stop := context.AfterFunc(ctx, func() { w.CloseWithError(context.Cause(ctx)) })
		go func() { // stays behind where nothing comes any more: a read of a terminal cannot be called off
			n, err := io.Copy(w, io.LimitReader(p.Stdin, most+1))
			if err == nil && n > most {
				err = message.Fault("bad.stdin", most)
			}
			w.CloseWithError(err)
		}()
		return &input{r, func() error { stop(); return r.Close() }}, nil
	}
	f, err := hw.OpenInput(p.expand(path), most)
	if err != nil {
		return nil, err
	}
	return &input{runs.Alive{Ctx: ctx, R: f}, f.Close}, nil
}
