package serve

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

func TestKeyFile(t *testing.T) {
	good := strings.TrimSpace(line(ana, ""))
	for _, c := range []struct {
		name    string
		text    string
		comment string // of the key, "-" for no key
		problem string
	}{
		{"plain", good + " ana@laptop", "ana@laptop", ""},
		{"comment with blanks", good + " Ana at work", "Ana at work", ""},
		{"no comment", good, "", ""},
		{"windows line end", good + " ana\r", "ana", ""},
		{"comment line and blank", "# x\n\n" + good + " ana", "ana", ""},
		{"control sequences", good + " an\x1b[31ma\x07", "ana", ""},
		{"harmless options", "no-port-forwarding,no-agent-forwarding,no-X11-forwarding,environment=\"A=b c\" " + good +
			" ana", "ana", ""},
		{"restrict with pty", "restrict,pty " + good + " ana", "ana", ""},
		{"expiry", `expiry-time="20991231" ` + good + " ana", "ana", ""},
		{"from", `from="10.0.0.0/8,!10.1.2.3" ` + good + " ana", "ana", ""},
		{"garbage", "hello", "-", "line 1: not a public key"},
		{"cut short", good[:60], "-", "line 1: not a public key"},
		{"private key", "-----BEGIN OPENSSH PRIVATE KEY-----", "-", "line 1: not a public key"},
		{"restrict", "restrict " + good, "-", "option pty"},
		{"no-pty", "\n# a\nno-pty " + good, "-", "line 3: its options forbid a terminal"},
		{"forced command", `command="/bin/date" ` + good, "-", "option command cannot be honoured"},
		{"certificate authority", "cert-authority " + good, "-", "option cert-authority cannot be honoured"},
		{"unknown option", "verify-required " + good, "-", "option verify-required"},
		{"bad expiry", `expiry-time="tomorrow" ` + good, "-", "expiry-time tomorrow is no time; write it as"},
	} {
		t.Run(c.name, func(t *testing.T) {
			keys, problems := parseKeys([]byte(c.text))
			if want := c.comment != "-"; want != (len(keys) == 1) {
				t.Fatalf("%d keys, problems %q", len(keys), problems)
			}
			if c.comment != "-" && keys[0].comment != c.comment {
				t.Errorf("comment %q", keys[0].comment)
			}
			if all := strings.Join(problems, "|"); (c.problem == "") != (all == "") || !strings.Contains(all, c.problem) {
				t.Errorf("problems %q, want %q", all, c.problem)
			}
		})
	}
}

// Expectations as ssh_config(5), "PATTERNS", and sshd(8), option from, have them.
func TestRules(t *testing.T) {
	at := func(s string) time.Time {
		x, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	now := at("2027-06-01T12:00:00Z")
	for _, c := range []struct {
		options []string
		from    string
		ok      bool
	}{
		{nil, "203.0.113.9", true},
		{[]string{`from="203.0.113.9"`}, "203.0.113.9", true},
		{[]string{`from="203.0.113.9"`}, "203.0.113.10", false},
		{[]string{`from="203.0.113.*"`}, "203.0.113.10", true},
		{[]string{`from="203.0.113.?"`}, "203.0.113.10", false},
		{[]string{`from="203.0.113.0/24"`}, "203.0.113.10", true},
		{[]string{`from="203.0.113.0/24,!203.0.113.10"`}, "203.0.113.10", false},
		{[]string{`from="!203.0.113.10,*"`}, "203.0.113.10", false},
		{[]string{`from="!203.0.113.10"`}, "203.0.113.11", false}, // nothing matches
		{[]string{`from="2001:db8::/32"`}, "2001:db8::1", true},
		{[]string{`from="203.0.113.0/24"`}, "::ffff:203.0.113.10", true},
		{[]string{`from="*.example.org"`}, "203.0.113.10", false}, // names are not looked up
		{[]string{`from="[2-9]03.0.113.10"`}, "203.0.113.10", false},
		{[]string{`from=""`}, "203.0.113.10", false},
		{[]string{`expiry-time="20270601120000Z"`}, "::1", false},
		{[]string{`expiry-time="202706011201Z"`}, "::1", true},
		{[]string{`expiry-time="20270101Z"`}, "::1", false},
		{[]string{`expiry-time="20990101Z"`, `expiry-time="20270101Z"`}, "::1", false},
	} {
		r, err := parseRule(c.options)
		if err != nil {
			t.Errorf("%v: %v", c.options, err)
			continue
		}
		if err := r.allows(netip.MustParseAddr(c.from), now); (err == nil) != c.ok {
			t.Errorf("%v from %s: %v", c.options, c.from, err)
		}
	}
	if r, _ := parseRule([]string{`from="*"`}); r.allows(netip.Addr{}, now) == nil {
		t.Error("an address that is none matches")
	}
}

func TestNoEntryAfterFileIsGone(t *testing.T) {
	f := keyFile{path: t.TempDir() + "/none", warn: func(string) {}}
	f.keys, f.stamp = []key{{public: ana.PublicKey()}}, "old"
	if _, err := f.find(ana.PublicKey(), netip.Addr{}, time.Now()); err == nil ||
		!strings.Contains(err.Error(), "no such file") {
		t.Errorf("got %v", err)
	}
}

// Whatever the file holds: no panic, keys and problems are clean, and every accepted key is a key that stands in one of
// its lines.
func FuzzKeyFile(f *testing.F) {
	good := line(ana, "ana@laptop")
	for _, s := range []string{"", good, "restrict,pty " + good, `from="10.*,!10.1.1.1",expiry-time="20990101" ` + good,
		"# x\n" + good + good,
		`command="a\"b",no-pty ` + good, "\x1b[2J" + good, strings.Repeat("x ", 100), "cert-authority" + good} {
		f.Add([]byte(s))
	}
	now := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, data []byte) {
		keys, problems := parseKeys(data)
		for _, k := range keys {
			again, _, _, _, err := ssh.ParseAuthorizedKey(ssh.MarshalAuthorizedKey(k.public))
			if err != nil || string(again.Marshal()) != string(k.public.Marshal()) {
				t.Errorf("a key does not survive: %v", err)
			}
			k.rule.allows(netip.MustParseAddr("10.2.3.4"), now)
		}
		lines := strings.Count(string(data), "\n") + 1
		if len(keys)+len(problems) > lines {
			t.Errorf("%d keys and %d problems of %d lines", len(keys), len(problems), lines)
		}
		control := func(s string) bool {
			return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 })
		}
		if slices.ContainsFunc(problems, control) || slices.ContainsFunc(keys,
			func(k key) bool { return control(k.comment) }) {
			t.Errorf("control characters in %q", problems)
		}
	})
}
