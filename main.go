// Fathom plans LLM-serving deployments: a dashboard, and the same plans headless.
package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	_ "fathom/ui/quiet" // before anything that asks the terminal

	"fathom/ui"
	"fathom/ui/cli"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

// run is the whole program on the files and variables that it is given; the result is the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	ctx, stop := context.WithCancelCause(context.Background())
	defer stop(nil)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	go func() {
		select {
		case s := <-signals:
			stop(cause(s))
		case <-ctx.Done():
		}
	}()
	in, _ := stdin.(*os.File)
	out, _ := stdout.(*os.File)
	p := &cli.Program{Stdin: stdin, Stdout: stdout, Stderr: stderr, Getenv: getenv,
		Terminal:  func() bool { return cli.Interactive(in, out, getenv) },
		Dashboard: func(ctx context.Context, s cli.Start) error { return dashboard(ctx, s, in, out, getenv) },
	}
	return p.Run(ctx, args)
}

// dashboard opens the screen on what the command line says.
func dashboard(ctx context.Context, s cli.Start, in, out *os.File, getenv func(string) string) error {
	err := ui.Run(ctx, ui.Options{Answers: s.Answers, Catalog: s.Catalog, Notices: s.Notices, Issues: s.Issues,
		Lang: s.Lang, Theme: s.Theme, ASCII: s.ASCII, NoColor: s.NoColor, NoMouse: s.NoMouse, Bindings: s.Bindings,
		Accessible: s.Accessible, Devices: s.Devices, Program: cli.Version(), In: in, Out: out, Getenv: getenv})
	var exit *ui.ExitError
	if errors.As(err, &exit) {
		return cli.Exit(exit.Code)
	}
	return err
}

func cause(s os.Signal) error {
	if s == syscall.SIGTERM {
		return &cli.Signal{Name: "terminated", Code: cli.Terminated}
	}
	return &cli.Signal{Name: "interrupted", Code: cli.Interrupt}
}
