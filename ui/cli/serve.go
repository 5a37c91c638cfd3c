package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"fathom/hw/message"
	"fathom/state/field"
	"fathom/ui"
	"fathom/ui/serve"

	"github.com/spf13/cobra"
)

// span is a flag that holds a time; 0 is none at all.
type span struct {
	flag string
	to   *time.Duration
}

func (s span) String() string { return "" }
func (s span) Type() string   { return "TIME" }
func (s span) Set(text string) error {
	d, err := time.ParseDuration(strings.TrimSpace(text))
	if strings.TrimSpace(text) == "0" {
		d, err = 0, nil
	}
	if err != nil || d < 0 || d > 0 && d < time.Second {
		return refuse(s.flag, text, message.New("bad.span"))
	}
	if *s.to = d; d == 0 {
		*s.to = serve.Unlimited
	}
	return nil
}

func (p *Program) serveCommand() *cobra.Command {
	var o serve.Options
	var files []string
	c := &cobra.Command{Use: "serve --authorized-keys FILE", Short: "Serve the dashboard over SSH", Args: argsOf(0, ""),
		Long: "Everybody who has a key of the file gets a session: ssh -p 2222 HOST. Guests have the embedded engine, the " +
			"catalog and this\n" +
			"machine's profiles; they get no shell, no files and no forwarding. With --follow one session presents and all " +
			"others watch it."}
	f := c.Flags()
	f.StringVar(&o.Listen, "listen", "", "`HOST:PORT` to listen on; default "+serve.Address)
	f.StringVar(&o.AuthorizedKeys, "authorized-keys", "", "`FILE` of the public keys that may enter, one a line as in "+
		"~/.ssh/authorized_keys; read anew when it changes")
	f.BoolVar(&o.InsecureLoopback, "insecure-loopback", false,
		"ask for no key; then only this machine can connect, and everybody on it may")
	f.StringVar(&o.HostKey, "host-key", "",
		"`FILE` of the server's own key, made where there is none; default host_key in the state directory")
	f.Var(whole{"max-sessions", &o.MaxSessions, 1, 100000}, "max-sessions",
		fmt.Sprintf("sessions at a time; default %d", serve.MaxSessions))
	f.Var(span{"idle-limit", &o.IdleLimit}, "idle-limit",
		"end a session after this time without a key; 0 for never; default 30m")
	f.Var(span{"time-limit", &o.TimeLimit}, "time-limit", "end a session after this time in all; 0 for never; default 12h")
	f.BoolVar(&o.Follow, "follow", false,
		"the first session presents, every other one watches it, may copy the command, and leaves with q")
	f.StringVar(&o.Presenter, "presenter", "",
		"comment or fingerprint of the `KEY` that presents under --follow, whenever it comes")
	f.StringArrayVar(&files, "device-file", nil, "TOML `FILE` with a further profile for all sessions; may be repeated")
	f.Var(choice{"lang", &o.Lang, []string{"en", "zh"}}, "lang", "en or zh; default the locale that a client sends")
	f.Var(choice{"theme", &o.Theme, []string{"auto", "dark", "light"}}, "theme", "auto, dark or light to begin with")
	f.BoolVar(&o.ASCII, "ascii", false, "draw with ASCII only, for every client")
	f.BoolVar(&o.NoColor, "no-color", false, "no colours, for every client")
	c.RunE = func(c *cobra.Command, _ []string) error { return p.serve(c.Context(), o, files) }
	return c
}

// serve runs the server until a signal comes. Its log is standard error; standard output stays empty.
func (p *Program) serve(ctx context.Context, o serve.Options, files []string) error {
	profiles, warnings, err := p.profiles(files)
	if err != nil {
		return refused("serve", err)
	}
	for _, w := range warnings {
		p.warn(w)
	}
	var none field.Answers
	if o.Catalog, _, err = p.catalog(&none); err != nil {
		return refused("serve", err)
	}
	o.Catalog.Profiles = profiles
	o.AuthorizedKeys, o.HostKey = p.expand(o.AuthorizedKeys), p.expand(o.HostKey)
	o.StateDir, o.Log = ui.StateDir(p.Getenv), p.Stderr
	o.Ready = func(a net.Addr) {
		host, port, _ := net.SplitHostPort(a.String())
		p.tell("said.serving", a.String(), port, host)
	}
	p.goodbye.Store(true)
	err = serve.Run(ctx, o)
	var option *serve.OptionError
	if errors.As(err, &option) {
		return refused("serve", err)
	}
	return err
}
